"""All images of an archive: what they are, which repeat, which stand out, and their boxes."""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from quality.claims import Place
from quality.findings import found
from quality.gate.texts import damage_severity
from quality.images.decoding import Look, look
from quality.images.facts import ImageSet, ImageSize, Spread
from quality.images.labels import Labels, class_list, read, stem_of
from quality.images.matching import TESTED, Matched, match
from quality.images.splits import SIMILAR_BITS, Shared, by_split, shared
from quality.limits import Limits
from quality.report import Finding
from quality.sources import Source

GROUPS_SHOWN: Final = 100
NAMES_SHOWN: Final = 20
SIZES_SHOWN: Final = 50
# Fewer images say nothing of what is usual.
SET_MIN: Final = 8
# An image stands out when it is far from the set's median and extreme by itself. X-rays are dark and
# drawings have two grey values: what all images share is no defect.
DARK: Final = 40.0
DARK_SHARE: Final = 0.5
BRIGHT: Final = 240.0
BRIGHT_ABOVE: Final = 25.0
BLURRED_SHARE: Final = 0.1
PLAIN_SHARE: Final = 0.25
# A class with less than this share of the boxes of the most frequent one is rare.
RARE_SHARE: Final = 0.05
# What these list are no members of the archive.
NO_MEMBERS: Final = ("IMG_SIZES", "IMG_MODES")
LABELLED: Final = ("IMG_CLASS_UNKNOWN",)


def survey(
    images: Sequence[Source], others: Iterable[Source], limits: Limits
) -> tuple[ImageSet, list[Finding]]:
    """Decode every image, read every file of boxes, and say what was found.

    Args:
        others: members that may describe the images

    Raises:
        Refused: an image with more pixels than allowed
    """
    looks = [look(source, limits) for source in images]
    facts, findings = _facts(looks, limits)
    matched = _matched(looks, list(others), limits)
    findings += [one for each in matched for one in _label_findings(each)]
    return replace(facts, annotations=tuple(each.facts for each in matched)), findings


def _facts(looks: list[Look], limits: Limits) -> tuple[ImageSet, list[Finding]]:
    decoded = [one for one in looks if one.decoded]
    groups = _identical(looks)
    similar, pairs = _similar(decoded)
    odd = _standing_out(decoded)
    splits = by_split(looks)
    both = shared(splits)
    sizes = Counter((one.width, one.height) for one in decoded).most_common()
    modes = Counter(one.mode for one in decoded).most_common()
    facts = ImageSet(
        image_count=len(looks),
        decoded_count=len(decoded),
        formats=tuple(Counter(one.form for one in decoded).most_common()),
        modes=tuple(modes),
        sizes=tuple(ImageSize(*size, count) for size, count in sizes[:SIZES_SHOWN]),
        identical=tuple(tuple(group[:NAMES_SHOWN]) for group in groups[:GROUPS_SHOWN]),
        identical_count=sum(len(group) - 1 for group in groups),
        similar=tuple(pairs[:GROUPS_SHOWN]),
        similar_count=len(similar),
        brightness=_spread([one.brightness for one in decoded]),
        sharpness=_spread([one.sharpness for one in decoded]),
        entropy=_spread([one.entropy for one in decoded]),
        dark_count=len(odd["IMG_DARK"]),
        bright_count=len(odd["IMG_BRIGHT"]),
        blurred_count=len(odd["IMG_BLURRED"]),
        plain_count=len(odd["IMG_PLAIN"]),
        splits=tuple((split, len(own)) for split, own in splits.items()),
        split_shared_count=len(both),
    )
    broken = [one.name for one in looks if not one.decoded]
    wide = damage_severity(len(broken), len(looks), limits)
    findings = []
    if broken:
        said = found("IMG_BROKEN", count=len(broken), examples=broken[:3], severity=wide)
        findings.append(replace(said, places=members(broken)))
    listed = {
        "IMG_IDENTICAL": [name for group in groups for name in group[1:]],
        "IMG_SIMILAR": similar,
        "IMG_SIZES": [f"{width}x{height}" for (width, height), _ in sizes]
        if len(sizes) > 1
        else [],
        "IMG_MODES": [mode for mode, _ in modes] if len(modes) > 1 else [],
        **odd,
    }
    return facts, [*findings, *_named(listed), *_split_findings(both)]


def _split_findings(both: Sequence[Shared]) -> list[Finding]:
    if not both:
        return []
    said = found(
        "IMG_SPLIT", count=len(both), examples=[f"{one.name} = {one.other}" for one in both[:3]]
    )
    places = (Place(0, one.other, member=one.name) for one in both[:NAMES_SHOWN])
    return [replace(said, places=tuple(places))]


def _named(listed: dict[str, Sequence[str]]) -> list[Finding]:
    return [
        replace(
            found(code, count=len(names), examples=names[:3]),
            places=() if code in NO_MEMBERS else members(names, labelled=code in LABELLED),
        )
        for code, names in listed.items()
        if names
    ]


def members(names: Sequence[str], *, labelled: bool = False) -> tuple[Place, ...]:
    """Return the first images as places; they have no rows.

    Args:
        labelled: the class of a box stands behind the name
    """
    if labelled:
        parts = [name.rpartition(": ") for name in names[:NAMES_SHOWN]]
        return tuple(Place(0, label, member=name) for name, _, label in parts)
    return tuple(Place(0, "", member=name) for name in names[:NAMES_SHOWN])


def _identical(looks: list[Look]) -> list[list[str]]:
    groups: dict[bytes, list[str]] = {}
    for one in looks:
        groups.setdefault(one.sha256, []).append(one.name)
    return [names for names in groups.values() if len(names) > 1]


def _similar(looks: list[Look]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the images that are nearly another one, and pairs of them; same bytes do not count."""
    by_bytes: dict[bytes, Look] = {}
    for one in looks:
        by_bytes.setdefault(one.sha256, one)
    firsts = list(by_bytes.values())
    prints: NDArray[np.uint64] = np.array([one.fingerprint for one in firsts], dtype=np.uint64)
    near = np.zeros(len(firsts), dtype=bool)
    pairs: list[tuple[str, str]] = []
    for at in range(len(firsts) - 1):
        bits = np.bitwise_count(prints[at + 1 :] ^ prints[at])
        partners = np.flatnonzero(bits <= SIMILAR_BITS) + at + 1
        near[partners] = True
        near[at] |= len(partners) > 0
        more = partners[: max(GROUPS_SHOWN - len(pairs), 0)]
        pairs += [(firsts[at].name, firsts[int(other)].name) for other in more]
    return [firsts[int(at)].name for at in np.flatnonzero(near)], pairs


def _standing_out(looks: list[Look]) -> dict[str, Sequence[str]]:
    """Return the images that are far from the rest of the set, by the code that says how."""
    codes = ("IMG_DARK", "IMG_BRIGHT", "IMG_BLURRED", "IMG_PLAIN")
    if len(looks) < SET_MIN:
        return {code: [] for code in codes}
    bright = statistics.median(one.brightness for one in looks)
    sharp = statistics.median(one.sharpness for one in looks)
    rich = statistics.median(one.entropy for one in looks)
    dark_below, bright_above = min(DARK, DARK_SHARE * bright), max(BRIGHT, bright + BRIGHT_ABOVE)
    odd = (
        [one.name for one in looks if one.brightness < dark_below],
        [one.name for one in looks if one.brightness > bright_above],
        [one.name for one in looks if one.sharpness < BLURRED_SHARE * sharp],
        [one.name for one in looks if one.entropy < PLAIN_SHARE * rich],
    )
    return dict(zip(codes, odd, strict=True))


def _spread(values: list[float]) -> Spread | None:
    if not values:
        return None
    return Spread(low=min(values), median=statistics.median(values), high=max(values))


def _matched(looks: list[Look], others: list[Source], limits: Limits) -> list[Matched]:
    """Return the boxes by form; a file that names none belongs to the form of most others."""
    stems = frozenset(stem_of(one.name) for one in looks)
    stems |= {stem.removesuffix(TESTED) for stem in stems}
    lists: list[frozenset[str]] = []
    labels: list[Labels] = []
    for source in others:
        known = class_list(source)
        if known is not None:
            lists.append(known)
        else:
            labels += read(source, stems, limits)
    forms = Counter(one.form for one in labels if one.form) or Counter(["txt"] * bool(labels))
    usual = max(forms, key=lambda form: forms[form], default="")
    return [
        match(
            form,
            [one for one in labels if (one.form or usual) == form],
            looks,
            lists[0] if form == "yolo" and lists else None,
        )
        for form in forms
    ]


def _label_findings(matched: Matched) -> list[Finding]:
    listed: dict[str, Sequence[str]] = {
        "IMG_LABEL_BROKEN": matched.broken,
        "IMG_LABEL_MISSING": matched.missing,
        "IMG_LABEL_ORPHAN": matched.orphans,
        "IMG_BOX_OUTSIDE": matched.outside,
        "IMG_CLASS_UNKNOWN": matched.unknown,
    }
    findings = _named(listed)
    classes = matched.facts.classes
    rare = [name for name, count in classes if count < RARE_SHARE * classes[0][1]]
    if rare:
        findings.append(found("IMG_CLASS_RARE", count=len(rare), examples=rare[:3]))
    return findings
