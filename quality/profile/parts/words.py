"""Cells that are words: empty ones, stand-ins for missing values, formulas, personal data, spaces, shapes."""

from collections import Counter
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.profile import privacy
from quality.profile.hashing import Hashes, of_texts
from quality.profile.parts.names import ALL, Names
from quality.profile.parts.places import SHOWN, Places

PLACEHOLDERS: Final = r"^(?i:n/?a|'n/a'|nan|null|none|nil|-+|\?+|#n/a|missing|결측|없음)$"
PLACEHOLDER_BYTES: Final = 16
FORMULA_SIGNS: Final = np.frombuffer(b"=+@-\t\r", dtype=np.uint8)
FORMULA: Final = r"^[=+@-]\s*[A-Za-z(]|^[\t\r]|^=|^@"
# The shortest mail address is as short as this, a mobile number longer.
PRIVATE_BYTES: Final = 6
# Letters that were lost: what stands for a byte that is none, and question marks within Hangul.
BROKEN: Final = r"\x{FFFD}|[가-힣]\?+[가-힣]"
BROKEN_BYTES: Final = np.frombuffer(b"?\xef", dtype=np.uint8)
OFTEN: Final = 20
SHAPES_OF: Final = 500
SHAPES_KEPT: Final = 1_000
CLASSES: Final = ((r"[가-힣]+", "가"), (r"[A-Z]+", "A"), (r"[a-z]+", "a"), (r"[0-9]+", "9"))

Flags = NDArray[np.bool_]


def matching(texts: pa.Array, pattern: str) -> Flags:
    """Return which texts match a pattern, shape (n,)."""
    found = pc.match_substring_regex(texts, pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


class Coded:
    """The cells of a column in one block: its different texts, and which of them stands in each row.

    Args:
        values: different texts, shape (m,)
        places: for each row the place of its text, shape (n,)
    """

    def __init__(self, texts: pa.Array) -> None:
        encoded = texts if isinstance(texts, pa.DictionaryArray) else texts.dictionary_encode()
        self.values: pa.Array = encoded.dictionary
        self.places: NDArray[np.int32] = encoded.indices.to_numpy(zero_copy_only=False)
        self.counts = np.bincount(self.places, minlength=len(self.values)).astype(np.int64)
        self.trimmed = pc.utf8_trim_whitespace(self.values)
        self.value_hashes: Hashes = of_texts(self.values)
        lengths = _lengths(self.values)
        self.empty = lengths == 0
        self.bytes_max = int(lengths.max(initial=0))
        bare = _lengths(self.trimmed)
        self.blank = (bare == 0) & ~self.empty
        self.spaced = (lengths != bare) & ~self.blank

    def rows(self, chosen: Flags, most: int) -> NDArray[np.int64]:
        """Return the first rows whose texts are chosen."""
        return np.flatnonzero(chosen[self.places])[:most]

    def hashes(self) -> Hashes:
        """Return the hash of each row's text."""
        return self.value_hashes[self.places]


def _lengths(texts: pa.Array) -> NDArray[np.int64]:
    return np.asarray(pc.binary_length(texts).to_numpy(zero_copy_only=False), dtype=np.int64)


class Words:
    """What stands in the text cells of one column; ``names`` has the texts behind hashes.

    Args:
        bound: names of hashes above it are not kept any more
    """

    def __init__(self, bound: np.uint64 = ALL) -> None:
        self.null_count = self.blank_count = 0
        self.bytes_max = self.plain_count = 0
        self.forms: Counter[str] = Counter()
        self.broken, self.odd, self.formed, self.zeros = Places(), Places(), Places(), Places()
        self.placeholders: Counter[str] = Counter()
        self.spaced, self.formulas, self.wrong = Places(), Places(), Places()
        self.placeholder_places = Places()
        self.private: dict[str, Places] = {}
        self.shapes: Counter[str] = Counter()
        self.names = Names(bound)
        self.often: Counter[str] = Counter()

    def add(self, cells: Coded, plain: Flags, *, numeric: bool, name: str = "") -> None:
        """Take a block.

        Args:
            plain: texts that are numbers or stamps, where nothing is searched but what the column's name says
            numeric: whether plain texts have no names, because the hash of a number gives it back
        """
        self.null_count += int(cells.counts[cells.empty].sum())
        self.blank_count += int(cells.counts[cells.blank].sum())
        self.bytes_max = max(self.bytes_max, cells.bytes_max)
        self.plain_count += int(cells.counts[plain].sum())
        self._place(self.spaced, cells, cells.spaced)
        filled = ~cells.empty & ~cells.blank
        wanted = filled & ~plain
        if wanted.any():
            self._search(cells, wanted)
        for code, pattern in privacy.headed(name) if name else ():
            self._note_private(cells, code, pattern, filled)
        named = wanted if numeric else filled
        if named.any():
            self._name(cells, named)

    def _name(self, cells: Coded, named: Flags) -> None:
        chosen = pa.array(named)
        self.names.add(cells.value_hashes[named], cells.values.filter(chosen))
        self._shapes(cells.trimmed.filter(chosen), cells.counts[named])
        self._note_often(cells, named)

    def _search(self, cells: Coded, wanted: Flags) -> None:
        chosen = pa.array(wanted)
        trimmed, values = cells.trimmed.filter(chosen), cells.values.filter(chosen)
        lengths = _lengths(values)
        hit = _spread(_hits(trimmed, PLACEHOLDERS, lengths <= PLACEHOLDER_BYTES), wanted)
        if hit.any():
            for at in np.flatnonzero(hit):
                self.placeholders[cells.trimmed[int(at)].as_py()] += int(cells.counts[at])
            self._place(self.placeholder_places, cells, hit)
        signs = np.isin(_first_bytes(trimmed), FORMULA_SIGNS)
        self._place(self.formulas, cells, _spread(_hits(trimmed, FORMULA, signs), wanted))
        self._search_private(cells, values, wanted, lengths >= PRIVATE_BYTES)
        if _may_be_broken(trimmed):
            self._place(self.broken, cells, _spread(matching(trimmed, BROKEN), wanted))

    def _search_private(self, cells: Coded, values: pa.Array, wanted: Flags, long: Flags) -> None:
        found = _hits(values, privacy.ANY, long)
        if not found.any():
            return
        for code, pattern in privacy.PATTERNS:
            hits = _verified(values, code, _hits(values, pattern, found))
            private = _spread(hits, wanted)
            if private.any():
                self._place(self.private.setdefault(code, Places()), cells, private)

    def _note_private(self, cells: Coded, code: str, pattern: str, filled: Flags) -> None:
        """Note what the name of the column says that it holds, in place of what was found without the name."""
        hits = _verified(cells.values, code, _hits(cells.values, pattern, filled))
        if hits.any():
            self.private[code] = Places()
            self._place(self.private[code], cells, hits)

    def _note_often(self, cells: Coded, wanted: Flags) -> None:
        """Count the most frequent texts of the block; of many texts the top is known from these alone."""
        chosen = np.flatnonzero(wanted & (cells.counts > 1))
        if len(chosen) < OFTEN:
            chosen = np.concatenate([chosen, np.flatnonzero(wanted & (cells.counts == 1))[:OFTEN]])
        chosen = chosen[np.argsort(-cells.counts[chosen], kind="stable")[:OFTEN]]
        for at in chosen.tolist():
            self.often[cells.values[at].as_py()] += int(cells.counts[at])

    def _place(self, places: Places, cells: Coded, chosen: Flags) -> None:
        if not chosen.any():
            return
        rows = cells.rows(chosen, SHOWN)
        texts = [cells.values[int(cells.places[row])].as_py() for row in rows]
        places.add(int(cells.counts[chosen].sum()), rows, texts)

    def note_wrong(self, cells: Coded, chosen: Flags) -> None:
        """Note texts that are not what their column holds."""
        self._place(self.wrong, cells, chosen)

    def note_odd(self, cells: Coded, chosen: Flags) -> None:
        """Note those of them that stand for no missing value and are no impossible date."""
        self._place(self.odd, cells, chosen)

    def note_forms(self, cells: Coded, forms: dict[str, Flags]) -> None:
        """Note numbers that are not written plainly, by how they are."""
        some = np.zeros(len(cells.values), dtype=bool)
        for form, chosen in forms.items():
            if chosen.any():
                self.forms[form] += int(cells.counts[chosen].sum())
                some |= chosen
        self._place(self.formed, cells, some)

    def note_zeros(self, cells: Coded, chosen: Flags) -> None:
        """Note codes that begin with a zero."""
        self._place(self.zeros, cells, chosen)

    def _shapes(self, trimmed: pa.Array, counts: NDArray[np.int64]) -> None:
        shapes = trimmed.slice(0, SHAPES_OF)
        for pattern, sign in CLASSES:
            shapes = pc.replace_substring_regex(shapes, pattern, sign)
        for shape, count in zip(shapes.to_pylist(), counts[:SHAPES_OF].tolist(), strict=True):
            if shape in self.shapes or len(self.shapes) < SHAPES_KEPT:
                self.shapes[shape[:40]] += count

    def merge(self, other: "Words", rows_before: int) -> None:
        """Take what stands in the rows after ``rows_before``."""
        self.null_count += other.null_count
        self.blank_count += other.blank_count
        self.bytes_max = max(self.bytes_max, other.bytes_max)
        self.plain_count += other.plain_count
        self.placeholders += other.placeholders
        self.forms += other.forms
        for mine, theirs in (
            (self.spaced, other.spaced),
            (self.formulas, other.formulas),
            (self.wrong, other.wrong),
            (self.broken, other.broken),
            (self.odd, other.odd),
            (self.formed, other.formed),
            (self.zeros, other.zeros),
            (self.placeholder_places, other.placeholder_places),
        ):
            mine.merge(theirs, rows_before)
        for code, places in other.private.items():
            self.private.setdefault(code, Places()).merge(places, rows_before)
        self.shapes += other.shapes
        self.often += other.often
        self.names.merge(other.names)


def _verified(values: pa.Array, code: str, hits: Flags) -> Flags:
    """Return those of the hits that hold, where more than a pattern must."""
    test = privacy.VERIFIED.get(code)
    if test is not None:
        for at in np.flatnonzero(hits).tolist():
            hits[at] = test(values[at].as_py())
    return hits


def _spread(hit: Flags, wanted: Flags) -> Flags:
    """Bring flags of some texts back to all of them."""
    whole = np.zeros(len(wanted), dtype=bool)
    whole[wanted] = hit
    return whole


def _hits(texts: pa.Array, pattern: str, among: Flags) -> Flags:
    """Return which texts match, looking only at some of them."""
    hit = np.zeros(len(texts), dtype=bool)
    if among.all():
        return matching(texts, pattern)
    if among.any():
        hit[among] = matching(texts.filter(pa.array(among)), pattern)
    return hit


def _first_bytes(texts: pa.Array) -> NDArray[np.uint8]:
    """Return the first byte of each text, none of which is empty."""
    _, offset_buffer, data = texts.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[texts.offset : texts.offset + len(texts)]
    return np.frombuffer(data, dtype=np.uint8)[offsets]


def _may_be_broken(texts: pa.Array) -> bool:
    """Whether a byte stands in the texts that broken letters have; saves the search where none does."""
    data = texts.buffers()[2]
    return data is not None and bool(
        np.isin(np.frombuffer(data, dtype=np.uint8), BROKEN_BYTES).any()
    )
