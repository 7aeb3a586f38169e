"""What a set of images holds; plain data, part of a file's report."""

from msgspec import Struct


class Spread(Struct, frozen=True, kw_only=True):
    """The smallest, the median and the largest of a number over the images."""

    low: float
    median: float
    high: float


class ImageSize(Struct, frozen=True):
    """How many images have this size [pixels]."""

    width: int
    height: int
    count: int


class Annotations(Struct, frozen=True, kw_only=True):
    """Boxes drawn on the images.

    Args:
        form: ``deeppcb``, ``yolo``, ``voc`` or ``coco``
        file_count: files that hold boxes, or say that an image has none
        classes: names or numbers with their boxes, the most frequent first
        missing_count: images that need boxes and have no file; references have none by design
        orphan_count: files, or images named in one, without their image
        broken_count: files that cannot be read
        outside_count: boxes without area or beyond their image
        unknown_count: boxes of a class that the list of classes does not have; None without a list
    """

    form: str
    file_count: int
    box_count: int
    classes: tuple[tuple[str, int], ...]
    annotated_count: int
    missing_count: int
    orphan_count: int
    broken_count: int
    outside_count: int
    unknown_count: int | None


class ImageSet(Struct, frozen=True, kw_only=True):
    """The images of an archive.

    Args:
        identical: groups of images with the same bytes
        identical_count: images that repeat the bytes of an earlier one
        similar_count: images that differ from another by at most 4 of 64 bits of the difference hash
        similar: pairs of these
        brightness: mean of the grey values [0 to 255]
        sharpness: variance of the Laplacian
        entropy: of the grey values [bit]
        dark_count, bright_count, blurred_count, plain_count: far from the rest of the set
        splits: training, validation and test with their images, where folders or names tell
        split_shared_count: images that an earlier split has, too, the same or nearly
    """

    image_count: int
    decoded_count: int = 0
    formats: tuple[tuple[str, int], ...] = ()
    modes: tuple[tuple[str, int], ...] = ()
    sizes: tuple[ImageSize, ...] = ()
    identical: tuple[tuple[str, ...], ...] = ()
    identical_count: int = 0
    similar: tuple[tuple[str, str], ...] = ()
    similar_count: int = 0
    brightness: Spread | None = None
    sharpness: Spread | None = None
    entropy: Spread | None = None
    dark_count: int = 0
    bright_count: int = 0
    blurred_count: int = 0
    plain_count: int = 0
    annotations: tuple[Annotations, ...] = ()
    splits: tuple[tuple[str, int], ...] = ()
    split_shared_count: int = 0
