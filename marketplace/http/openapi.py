"""The description of the API (OpenAPI 3.1): what every operation takes, answers and refuses.

The framework finds paths and parameters; the shapes come from the structs themselves, so that what
is described is what is decoded. Refusals follow from what an operation is (its policy, its body,
its key) and from what its function calls (``raising``); one that only a port raises is added by
hand: ``opt=allow(POLICY) | answers(RegistryUnavailable)``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Litestar, Response, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Server
from litestar.params import BodyKwarg, PathParameter, QueryParameter
from litestar.routes import HTTPRoute
from typing_extensions import override

from marketplace.auth import (
    ConsentRequired,
    Policy,
    ReauthenticationRequired,
    SecondFactorRequired,
    TokenScopeMissing,
)
from marketplace.errors import (
    DatabaseBusy,
    DatabaseUnavailable,
    Forbidden,
    Invalid,
    Malformed,
    MarketplaceError,
    NotFound,
    NotSignedIn,
    TooLarge,
    TooManyRequests,
)
from marketplace.http.bodies import UnsupportedMedia
from marketplace.http.csrf import SAFE_METHODS, CrossSiteRefused, session_cookie
from marketplace.http.hosts import UnknownHost
from marketplace.http.problems import PROBLEM_TYPE, Problem, status_of
from marketplace.http.raising import raised_by
from marketplace.idempotency import (
    HEADER,
    KEY_CHARS_MAX,
    KEY_CHARS_MIN,
    KeyMissing,
    KeyReused,
    KeyRunning,
)

OPT_KEY = "answers"
API = "/api/v1/"
REF = "#/components/schemas/{name}"
JSON = "application/json"
_REFERENCE = re.compile(r'"#/components/schemas/([^"]+)"')
DESCRIPTION = """Everything the pages do can be done by a program.

- **Who asks**: an API token in `Authorization: Bearer …` (made on the page of your account), or the
  session's cookie. With the cookie every POST, PUT, PATCH and DELETE also carries `X-CSRF-Token`.
- **Twice**: a POST that changes something takes an `Idempotency-Key`. The same key gets the stored
  answer for 30 days; other content under the same key is refused.
- **Refusals** are problem JSON (RFC 9457) with a stable `code` and a sentence in Korean and English.
- Unknown fields are refused, times are UTC (RFC 3339), money is whole won, ids are UUIDs.
"""
# What these dependencies refuse follows from the policy and from the key.
IMPLIED = frozenset({"principal", "visitor", "session", "phases", "once", "settings", "store"})
DONE = {200: "The answer", 201: "Made", 202: "Accepted; it is carried out later", 204: "Done"}


class Unserved(Router):
    """Takes the framework's own pages about the API and serves none of them."""

    @override
    def register(self, value: Any) -> list[Any]:
        return []


def _operation_id(handler: HTTPRouteHandler, _method: object, path: Sequence[object]) -> str:
    """Name an operation after its part of the API and its handler: ``organization_invite``."""
    part = str(path[2]) if len(path) > 2 else "root"
    return f"{part.replace('-', '_')}_{handler.handler_name}"


def config(*, secure: bool) -> OpenAPIConfig:
    """Return what the framework needs to describe the routes.

    Args:
        secure: whether people come over https, which decides the cookie's name
    """
    cookie = SecurityScheme(
        type="apiKey",
        name=session_cookie(secure=secure),
        security_scheme_in="cookie",
        description="The cookie of a sign-in.",
    )
    token = SecurityScheme(
        type="http", scheme="bearer", description="An API token with the scopes named."
    )
    return OpenAPIConfig(
        title="제조데이터 거래소 API",
        version="1",
        description=DESCRIPTION,
        servers=[Server(url="/")],
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
        openapi_router=Unserved("/unserved", route_handlers=[]),
        components=Components(security_schemes={"session": cookie, "token": token}),
    )


def answers(*kinds: type[MarketplaceError]) -> dict[str, Any]:
    """Declare in the ``opt`` of an endpoint, besides its policy, refusals its source does not show."""
    return {OPT_KEY: kinds}


@dataclass(frozen=True)
class Operation:
    """One path and method of the API with what its handler declares."""

    path: str
    method: str
    handler: HTTPRouteHandler

    @property
    def policy(self) -> Policy:
        """Who may use it."""
        policy: Policy = self.handler.opt[Policy.OPT_KEY]
        return policy

    @property
    def keyed(self) -> bool:
        """Whether it takes an idempotency key."""
        return "once" in self.handler.parsed_fn_signature.parameters

    @property
    def body(self) -> Any:
        """The type of its body, None without one."""
        field = self.handler.parsed_fn_signature.parameters.get("data")
        return None if field is None else field.annotation

    @property
    def takes_json(self) -> bool:
        """Whether its body is JSON, not a file."""
        field = self.handler.parsed_fn_signature.parameters.get("data")
        kwarg = field.kwarg_definition if field else None
        return isinstance(kwarg, BodyKwarg) and kwarg.media_type == JSON

    @property
    def answer(self) -> Any:
        """The type of its answer, None without content, ``Any`` where it is not JSON of ours."""
        found = self.handler.parsed_fn_signature.return_type
        kind = found.annotation
        if found.is_subclass_of(Response):
            kind = found.inner_types[0].annotation if found.inner_types else Any
        return None if kind is type(None) else kind


def operations(app: Litestar) -> Iterator[Operation]:
    """Yield every operation of the API, sorted by path and method."""
    found = [
        Operation(route.path_format, method, handler)
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith(API)
        for method, (handler, _) in route.route_handler_map.items()
        if method != "OPTIONS" and handler.resolve_include_in_schema()
    ]
    yield from sorted(found, key=lambda operation: (operation.path, operation.method))


def refusals(operation: Operation) -> dict[int, list[type[MarketplaceError]]]:
    """Return the refusals of an operation by status; what follows from what it is, and its own."""
    kinds: list[type[MarketplaceError]] = [
        Malformed,
        UnknownHost,
        *_of_policy(operation),
        *_of_content(operation),
        *operation.handler.opt.get(OPT_KEY, ()),
        *_of_source(operation),
        TooManyRequests,
        DatabaseUnavailable,
        DatabaseBusy,
    ]
    found: dict[int, list[type[MarketplaceError]]] = {}
    for kind in kinds:
        group = found.setdefault(status_of(kind.__new__(kind)), [])
        if kind.code not in [known.code for known in group]:
            group.append(kind)
    return dict(sorted(found.items()))


def _of_source(operation: Operation) -> list[type[MarketplaceError]]:
    handler = operation.handler
    named = handler.parsed_fn_signature.parameters
    functions = [handler.fn]
    functions += [
        provide.dependency
        for name, provide in handler.resolve_dependencies().items()
        if name in named and name not in IMPLIED
    ]
    errors = {kind for function in functions for kind in raised_by(function)}
    wire = [kind for kind in errors if status_of(kind.__new__(kind)) != 500]
    return sorted(wire, key=lambda kind: kind.code)


def _of_policy(operation: Operation) -> Iterator[type[MarketplaceError]]:
    policy = operation.policy
    if operation.method not in SAFE_METHODS:
        yield CrossSiteRefused
    if policy.audience == "everyone":
        return
    yield from (NotSignedIn, TokenScopeMissing)
    if policy.roles:
        yield Forbidden
    if not policy.unfinished:
        yield from (ConsentRequired, SecondFactorRequired)
    if policy.fresh:
        yield ReauthenticationRequired


def _of_content(operation: Operation) -> Iterator[type[MarketplaceError]]:
    if "{" in operation.path:
        yield NotFound
    if operation.method not in SAFE_METHODS:
        yield from (TooLarge, UnsupportedMedia)
    if operation.body is not None:
        yield Invalid
    if operation.keyed:
        yield from (KeyMissing, KeyRunning, KeyReused)


def document(app: Litestar) -> dict[str, Any]:
    """Return the whole description; it costs a tenth of a second, so callers keep it."""
    found = deepcopy(app.openapi_schema.to_schema())
    every = list(operations(app))
    schemas, components = _shapes(every)
    framework = found["components"].get("schemas", {})
    paths: dict[str, dict[str, Any]] = {}
    for operation in every:
        entry = found["paths"][operation.path][operation.method.lower()]
        paths.setdefault(operation.path, {})[operation.method.lower()] = _finished(
            entry, operation, schemas
        )
    found["paths"] = paths
    found["components"]["schemas"] = components
    for name in _missing(found):  # bodies with files, whose shape msgspec does not know
        components[name] = framework[name]
    return _short_names(found)


def _short_names(found: dict[str, Any]) -> dict[str, Any]:
    """Name shapes that two slices call the same after their slice: ``organizations_MemberOut``."""
    text = msgspec.json.encode(found).decode()
    for name in found["components"]["schemas"]:
        *modules, last = name.split(".")
        if modules:
            short = f"{modules[-2]}_{last}"
            text = text.replace(f'"{name}":', f'"{short}":').replace(f'/{name}"', f'/{short}"')
    shown: dict[str, Any] = msgspec.json.decode(text)
    return shown


def _missing(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of shapes that are referred to and not there."""
    text = msgspec.json.encode(found["paths"]).decode()
    for name in sorted(set(_REFERENCE.findall(text))):
        if name not in found["components"]["schemas"]:
            yield name


def _shapes(every: list[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Return the schema of each body, answer and parameter, and the components they refer to."""
    types: list[Any] = [Problem]
    for operation in every:
        types += [operation.body] if operation.takes_json else []
        types += [] if operation.answer in (None, Any, bytes) else [operation.answer]
        types += _parameter_types(operation).values()
    unique = list({_key(kind): kind for kind in types}.values())
    schemas, components = msgspec.json.schema_components(unique, ref_template=REF)
    shapes = {_key(kind): schema for kind, schema in zip(unique, schemas, strict=True)}
    return shapes, dict(sorted(components.items()))


def _key(kind: Any) -> str:
    return repr(kind)


def _parameter_types(operation: Operation) -> dict[str, Any]:
    return {
        name: field.raw
        for name, field in operation.handler.parsed_fn_signature.parameters.items()
        # The framework knows its own limits of a parameter, and not those of msgspec.
        if isinstance(field.kwarg_definition, PathParameter | QueryParameter)
        and "msgspec.Meta" in repr(field.raw)
    }


def _finished(
    entry: Mapping[str, Any], operation: Operation, shapes: Mapping[Any, Any]
) -> dict[str, Any]:
    policy = operation.policy
    text = str(entry.get("description", "")).strip()
    summary, _, rest = text.partition("\n")
    found: dict[str, Any] = {
        "operationId": entry["operationId"],
        "tags": entry.get("tags") or [operation.path.removeprefix(API).split("/")[0]],
        "summary": summary.rstrip("."),
        "description": rest.strip(),
        "security": _security(policy),
        "parameters": _parameters(entry, operation, shapes),
        "responses": _responses(operation, shapes),
        "x-policy": policy.name,
        "x-roles": sorted(role.value for role in policy.roles),
        "x-fresh": policy.fresh,
    }
    if operation.body is not None:
        found["requestBody"] = deepcopy(entry["requestBody"])
        if operation.takes_json:
            schema = shapes[_key(operation.body)]
            found["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return found


def _security(policy: Policy) -> list[dict[str, list[str]]]:
    if policy.audience == "everyone":
        return []
    by_token = [] if policy.token_scope is None else [{"token": [policy.token_scope.value]}]
    return [{"session": []}, *by_token]


def _parameters(
    entry: Mapping[str, Any], operation: Operation, shapes: Mapping[Any, Any]
) -> list[dict[str, Any]]:
    types = _parameter_types(operation)
    found = []
    for given in entry.get("parameters", ()):
        row = {k: given[k] for k in ("name", "in", "description", "required") if k in given}
        default = given["schema"].get("default")
        row["schema"] = shapes.get(_key(types.get(given["name"])), given["schema"])
        if default is not None:
            row["schema"] = {**row["schema"], "default": default}
        found.append(row)
    if operation.keyed:
        found.append(
            {
                "name": "-".join(part.capitalize() for part in HEADER.split("-")),
                "in": "header",
                "required": True,
                "description": "Made by the caller, new for each act; a repeat sends the same one.",
                "schema": {
                    "type": "string",
                    "minLength": KEY_CHARS_MIN,
                    "maxLength": KEY_CHARS_MAX,
                    "pattern": "^[ -~]*$",
                },
            }
        )
    return found


def _responses(operation: Operation, shapes: Mapping[Any, Any]) -> dict[str, Any]:
    status = operation.handler.status_code
    done: dict[str, Any] = {"description": DONE.get(status, "Done")}
    if operation.answer is Any or operation.answer is bytes:
        media = operation.handler.media_type or "application/octet-stream"
        done["content"] = {str(getattr(media, "value", media)): {"schema": {}}}
    elif operation.answer is not None:
        done["content"] = {JSON: {"schema": shapes[_key(operation.answer)]}}
    found = {str(status): done}
    for number, kinds in refusals(operation).items():
        codes = [kind.code for kind in kinds]
        found[str(number)] = {
            "description": ", ".join(codes),
            "x-codes": codes,
            "content": {PROBLEM_TYPE: {"schema": {"$ref": REF.format(name="Problem")}}},
        }
    return found
