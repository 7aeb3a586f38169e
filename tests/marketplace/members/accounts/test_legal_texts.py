"""Terms and privacy policy: shipped, published once, shown with every version, agreed to."""

from datetime import date
from pathlib import Path

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from marketplace.db import Database, RequestFacts, Scope
from marketplace.errors import ConfigurationError
from marketplace.members.accounts.consents import current_texts, due_texts, record_consents
from marketplace.members.accounts.legal import publish_texts, shipped_texts
from marketplace.members.accounts.models import LegalKind
from marketplace.settings import Settings
from marketplace.web.prose import prose
from tests.factories import a_user, save

Browser = AsyncTestClient[Litestar]


@pytest.fixture
def owner_url(settings: Settings, clean: None) -> str:
    assert settings.database_owner_url is not None
    return settings.database_owner_url.get_secret_value()


def write(folder: Path, kind: str, version: int, effective_on: str, text: str) -> None:
    for language in ("ko", "en"):
        (folder / f"{kind}-{version}.{language}.md").write_text(
            f"title: {kind} {version} {language}\neffective_on: {effective_on}\n---\n\n{text} {language}\n"
        )


def test_the_shipped_texts_are_whole_in_both_languages() -> None:
    texts = list(shipped_texts())

    assert {text.kind for text in texts} == set(LegalKind)
    for text in texts:
        assert text.title_ko != text.title_en
        assert text.text_ko.count("\n## ") == text.text_en.count("\n## ") >= 10
        assert min(len(text.text_ko), len(text.text_en)) > 2_000


async def test_publishing_twice_publishes_once(owner_url: str, admin: psycopg.Connection) -> None:
    assert publish_texts(owner_url) == 2
    assert publish_texts(owner_url) == 0

    rows = admin.execute("select kind, version from legal_text order by kind").fetchall()
    assert rows == [("privacy", 1), ("terms", 1)]


async def test_a_published_text_that_was_edited_is_refused(
    owner_url: str, admin: psycopg.Connection, tmp_path: Path
) -> None:
    write(tmp_path, "terms", 1, "2026-01-01", "first")
    publish_texts(owner_url, tmp_path)
    write(tmp_path, "terms", 1, "2026-01-01", "edited")
    write(tmp_path, "terms", 2, "2026-01-01", "new")

    with pytest.raises(ConfigurationError, match="terms version 1 is published already"):
        publish_texts(owner_url, tmp_path)

    assert admin.execute("select version, text_en from legal_text").fetchall() == [
        (1, "first en\n")
    ]


async def test_the_pages_show_the_version_in_force_and_all_others(
    owner_url: str, client: Browser, tmp_path: Path
) -> None:
    write(tmp_path, "terms", 1, "2026-01-01", "## earlier")
    write(tmp_path, "terms", 2, "2026-02-01", "## present")
    write(tmp_path, "terms", 3, "2099-01-01", "## coming")
    publish_texts(owner_url, tmp_path)

    now = await client.get("/terms", headers={"accept-language": "en"})
    past = await client.get("/terms?version=1")
    missing = await client.get("/terms?version=4")
    empty = await client.get("/privacy")

    assert "<h2>present en</h2>" in now.text
    assert now.text.count('href="/terms?version=') == 3
    assert "<h2>earlier ko</h2>" in past.text
    assert "지난 판입니다" in past.text
    assert missing.status_code == 404
    assert "아직 게시된 글이 없습니다" in empty.text
    assert (await client.get("/terms?version=x")).status_code == 400


async def test_agreeing_is_kept_with_version_and_address_and_asked_again_for_the_next(
    owner_url: str, database: Database, admin: psycopg.Connection, tmp_path: Path
) -> None:
    user = a_user()
    await save(database, user)
    write(tmp_path, "terms", 1, "2026-01-01", "first")
    write(tmp_path, "privacy", 1, "2026-01-01", "first")
    publish_texts(owner_url, tmp_path)
    facts = RequestFacts("r1", address="192.0.2.7")

    for _ in range(2):
        async with database.transaction(Scope.system(), request=facts) as session:
            await record_consents(session, user.id, list(LegalKind))
    async with database.transaction(Scope.system()) as session:
        assert await due_texts(session, user.id) == []
    write(tmp_path, "terms", 2, "2026-02-01", "second")
    publish_texts(owner_url, tmp_path)

    async with database.transaction(Scope("tenant", user.id)) as session:
        due = await due_texts(session, user.id)
        assert [(text.kind, text.version) for text in due] == [(LegalKind.terms, 2)]
        current = await current_texts(session)
        assert [text.kind for text in current] == [LegalKind.terms, LegalKind.privacy]
    rows = admin.execute(
        "select host(address), facts ->> 'version' from consent order by legal_text_id"
    ).fetchall()
    assert rows == [("192.0.2.7", "1")] * 2
    acts = admin.execute("select action, actor_user_id from audit_event").fetchall()
    assert acts == [("account.consented", user.id)] * 2


def test_prose_lets_no_markup_of_its_own_through() -> None:
    text = (
        'hello <script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror="y">\n\n'
        "![i](https://evil.example/x.png)\n\n| a | b |\n|:--|---|\n| 1 | 2 |\n"
    )
    html = str(prose(text))

    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html
    assert "style=" not in html
    assert "<td>1</td>" in html


def test_a_text_of_the_future_has_a_date() -> None:
    assert all(text.effective_on <= date(2026, 11, 26) for text in shipped_texts())
