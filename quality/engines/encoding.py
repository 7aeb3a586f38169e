"""A ``Counted`` as bytes, and back: plain MessagePack, from which nothing can be run.

Arrays are raw bytes behind their type and shape; objects are the values of their attributes by name.
Only classes that a pass is made of are made again, only with the attributes that they have.
"""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from msgspec import Struct, msgpack
from numpy.typing import NDArray

from quality.errors import PartialDamaged
from quality.profile.pieces import Counted
from quality.profile.planned import Plan

VERSION: Final = 1
TYPES: Final = ("|b1", "|u1", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8", "<f4", "<f8")
# Structs of these modules alone are made again.
STRUCTS_OF: Final = ("quality.profile.parts.", "quality.reading.cells")
DEPTH_MAX: Final = 20
SCALARS: Final = (type(None), bool, int, float, str, bytes)


def encode(counted: Counted) -> bytes:
    """Return what was counted as bytes."""
    return msgpack.encode([VERSION, _plain(counted)])


def decode(content: bytes, plan: Plan) -> Counted:
    """Return what was counted, from the bytes of a child that is not trusted.

    Args:
        plan: by which it was counted

    Raises:
        PartialDamaged: the bytes are no such thing
    """
    try:
        version, state = msgpack.decode(content)
        made = _Maker(plan).made(state, 0) if version == VERSION else None
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise PartialDamaged(str(error)) from error
    if not isinstance(made, Counted):
        raise PartialDamaged("no counts, or another version")
    return made


def _plain(value: Any) -> Any:
    """Return a value as MessagePack knows it: what is no scalar is a list that begins with its kind."""
    if type(value) in SCALARS:
        return value
    name = type(value).__name__
    if isinstance(value, list | tuple | set | dict):
        return [name, _held(value)]
    if isinstance(value, np.ndarray | np.generic):
        # A single number is an array without dimensions.
        return _array(np.asarray(value))
    if isinstance(value, Struct):
        fields = {one: _plain(getattr(value, one)) for one in value.__struct_fields__}
        return ["struct", name, fields]
    return ["object", name, {key: _plain(one) for key, one in _attributes(value).items()}]


def _held(value: Any) -> list[Any]:
    """Return what a container holds, of a dictionary pairs, of a set in order."""
    if isinstance(value, dict):
        return [[_plain(key), _plain(one)] for key, one in value.items()]
    return [_plain(one) for one in (sorted(value) if isinstance(value, set) else value)]


def _array(array: NDArray[Any]) -> list[Any]:
    kind = array.dtype.str
    if kind not in TYPES:
        raise TypeError(f"an array of {kind} does not travel")
    return ["array", kind, list(array.shape), array.tobytes()]


def _attributes(value: object) -> dict[str, Any]:
    """Return an object's attributes but the plan, which every part of a table has already."""
    state: dict[str, Any] = value.__getstate__()  # type: ignore[assignment]
    if not isinstance(state, dict):
        raise TypeError(f"{type(value).__name__} does not travel")
    return {name: one for name, one in state.items() if not isinstance(one, Plan)}


class _Maker:
    """Makes values again, and objects after the pattern of those in a fresh ``Counted``."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.patterns: dict[str, object] = {}
        for one in _objects(Counted(plan)):
            self.patterns.setdefault(type(one).__name__, one)
        self.structs = {
            one.__name__: one
            for one in Struct.__subclasses__()
            if one.__module__.startswith(STRUCTS_OF)
        }
        self.kinds: dict[str, Any] = {
            "array": self._array,
            "struct": self._struct,
            "object": self._object,
            "dict": dict,
            "Counter": Counter,
            "list": list,
            "tuple": tuple,
            "set": set,
        }

    def made(self, state: Any, depth: int) -> Any:
        """Return a value.

        Raises:
            ValueError, TypeError, KeyError: it is none that travels
        """
        if depth > DEPTH_MAX:
            raise ValueError("too deep")
        if not isinstance(state, list):
            if type(state) not in SCALARS:
                raise ValueError("a bare map or an extension")
            return state
        kind, *rest = state
        if kind == "array":
            return self._array(*rest)
        if kind in ("object", "struct"):
            name, inner = rest
            fields = {key: self.made(one, depth + 1) for key, one in inner.items()}
            return self.kinds[kind](name, fields)
        (held,) = rest
        if kind in ("dict", "Counter"):
            pairs = ((self.made(key, depth + 1), self.made(one, depth + 1)) for key, one in held)
            return self.kinds[kind](dict(pairs))
        return self.kinds[kind](self.made(one, depth + 1) for one in held)

    def _array(self, kind: str, shape: list[int], content: bytes) -> Any:
        if kind not in TYPES or not all(type(one) is int and one >= 0 for one in shape):
            raise ValueError("an array of another kind")
        if math.prod(shape) * np.dtype(kind).itemsize != len(content):
            raise ValueError("an array of another length")
        # Written to later, which the bytes cannot be.
        array = np.frombuffer(content, dtype=kind).reshape(shape).copy()
        return array if shape else array[()]

    def _struct(self, name: str, given: dict[str, Any]) -> object:
        kind = self.structs[name]
        if given.keys() != set(kind.__struct_fields__):
            raise ValueError(f"{name} with other fields")
        return kind(**given)

    def _object(self, name: str, given: dict[str, Any]) -> object:
        pattern = self.patterns[name]
        expected = _attributes(pattern)
        if given.keys() != expected.keys():
            raise ValueError(f"{name} with other attributes")
        for key, value in given.items():
            if not _alike(value, expected[key]):
                raise ValueError(f"{name}.{key} is of another kind")
        made = object.__new__(type(pattern))
        made.__dict__ |= given
        if "plan" in pattern.__dict__:
            made.__dict__["plan"] = self.plan
        return made


def _objects(value: object) -> Iterator[object]:
    """Yield an object and all that it is made of, as far as the classes are our own."""
    held = list(value.values()) if isinstance(value, dict) else value
    if isinstance(held, list | tuple):
        for one in held:
            yield from _objects(one)
    elif type(value).__module__.startswith("quality.") and not isinstance(value, Struct):
        yield value
        for one in _attributes(value).values():
            yield from _objects(one)


def _alike(value: Any, pattern: Any) -> bool:
    """Whether a value is of the kind of another; what begins without a value may be anything."""
    if pattern is None:
        return True
    if isinstance(pattern, np.ndarray):
        kind = (pattern.dtype, pattern.ndim)
        return isinstance(value, np.ndarray) and (value.dtype, value.ndim) == kind
    return type(value) is type(pattern)
