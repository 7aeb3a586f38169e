"""Forms of other sites: refused by their origin, by what the browser says, and by the token."""

import re

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from marketplace.auth import Role
from marketplace.db import Database
from tests.factories import a_member, sign_in

OURS = "http://127.0.0.1:8000"
FIELD = re.compile(r'name="_csrf" value="([^"]+)"')


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({}, True),
        ({"origin": OURS}, True),
        ({"origin": OURS, "sec-fetch-site": "same-origin"}, True),
        # What a browser sends for a form of ours under the policy `no-referrer`.
        ({"origin": "null", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "null"}, False),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "null", "sec-fetch-site": "same-site"}, False),
        ({"origin": "null", "sec-fetch-site": "none"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, False),
        ({"origin": OURS + ".evil.example"}, False),
        ({"origin": "https://127.0.0.1:8000"}, False),
        ({"origin": OURS, "sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
    ],
)
async def test_where_a_form_comes_from(
    client: AsyncTestClient[Litestar], headers: dict[str, str], *, accepted: bool
) -> None:
    token = FIELD.findall((await client.get("/")).text)[0]

    answer = await client.post(
        "/preferences",
        data={"_csrf": token, "theme": "dark"},
        headers=headers,
        follow_redirects=False,
    )

    assert answer.status_code == (303 if accepted else 403)
    assert ("theme=dark" in answer.headers.get("set-cookie", "")) == accepted


@pytest.mark.parametrize("token", ["", "wrong", "other-session"])
async def test_a_form_without_the_token_of_its_session_is_refused(
    client: AsyncTestClient[Litestar], database: Database, token: str
) -> None:
    other, _ = await a_member(database, Role.buyer)
    await sign_in(client, database, other.id)
    others = client.headers["x-csrf-token"]
    user, _ = await a_member(database, Role.buyer)
    await sign_in(client, database, user.id)

    answer = await client.post(
        "/preferences",
        data={"_csrf": others if token == "other-session" else token, "theme": "dark"},
        headers={"x-csrf-token": "", "origin": OURS},
        follow_redirects=False,
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("authorization", ["Basic dXNlcjpwYXNz", "Bearer", "bearer x", "x"])
async def test_a_header_that_is_no_api_token_does_not_pass_the_check_by(
    client: AsyncTestClient[Litestar], database: Database, authorization: str
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await sign_in(client, database, user.id)

    answer = await client.patch(
        "/api/v1/me/profile",
        json={"name": "다른이름"},
        headers={"x-csrf-token": "", "authorization": authorization},
    )

    assert answer.status_code == 403
    assert answer.json()["code"] == "cross_site_refused"
    assert (await client.get("/api/v1/me/profile")).json()["name"] == user.name
