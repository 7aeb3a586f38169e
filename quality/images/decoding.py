"""One image: its size is judged before its pixels are decoded, then a few numbers are kept."""

import hashlib
import io
import struct
import warnings
import zlib
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PIL import Image

from quality.findings import refuse
from quality.limits import MIB, Limits
from quality.sources import Source

FORMATS: Final = ("JPEG", "PNG", "BMP")
FILE_BYTES: Final = 256 * MIB
# Larger ones are measured reduced: what is looked for is larger than a pixel.
SIDE_MAX: Final = 1_024
GREYS: Final = 256
WORD_BITS: Final = 16
BROKEN: Final = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip

Grey = NDArray[np.uint8]


class Look(Struct, frozen=True, kw_only=True):
    """What is kept of one image; the numbers are 0 where it could not be decoded.

    Args:
        sha256: of the bytes
        fingerprint: difference hash, 8 rows of 8 comparisons of neighbours
    """

    name: str
    sha256: bytes
    decoded: bool = False
    form: str = ""
    mode: str = ""
    width: int = 0
    height: int = 0
    fingerprint: int = 0
    brightness: float = 0.0
    sharpness: float = 0.0
    entropy: float = 0.0


def look(source: Source, limits: Limits) -> Look:
    """Decode an image and measure it.

    Raises:
        Refused: more pixels than allowed
    """
    if source.size_bytes > FILE_BYTES:
        raise refuse("IMAGE_PIXELS", member=source.name, most=f"{limits.pixels_max:,}")
    content = b"".join(source.chunks())
    digest = hashlib.sha256(content).digest()
    Image.MAX_IMAGE_PIXELS = limits.pixels_max
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refuse("IMAGE_PIXELS", member=source.name, most=f"{limits.pixels_max:,}") from error
    except BROKEN:
        return Look(name=source.name, sha256=digest)
    form, mode, (width, height) = image.format or "", image.mode, image.size
    try:
        grey = _grey(image)
    except BROKEN:
        return Look(name=source.name, sha256=digest)
    return Look(
        name=source.name,
        sha256=digest,
        decoded=True,
        form=form,
        mode=mode,
        width=width,
        height=height,
        fingerprint=_fingerprint(grey),
        brightness=float(grey.mean()),
        sharpness=_sharpness(grey),
        entropy=_entropy(grey),
    )


def _grey(image: Image.Image) -> Grey:
    """Decode to grey values, reduced to at most 1,024 pixels a side."""
    image.draft("L", (SIDE_MAX, SIDE_MAX))
    image.load()
    factor = -(-max(image.size) // SIDE_MAX)
    if image.mode.startswith("I"):
        # Sixteen bits a pixel; Pillow would cut them off at 255.
        words = np.asarray(image)[::factor, ::factor].astype(np.int64)
        return (words.clip(0, (1 << WORD_BITS) - 1) >> (WORD_BITS - 8)).astype(np.uint8)
    grey = image.convert("L")
    return np.asarray(grey.reduce(factor) if factor > 1 else grey)


def _fingerprint(grey: Grey) -> int:
    small = np.asarray(Image.fromarray(grey).resize((9, 8), Image.Resampling.BILINEAR))
    bits = small[:, 1:] > small[:, :-1]
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _sharpness(grey: Grey) -> float:
    """Return the variance of the Laplacian, of the sums of four neighbours less four times the middle."""
    if min(grey.shape) < 3:  # a middle and its neighbours
        return 0.0
    wide = grey.astype(np.int16)
    inner = wide[1:-1, 1:-1]
    around = wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:]
    return float((around - 4 * inner).var())


def _entropy(grey: Grey) -> float:
    counts = np.bincount(grey.ravel(), minlength=GREYS)
    shares = counts[counts > 0] / grey.size
    return float((shares * np.log2(1 / shares)).sum())
