"""The description of the API, for programs (OpenAPI) and for people (a page made from it)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Litestar, Response, get
from litestar.params import FromQuery

from marketplace.auth import EVERYONE, allow
from marketplace.errors import MarketplaceError, NotFound, subclasses_of
from marketplace.http import openapi
from marketplace.http.problems import status_of
from marketplace.settings import Settings
from marketplace.web.pages import AnyRequest, Page, render

JSON = openapi.JSON
# Shown in full on one page; the list names all of them.
SHOWN_MAX = 20
Word = FromQuery[Annotated[str, msgspec.Meta(max_length=100)]]
LIMITS = {
    "minLength": "≥ {} chars",
    "maxLength": "≤ {} chars",
    "minimum": "≥ {}",
    "maximum": "≤ {}",
    "minItems": "≥ {} items",
    "maxItems": "≤ {} items",
    "pattern": "{}",
    "format": "{}",
}
EXAMPLES: dict[str, str] = {
    "uuid": "3f2b8c1e-0d7a-4c55-9a51-7d1e0c9b2f44",
    "date-time": "2026-11-26T09:00:00Z",
    "date": "2026-11-26",
}
# By the end of a field's name, where its type alone says too little.
NAMED = {
    "email": "person@example.com",
    "phone": "02-000-0000",
    "business_number": "000-81-00001",
    "code": "123456",
    "password": "correct horse battery",
    "reason": "사유",
    "name": "이름",
}


@dataclass(frozen=True)
class FieldRow:
    """One field or parameter, as the page shows it."""

    name: str
    kind: str
    required: bool
    limits: str
    text: str
    place: str = ""


@dataclass(frozen=True)
class AnswerRow:
    """One status an operation answers with."""

    status: str
    codes: tuple[str, ...]
    shape: str


@dataclass(frozen=True)
class OperationView:
    """One operation, as the page shows it."""

    id: str
    tag: str
    method: str
    path: str
    summary: str
    description: str
    policy: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    fresh: bool
    parameters: tuple[FieldRow, ...]
    fields: tuple[FieldRow, ...]
    answers: tuple[AnswerRow, ...]
    example: str


def api_document(app: Litestar) -> dict[str, Any]:
    """Return the description of the application, made at the first question and kept."""
    found: dict[str, Any] | None = app.state.get("api_document")
    if found is None:
        found = openapi.document(app)
        app.state["api_document"] = found
    return found


def _open_to(request: AnyRequest) -> Settings:
    """Return the settings, or refuse: the description may be switched off."""
    settings: Settings = request.app.state["settings"]
    if not settings.docs_page:
        raise NotFound
    return settings


@get("/api/openapi.json", opt=allow(EVERYONE), sync_to_thread=False, include_in_schema=False)
def send_document(request: AnyRequest) -> Response[bytes]:
    """Send the description of the API for programs (OpenAPI 3.1)."""
    _open_to(request)
    return Response(msgspec.json.encode(api_document(request.app)), media_type=JSON)


@get("/api/docs", opt=allow(EVERYONE), sync_to_thread=False, include_in_schema=False)
def show_reference(request: AnyRequest, q: Word = "", tag: Word = "") -> Page:
    """Show the list of operations, and those of one part or those that words find in full."""
    settings = _open_to(request)
    every = list(views(api_document(request.app), origin=settings.public_url.rstrip("/")))
    parts = _by_tag(every)
    found = [view for view in every if _found(view, q)] if q else parts.get(tag, [])
    return render(
        request,
        "reference.html",
        q=q,
        parts=parts,
        tag=tag,
        found=found[:SHOWN_MAX],
        more=max(0, len(found) - SHOWN_MAX),
    )


@get("/api/docs/errors", opt=allow(EVERYONE), sync_to_thread=False, include_in_schema=False)
def show_error_codes(request: AnyRequest) -> Page:
    """Show every error code with its status and its sentence."""
    _open_to(request)
    return render(request, "reference_errors.html", errors=error_rows())


def _by_tag(every: list[OperationView]) -> dict[str, list[OperationView]]:
    tags = sorted({view.tag for view in every})
    return {tag: [view for view in every if view.tag == tag] for tag in tags}


def _found(view: OperationView, q: str) -> bool:
    codes = [code for answer in view.answers for code in answer.codes]
    words = " ".join((view.path, view.method, view.summary, view.description, *codes)).lower()
    return all(word in words for word in q.lower().split())


def error_rows() -> list[tuple[str, int, dict[str, str]]]:
    """Return code, status and sentences of every error a request can be answered with."""
    rows: dict[str, tuple[str, int, dict[str, str]]] = {}
    for kind in subclasses_of(MarketplaceError):
        status = status_of(kind.__new__(kind))
        if status != 500 or kind.code == "internal_error":
            rows[kind.code] = (kind.code, status, {"ko": kind.ko, "en": kind.en})
    return [rows[code] for code in sorted(rows)]


def views(document: Mapping[str, Any], *, origin: str) -> Iterator[OperationView]:
    """Yield every operation of the description, as the page shows it.

    Args:
        origin: where people reach the exchange, for the examples
    """
    shapes = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, entry in methods.items():
            schemes = [scheme for scheme in entry["security"] if "token" in scheme]
            yield OperationView(
                id=entry["operationId"],
                tag=entry["tags"][0],
                method=method.upper(),
                path=path,
                summary=entry["summary"],
                description=entry["description"],
                policy=entry["x-policy"],
                roles=tuple(entry["x-roles"]),
                scopes=tuple(schemes[0]["token"]) if schemes else (),
                fresh=entry["x-fresh"],
                parameters=tuple(_parameter_rows(entry, shapes)),
                fields=tuple(_field_rows(_body(entry), shapes)),
                answers=tuple(_answer_rows(entry)),
                example=_curl(origin + path, method.upper(), entry, shapes),
            )


def _resolved(schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference, and take the first choice that is not null."""
    if "$ref" in schema:
        return _resolved(shapes[schema["$ref"].rsplit("/", 1)[1]], shapes)
    for word in ("anyOf", "oneOf"):
        for choice in schema.get(word, ()):
            if choice.get("type") != "null":
                return _resolved(choice, shapes)
    return schema


def _body(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    content = entry.get("requestBody", {}).get("content", {})
    return next((media["schema"] for media in content.values()), {})


def _parameter_rows(entry: Mapping[str, Any], shapes: Mapping[str, Any]) -> Iterator[FieldRow]:
    for given in entry["parameters"]:
        row = _row(given["name"], given["schema"], shapes, required=given.get("required", False))
        yield FieldRow(
            **{**_facts(row), "place": given["in"], "text": given.get("description", "")}
        )


def _facts(row: FieldRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FieldRow.__dataclass_fields__}


def _field_rows(schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> Iterator[FieldRow]:
    resolved = _resolved(schema, shapes)
    required = set(resolved.get("required", ()))
    for name, inner in resolved.get("properties", {}).items():
        yield _row(name, inner, shapes, required=name in required)


def _row(
    name: str, schema: Mapping[str, Any], shapes: Mapping[str, Any], *, required: bool
) -> FieldRow:
    found = _resolved(schema, shapes)
    limits = [text.format(found[word]) for word, text in LIMITS.items() if word in found]
    if "enum" in found:
        limits.append(" · ".join(str(value) for value in found["enum"]))
    if schema.get("default") is not None:
        limits.append(f"default {schema['default']}")
    kind = str(found.get("type", found.get("title", "any")))
    if kind == "array":
        kind = f"{_resolved(found.get('items', {}), shapes).get('type', 'any')} …"
    return FieldRow(name, kind, required, ", ".join(limits), str(schema.get("description", "")))


def _answer_rows(entry: Mapping[str, Any]) -> Iterator[AnswerRow]:
    for status, answer in entry["responses"].items():
        contents: list[dict[str, Any]] = list(answer.get("content", {}).values())
        schema = contents[0]["schema"] if contents else {}
        shape = "" if "x-codes" in answer else schema.get("$ref", "").rsplit("/", 1)[-1]
        yield AnswerRow(status, tuple(answer.get("x-codes", ())), shape)


def example_of(
    schema: Mapping[str, Any], shapes: Mapping[str, Any], *, name: str = "", depth: int = 0
) -> Any:
    """Return a value of the schema that reads like one, for an example.

    Args:
        name: of the field
        depth: how deep inside; examples stop at the fourth level
    """
    found = _resolved(schema, shapes)
    if given := found.get("enum") or found.get("examples"):
        return given[0]
    kind = found.get("type")
    if kind == "object" and depth < 4:
        required = found.get("required", ())
        return {
            inner_name: example_of(inner, shapes, name=inner_name, depth=depth + 1)
            for inner_name, inner in found.get("properties", {}).items()
            if inner_name in required
        }
    if kind == "array":
        return [example_of(found.get("items", {}), shapes, name=name, depth=depth + 1)]
    simple = {"integer": found.get("minimum", 1), "boolean": True, "number": 1.5}
    return simple[kind] if kind in simple else _text_example(found, name)


def _text_example(schema: Mapping[str, Any], name: str) -> str:
    if schema.get("format") in EXAMPLES:
        return EXAMPLES[schema["format"]]
    named = next((value for end, value in NAMED.items() if name.endswith(end)), "…")
    if len(named) > schema.get("maxLength", len(named)):
        named = "…"
    return named.ljust(schema.get("minLength", 0), "…")


def _curl(address: str, method: str, entry: Mapping[str, Any], shapes: Mapping[str, Any]) -> str:
    lines = [f"curl -X {method} {address}" if method != "GET" else f"curl {address}"]
    if entry["security"]:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    lines += [
        f'-H "{given["name"]}: $(uuidgen)"'
        for given in entry["parameters"]
        if given["in"] == "header"
    ]
    for media, content in entry.get("requestBody", {}).get("content", {}).items():
        if media == JSON:
            body = json.dumps(example_of(content["schema"], shapes), ensure_ascii=False)
            lines += [f'-H "Content-Type: {JSON}"', f"-d '{body}'"]
        else:
            names = _resolved(content["schema"], shapes).get("properties", {})
            lines += [f"-F {name}=@{name}" for name in names]
    return " \\\n  ".join(lines)


ROUTES = (send_document, show_reference, show_error_codes)
