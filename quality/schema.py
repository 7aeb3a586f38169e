"""The JSON Schema of a canonical report, made of the structs that are the report. Pure."""

import inspect
from typing import Any, Final

import msgspec

from quality.canonical import LEFT_OUT
from quality.report import DatasetReport

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TITLE: Final = "Quality report of a dataset, canonical form"


def report_schema() -> dict[str, Any]:
    """Return the schema; every field is there in every report, and no other is."""
    made = msgspec.json.schema(DatasetReport)
    shapes: dict[str, Any] = made["$defs"]
    for shape in shapes.values():
        if "description" in shape:
            shape["description"] = inspect.cleandoc(shape["description"])
        if shape.get("type") == "object":
            _close(shape)
    _prune(made)
    return {"$schema": DIALECT, "title": TITLE, **made}


def _prune(made: dict[str, Any]) -> None:
    """Drop the shapes that nothing names any more."""
    shapes: dict[str, Any] = made["$defs"]
    size = 0
    while size != len(shapes):
        size = len(shapes)
        told = {name: repr(shape) for name, shape in shapes.items()} | {"": made["$ref"]}
        for name in list(shapes):
            if not any(f"#/$defs/{name}'" in f"{text}'" for at, text in told.items() if at != name):
                del shapes[name]


def _close(shape: dict[str, Any]) -> None:
    properties: dict[str, Any] = shape["properties"]
    for name in LEFT_OUT:
        properties.pop(name, None)
    for one in properties.values():
        # A canonical report leaves nothing to a reader's defaults.
        one.pop("default", None)
    shape["required"] = sorted(properties)
    shape["additionalProperties"] = False
