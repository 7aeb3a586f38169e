"""Exactly once: a key that the caller makes, and the stored answer of its first success (rule 2).

The row of the key, the act and its answer are one transaction:

- A crash anywhere before the commit leaves nothing, so a repeat carries the act out. A crash after
  it leaves the answer, so a repeat gets the same one.
- Two at the same instant: the second waits for the row of the first, then gets its answer. Where
  that takes longer than the lock timeout, it is told that the first still runs (409).
- A refused act is rolled back with its key, so the caller corrects and sends it again under the
  same key. A page that shows its form again takes a new key (``Form.next_key``).
- The key belongs to a person (or a browser without one) and to a route: it holds over sign-out,
  another session and an API token; on another route it is another key.

Answers are kept for ``KEPT``. Acts whose answer holds a secret are not stored; their routes say
``opt=allow(POLICY) | repeatable("why")``.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Litestar, Response
from litestar.routes import HTTPRoute
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from marketplace.columns import stamped
from marketplace.db import Phases, Scope, sqlstate_of
from marketplace.errors import Conflict, FieldError, Invalid, Malformed
from marketplace.redirects import path_with_word, redirect_to

HEADER = "idempotency-key"
KEPT = timedelta(days=30)
KEY_CHARS_MIN = 16
KEY_CHARS_MAX = 255
RUNNING_RETRY_S = 2
OPT_KEY = "repeatable"
API_V1 = "/api/v1/"
LOCK_NOT_AVAILABLE = "55P03"
# A struct with such a field is an answer with a secret: it must never be stored.
SECRET_FIELDS = frozenset({"token", "secret", "password", "recovery_codes", "otpauth_uri"})

Act = Callable[[AsyncSession], Awaitable[object]]


class KeyMissing(Malformed):
    """The request has no key, or one that is too short, too long or not plain text."""

    code = "idempotency_key_missing"
    ko = (
        "같은 요청이 두 번 처리되지 않게 하는 키가 없거나 형식이 틀립니다. Idempotency-Key 헤더에"
        " 매번 새로 만든 16~255자의 영문, 숫자, 기호를 넣으십시오. 화면에서는 새로 고친 뒤 다시 보내십시오."
    )
    en = (
        "The key that keeps a request from being carried out twice is missing or malformed. Send a"
        " fresh Idempotency-Key of 16 to 255 printable ASCII characters. On a page, reload it and"
        " send it again."
    )


class KeyReused(Invalid):
    """The key already answered a request with other content."""

    code = "idempotency_key_reused"
    ko = "이 키로는 내용이 다른 요청이 이미 처리되었습니다. 앞의 결과를 먼저 확인하고, 새 요청이면 새 키로 보내십시오."
    en = (
        "A request with other content was already carried out under this key. Look at its result"
        " first; send a new request under a new key."
    )

    def __init__(self) -> None:
        super().__init__(
            [
                FieldError(
                    field="Idempotency-Key",
                    code="reused",
                    ko="다른 내용으로 이미 쓰인 키입니다.",
                    en="This key was used with other content.",
                )
            ]
        )


class KeyRunning(Conflict):
    """The first request with the key has not ended yet."""

    code = "idempotency_key_running"
    ko = "같은 요청을 아직 처리하고 있습니다. {retry_after_s}초 뒤에 같은 키로 다시 보내십시오."
    en = "The same request is still being carried out. Repeat it with the same key in {retry_after_s} seconds."

    def __init__(self) -> None:
        self.retry_after_s = RUNNING_RETRY_S
        super().__init__(retry_after_s=RUNNING_RETRY_S)


class IdempotencyKey(SQLModel, table=True):
    """A key, what it stands for, and the answer once the act is committed."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        CheckConstraint(
            f"length(key) between {KEY_CHARS_MIN} and {KEY_CHARS_MAX}", name="key_length"
        ),
        CheckConstraint("(status is null) = (answered_at is null)", name="answered"),
        Index("ix_idempotency_key_created_at", "created_at"),
    )

    actor_id: UUID = Field(primary_key=True)
    route: str = Field(primary_key=True, max_length=200)
    key: str = Field(primary_key=True, max_length=KEY_CHARS_MAX)
    request_hash: bytes
    status: int | None = None
    body: bytes | None = None
    location: str | None = Field(default=None, max_length=2_000)
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    answered_at: datetime | None = None


_CLAIM = text(
    "insert into idempotency_key (actor_id, route, key, request_hash)"
    " values (:actor_id, :route, :key, :request_hash) on conflict do nothing returning 1"
)
_FIND = text(
    "select request_hash, status, body, location from idempotency_key"
    " where actor_id = :actor_id and route = :route and key = :key for update"
)
_ANSWER = text(
    "update idempotency_key set status = :status, body = :body, location = :location,"
    " answered_at = app_now() where actor_id = :actor_id and route = :route and key = :key"
)
_FORGET = text(
    "delete from idempotency_key where created_at < app_now() - make_interval(secs => :kept_s)"
)


@dataclass(frozen=True)
class _Answer:
    """What is stored and given again."""

    status: int
    body: bytes | None = None
    location: str | None = None

    def response(self, *, replayed: bool) -> Response[Any]:
        if self.location is not None:
            answer = redirect_to(self.location)
        else:
            answer = Response(
                self.body or b"", status_code=self.status, media_type="application/json"
            )
        if replayed:
            answer.headers["Idempotency-Replayed"] = "true"
        return answer


class Once:
    """Carries an act of the present request out at most once; handlers get it as ``once``.

    Args:
        phases: opens the transaction, in the request's scope unless told another
        actor_id: the person, or what stands for a browser or program without one
        route: method and template of the path
        header: value of the header ``Idempotency-Key``
        fingerprint: computes the keyed hash of method, path and content
    """

    def __init__(
        self,
        phases: Phases,
        *,
        actor_id: UUID,
        route: str,
        header: str | None,
        fingerprint: Callable[[], Awaitable[bytes]],
    ) -> None:
        self._phases = phases
        self._actor_id = actor_id
        self._route = route
        self._header = header
        self._fingerprint = fingerprint

    async def answer(
        self, act: Act, out: Any, *, status: int = 201, scope: Scope | None = None
    ) -> Response[Any]:
        """Carry the act out and answer with JSON, or give the stored answer again.

        Args:
            act: gets the one transaction; returns ``out`` or something with its attributes
            out: the type of the answer; None answers without a body
            status: of the answer, 204 where there is no body
            scope: whose rows the act may see; an act of nobody needs ``Scope.system()``

        Raises:
            KeyMissing, KeyReused, KeyRunning: see there
        """
        assert not secret_fields(out), f"{out} holds a secret; declare the route repeatable"

        async def carry_out(session: AsyncSession) -> _Answer:
            found = await act(session)
            if out is None:
                return _Answer(204)
            shaped = msgspec.convert(found, out, from_attributes=True)
            return _Answer(status, msgspec.json.encode(shaped))

        return await self._once(self._header, carry_out, scope)

    async def redirect(
        self,
        key: str,
        act: Act,
        path: str | Callable[[Any], str],
        done: str = "",
        *,
        scope: Scope | None = None,
    ) -> Response[Any]:
        """Carry the act of a form out and lead to a page, or lead there again.

        Args:
            key: of the form's hidden field, ``form.key``
            act: gets the one transaction
            path: where to go; a function of what the act returned where it names something new
            done: key of a sentence in ``toasts.html``
            scope: whose rows the act may see; an act of nobody needs ``Scope.system()``

        Raises:
            KeyMissing, KeyReused, KeyRunning: see there
        """

        async def carry_out(session: AsyncSession) -> _Answer:
            found = await act(session)
            target = path if isinstance(path, str) else path(found)
            return _Answer(303, location=path_with_word(target, done))

        return await self._once(key, carry_out, scope)

    async def _once(
        self,
        key: str | None,
        carry_out: Callable[[AsyncSession], Awaitable[_Answer]],
        scope: Scope | None,
    ) -> Response[Any]:
        if key is None or not _is_key(key):
            raise KeyMissing
        row = {
            "actor_id": self._actor_id,
            "route": self._route,
            "key": key,
            "request_hash": await self._fingerprint(),
        }
        async with self._phases(scope) as session:
            stored = await _claim(session, row)
            answer = stored or await carry_out(session)
            if stored is None:
                await session.execute(
                    _ANSWER,
                    row
                    | {"status": answer.status, "body": answer.body}
                    | {"location": answer.location},
                )
        return answer.response(replayed=stored is not None)


async def _claim(session: AsyncSession, row: dict[str, Any]) -> _Answer | None:
    """Take the key for this transaction, or return the answer it already has."""
    try:
        if (await session.execute(_CLAIM, row)).first() is not None:
            return None
        found = (await session.execute(_FIND, row)).one_or_none()
    except DBAPIError as error:
        if sqlstate_of(error) == LOCK_NOT_AVAILABLE:
            raise KeyRunning from error
        raise
    if found is None:  # forgotten between the two statements, or another tenant's
        raise KeyRunning
    if not hmac.compare_digest(found.request_hash, row["request_hash"]):
        raise KeyReused
    assert found.status is not None, "a committed key has its answer"
    return _Answer(found.status, found.body, found.location)


def _is_key(key: str) -> bool:
    return KEY_CHARS_MIN <= len(key) <= KEY_CHARS_MAX and key.isascii() and key.isprintable()


def secret_fields(out: Any) -> set[str]:
    """Return the fields of an answer's type that name a secret."""
    if not isinstance(out, type) or not issubclass(out, msgspec.Struct):
        return set()
    return set(out.__struct_fields__) & SECRET_FIELDS


def fingerprint(key: str, parts: Iterator[bytes]) -> bytes:
    """Return the hash of a request; keyed, because forms hold passwords that could be guessed.

    Args:
        key: the secret of the sessions; after a change of it old keys count as reused
        parts: method, path and content, in order
    """
    digest = hmac.new(key.encode(), b"idempotency:", hashlib.sha256)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


async def forget_old_keys(session: AsyncSession) -> int:
    """Delete the keys whose answers were kept long enough; returns how many."""
    done = await session.execute(_FORGET, {"kept_s": KEPT.total_seconds()})
    return int(getattr(done, "rowcount", 0))


def repeatable(reason: str) -> dict[str, Any]:
    """Declare in the ``opt`` of a POST, besides its policy, that it may be sent twice, and why."""
    assert reason, "say why it may be sent twice"
    return {OPT_KEY: reason}


def unprotected_posts(app: Litestar) -> list[str]:
    """Return the POST routes of the API that neither take ``once`` nor say why they need not."""
    found = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or not route.path.startswith(API_V1):
            continue
        handler = route.route_handler_map.get("POST", (None,))[0]
        if handler is None or OPT_KEY in handler.opt:
            continue
        if "once" not in handler.parsed_fn_signature.parameters:
            found.append(f"POST {route.path}")
    return sorted(found)
