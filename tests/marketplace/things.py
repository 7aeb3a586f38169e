"""Routes that only tests mount: acts under an idempotency key, in the way a slice writes them."""

from typing import Any

import msgspec
from litestar import Litestar, Request, Response, delete, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.app import create_app, parts_of
from marketplace.audit import Thing, record
from marketplace.auth import EVERYONE, SIGNED_IN, allow
from marketplace.db import Scope
from marketplace.errors import Conflict
from marketplace.idempotency import Once, repeatable
from marketplace.routes import ROUTES
from marketplace.settings import load_settings
from marketplace.web.forms import read_form


class MadeIn(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    seconds: float = 0.0
    refused: bool = False
    broken: bool = False


class MadeOut(msgspec.Struct):
    name: str
    number: int


async def make(session: AsyncSession, content: MadeIn) -> MadeOut:
    await record(session, "test.made", Thing("test", content.name))
    if content.seconds:
        await session.execute(text("select pg_sleep(:s)"), {"s": content.seconds})
    if content.refused:
        raise Conflict
    if content.broken:
        raise LookupError
    number = await session.scalar(text("select (random() * 1e9)::int"))
    return MadeOut(content.name, number)


@post("/api/v1/things", opt=allow(SIGNED_IN))
async def make_thing(data: JSONBody[MadeIn], once: NamedDependency[Once]) -> Response[MadeOut]:
    return await once.answer(lambda session: make(session, data), MadeOut)


@post("/api/v1/things/{name:str}/copies", opt=allow(SIGNED_IN), status_code=204)
async def copy_thing(name: FromPath[str], once: NamedDependency[Once]) -> Response[None]:
    return await once.answer(lambda session: make(session, MadeIn(name)), None)


@post("/api/v1/arrivals", opt=allow(EVERYONE))
async def arrive(data: JSONBody[MadeIn], once: NamedDependency[Once]) -> Response[MadeOut]:
    return await once.answer(lambda session: make(session, data), MadeOut, scope=Scope.system())


@post("/api/v1/tokens-for-tests", opt=allow(SIGNED_IN) | repeatable("answers with a secret"))
async def make_token() -> None:
    return None


@post("/api/v1/forgotten", opt=allow(SIGNED_IN))
async def forgotten() -> None:
    return None


@delete("/api/v1/things/{name:str}", opt=allow(SIGNED_IN))
async def remove_thing(name: FromPath[str]) -> None:
    return None


class PaperIn(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    paper: UploadFile | None = None


@post("/things", opt=allow(SIGNED_IN))
async def submit_thing(
    request: Request[Any, Any, Any], once: NamedDependency[Once]
) -> Response[Any]:
    form = await read_form(request, PaperIn)
    return await once.redirect(
        form.key,
        lambda session: make(session, MadeIn(form.data.name)),
        lambda made: f"/things/{made.number}",
        "saved",
    )


TEST_ROUTES = (
    make_thing, copy_thing, arrive, make_token, forgotten, remove_thing, submit_thing,
)  # fmt: skip


def web_app() -> Litestar:
    """The exchange with these routes, for a server in a process of its own."""
    settings = load_settings()
    return create_app(settings, parts_of(settings), (*ROUTES, *TEST_ROUTES))
