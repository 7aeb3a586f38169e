"""Boxes beside the images they are drawn on: what is missing, outside, unknown or rare."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from quality.images.decoding import Look
from quality.images.facts import Annotations
from quality.images.labels import Box, Labels, stem_of

# The set of boards names the picture without faults and the one with, and labels the second.
TESTED, REFERENCE = "_test", "_temp"
CLASSES_SHOWN = 200
# Boxes are rounded to whole pixels.
TOLERANCE = 1.0


class Matched(Struct, frozen=True, kw_only=True):
    """The numbers, and the names that findings show."""

    facts: Annotations
    missing: tuple[str, ...]
    orphans: tuple[str, ...]
    broken: tuple[str, ...]
    outside: tuple[str, ...]
    unknown: tuple[str, ...]


def match(
    form: str, labels: Sequence[Labels], looks: Sequence[Look], known: frozenset[str] | None
) -> Matched:
    """Put the labels of one form beside the images.

    Args:
        known: classes that a list in the archive names, where the form numbers them
    """
    by_stem: dict[str, list[Look]] = {}
    for look in looks:
        by_stem.setdefault(stem_of(look.name), []).append(look)
    annotated: set[str] = set()
    orphans: list[str] = []
    outside: list[str] = []
    unknown: list[str] = []
    for one in labels:
        image = _image_of(one, by_stem)
        if image is None:
            orphans.append(one.image if form == "coco" else one.file)
            continue
        annotated.add(image.name)
        outside += [image.name for box in one.boxes if image.decoded and _outside(box, image)]
        listed = one.known if one.known is not None else known
        unknown += [
            f"{image.name}: {box.label}" for box in one.boxes if listed and box.label not in listed
        ]
    broken = [one.file for one in labels if one.broken]
    missing = [
        look.name for look in looks if look.name not in annotated and not _reference(look, form)
    ]
    judged = known is not None or any(one.known is not None for one in labels)
    classes = Counter(box.label for one in labels for box in one.boxes)
    facts = Annotations(
        form=form,
        file_count=len({one.file for one in labels}),
        box_count=sum(len(one.boxes) for one in labels),
        classes=tuple(classes.most_common(CLASSES_SHOWN)),
        annotated_count=len(annotated),
        missing_count=len(missing),
        orphan_count=len(orphans),
        broken_count=len(broken),
        outside_count=len(outside),
        unknown_count=len(unknown) if judged else None,
    )
    return Matched(
        facts=facts,
        missing=tuple(missing),
        orphans=tuple(orphans),
        broken=tuple(broken),
        outside=tuple(outside),
        unknown=tuple(unknown),
    )


def _image_of(labels: Labels, by_stem: dict[str, list[Look]]) -> Look | None:
    """Return the image of that name; of several, the one whose folders are most alike."""
    found = by_stem.get(labels.image) or by_stem.get(labels.image + TESTED) or []
    parts = set(labels.file.split("/")[:-1])
    return max(found, key=lambda look: len(parts & set(look.name.split("/")[:-1])), default=None)


def _reference(look: Look, form: str) -> bool:
    return form == "deeppcb" and stem_of(look.name).endswith(REFERENCE)


def _outside(box: Box, look: Look) -> bool:
    wide, high = (1, 1) if box.relative else (look.width, look.height)
    slack_x = TOLERANCE * wide / max(look.width, 1)
    slack_y = TOLERANCE * high / max(look.height, 1)
    inside = (
        -slack_x <= box.left < box.right <= wide + slack_x
        and -slack_y <= box.top < box.bottom <= high + slack_y
    )
    return not inside
