"""Writes docs/access.md: who may use which route and method, from what every route declares.

Run ``python -m tools.access`` after adding a route; a test compares the file and sends every cell.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from litestar import Litestar
from pydantic import SecretStr

from marketplace.app import create_app, parts_of
from marketplace.auth import (
    PERSON_ROLES,
    ROLES_OF,
    DeclaredRoute,
    Function,
    Policy,
    Role,
    declared_routes,
)
from marketplace.settings import Settings

TARGET = Path(__file__).resolve().parents[1] / "docs" / "access.md"
BODIES = tuple(
    role
    for function, roles in ROLES_OF.items()
    if function not in (Function.business, Function.exchange_operator)
    for role in roles
)
HEAD = """# 권한표 · Table of rights

Written by `python -m tools.access`; read a change of it like code. ● may, ○ may for some of the roles, – may not.
*Fresh*: the password or second factor was shown in the last ten minutes. *Token*: the scope with which an API token of
that person may use it; – keeps tokens out. *Unfinished*: usable while consent or the second factor is still due.
A thing of somebody else answers "not found" whatever stands here.

"""
# A heading, and the roles it stands for; None is somebody who is not signed in.
COLUMNS: tuple[tuple[str, tuple[Role, ...] | None], ...] = (
    ("anonymous", None),
    *((role.value, (role,)) for role in ROLES_OF[Function.business]),
    *((role.value, (role,)) for role in ROLES_OF[Function.exchange_operator]),
    ("agencies, ministry, bodies", BODIES),
    ("evaluator, expert", PERSON_ROLES),
)


def application() -> Litestar:
    """Return the application without connecting to anything."""
    settings = Settings(
        _env_file=None,
        database_url=SecretStr("postgresql+psycopg://nobody@127.0.0.1/nothing"),
        s3_endpoint="http://127.0.0.1:1",
        s3_access_key=SecretStr("-"),
        s3_secret_key=SecretStr("-"),
        session_key=SecretStr("-"),
        encryption_keys=SecretStr("t1:" + "A" * 43 + "="),
    )
    return create_app(settings, parts_of(settings))


def mark(policy: Policy, roles: tuple[Role, ...] | None) -> str:
    """Return the sign of one cell."""
    if policy.audience == "monitor":
        return "–"
    if policy.audience == "everyone":
        return "●"
    if roles is None:
        return "–"
    allowed = len(set(roles) & policy.roles) if policy.roles else len(roles)
    return "●" if allowed == len(roles) else "○" if allowed else "–"


def token(policy: Policy) -> str:
    """Return which scope lets a token in."""
    if policy.audience == "everyone":
        return "any"
    return f"`{policy.token_scope.value}`" if policy.token_scope else "–"


def line(route: DeclaredRoute) -> str:
    """Return the line of one route and method."""
    policy = route.policy
    cells = [f"`{route.path}`", route.method, policy.name]
    cells += [mark(policy, roles) for _, roles in COLUMNS]
    cells += [
        "fresh" if policy.fresh else "",
        token(policy),
        "yes" if policy.unfinished else "",
    ]
    return "| " + " | ".join(cells) + " |\n"


def table(routes: list[DeclaredRoute], belongs: Callable[[str], bool]) -> Iterator[str]:
    """Yield the lines of the table of the paths that belong to it."""
    names = ["path", "method", "policy", *(name for name, _ in COLUMNS)]
    names += ["fresh", "token", "unfinished"]
    yield "| " + " | ".join(names) + " |\n"
    yield "| " + " | ".join(["---"] * len(names)) + " |\n"
    for route in routes:
        if belongs(route.path):
            yield line(route)


def document() -> str:
    """Return the text of the file."""
    routes = list(declared_routes(application()))
    return "".join(
        [
            HEAD,
            "## API\n\n",
            *table(routes, lambda path: path.startswith("/api/")),
            "\n## 화면 · Pages and the rest\n\n",
            *table(routes, lambda path: not path.startswith("/api/")),
        ]
    )


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
