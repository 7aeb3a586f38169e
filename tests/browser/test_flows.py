"""Whole ways through the pages without JavaScript, and hostile texts that people type on them."""

import asyncio
import re
import secrets
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, FilePayload, Page
from sqlalchemy import text

from marketplace.db import Scope
from marketplace.members.accounts import totp
from marketplace.members.registry.sandbox import special_number
from tests.browser.visiting import Visitor, visitor
from tests.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # a person takes many steps

PASSWORD = "바다 위 열두 개의 등대"
HOSTILE = (
    '"><img src=x onerror=alert(1)>',
    "<script>alert(2)</script>",
    "{{ 7 * 7 }}<svg onload=alert(3)>",
    "javascript:alert(4)//' onfocus=alert(5) autofocus='",
)


async def mailed(site: Site, email: str) -> str:
    """Return the path of the newest link mailed to an address."""

    async def read() -> str:
        async with site.database.transaction(Scope.system()) as session:
            body: str | None = await session.scalar(
                text(
                    "select body from mail where email = :email and body like '%token=%'"
                    " order by created_at desc limit 1"
                ),
                {"email": email},
            )
        assert body is not None, f"no link was mailed to {email}"
        return body

    body = await asyncio.to_thread(site.run, read())
    found = re.search(re.escape(site.origin) + r"(/\S+)", body)
    assert found is not None, body
    return found.group(1)


async def send(page: Page, **fields: str) -> None:
    """Fill fields by name and press the one filled button."""
    for name, value in fields.items():
        await page.fill(f'main [name="{name}"]', value)
    async with page.expect_navigation():
        await page.click("main form .btn.primary")


async def sign_up(page: Page, email: str) -> None:
    """Sign up a business whose every free text is hostile."""
    await page.goto("/sign-up")
    for name in ("tax_type", "kind", "size"):
        field = page.locator(f'main [name="{name}"]').first
        if await field.evaluate("e => e.tagName") == "SELECT":
            await field.select_option(index=1)
        else:
            await field.check()
    for name in ("terms", "privacy"):
        await page.check(f'main [name="{name}"]')
    await send(
        page,
        business_number=special_number(1_000 + secrets.randbelow(8_000)),
        name=HOSTILE[0],
        representative=HOSTILE[1],
        opened_on="2015-03-02",
        address=HOSTILE[2],
        phone="02-000-0000",
        invoice_email=f"tax-{email}",
        business_type=HOSTILE[3],
        business_item=HOSTILE[0],
        person_name=HOSTILE[1],
        person_phone="010-0000-0000",
        email=email,
        password=PASSWORD,
    )


async def sign_in(page: Page, email: str) -> None:
    await page.goto("/sign-in")
    await send(page, email=email, password=PASSWORD)


async def enrol(page: Page) -> None:
    """Set up the authenticator app that an owner needs."""
    await send(page)
    secret = await page.inner_text("#secret")
    await send(page, code=totp.code_of_step(secret, totp.step_of(datetime.now(UTC))))


async def accept_as_new(who: Visitor, site: Site, email: str) -> Page:
    """Follow an invitation and make an account from it."""
    page = await who.page()
    await page.goto(await mailed(site, email))
    for name in ("terms", "privacy"):
        await page.check(f'main [name="{name}"]')
    await send(page, person_name=HOSTILE[2], person_phone="010-0000-0000", password=PASSWORD)
    return page


async def test_a_business_signs_up_invites_a_colleague_and_no_text_becomes_code(
    browser: Browser, site: Site
) -> None:
    mark = secrets.token_hex(4)
    email, colleague = f"owner-{mark}@example.com", f"colleague-{mark}@example.com"
    owner = await visitor(browser, site, javascript=False)
    page = await owner.page()

    await sign_up(page, email)
    assert page.url.startswith(f"{site.origin}/sign-up/sent"), await page.inner_text("main")
    await page.goto(await mailed(site, email))
    await send(page, password=PASSWORD)
    await sign_in(page, email)
    await enrol(page)
    await page.goto("/organization/members/invite")
    await page.check('main [name="roles"][value="viewer"]')
    await send(page, email=colleague)
    guest = await visitor(browser, site, javascript=False)
    accepted = await accept_as_new(guest, site, colleague)
    await sign_in(accepted, colleague)
    await accepted.goto("/organization")
    assert HOSTILE[0] in await accepted.inner_text("main")

    staff = await visitor(browser, site, "admin@exchange.invalid")
    shown = await seen_by_everybody(staff, owner, email)
    await send_paper(page)
    await verify_representative(staff, email)
    await page.goto("/organization")
    assert "거래소 운영기관이 서류로 대표자를 확인했습니다." in await page.inner_text("main")
    assert HOSTILE[0] in shown
    assert HOSTILE[1] in shown
    assert owner.faults + guest.faults + staff.faults == []
    for who in (owner, guest, staff):
        await who.context.close()


async def send_paper(page: Page) -> None:
    """Send the certificate of registration as its owner does."""
    await page.goto("/organization/papers")
    await page.check('main [name="kind"][value="business_registration"]')
    paper = FilePayload(name="사업자등록증.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 x")
    await page.set_input_files('main [name="file"]', paper)
    await send(page)
    assert "사업자등록증.pdf" in await page.inner_text("main table")


async def verify_representative(staff: Visitor, email: str) -> None:
    """Accept the paper and confirm the representative as the operator does."""
    page = await staff.page()
    await page.goto(f"/operator/people?q={email}")
    await page.click("main a[href^='/operator/organizations/']")
    for button in (re.compile("^확인 완료.*사업자등록증.pdf"), "대표자 확인 완료"):
        async with page.expect_navigation():
            await page.get_by_role("button", name=button).click()


async def seen_by_everybody(staff: Visitor, owner: Visitor, email: str) -> str:
    """Let the operator, whose browser runs scripts, look at everything that was typed.

    Returns:
        The words of the operator's pages about the business and the person.
    """
    shown = ""
    page = await staff.page()
    for path in ("/operator/organizations", "/operator/people", "/operator/audit"):
        await page.goto(path)
        await page.wait_for_timeout(200)
    await page.goto(f"/operator/people?q={email}")
    for link in await page.eval_on_selector_all(
        "main a[href^='/operator/people/'], main a[href^='/operator/organizations/']",
        "all => all.map(a => a.getAttribute('href'))",
    ):
        await page.goto(link)
        await page.wait_for_timeout(200)
        shown += await page.inner_text("main")
    scripted = await owner.context.browser.new_context(  # type: ignore[union-attr]
        base_url=staff.site.origin, storage_state=await owner.context.storage_state()
    )
    own = await scripted.new_page()
    own.on("dialog", lambda dialog: owner.faults.append(f"dialog: {dialog.message}"))
    for path in ("/", "/organization", "/organization/members", "/account", "/notices"):
        await own.goto(path)
        await own.wait_for_timeout(200)
    await scripted.close()
    return shown
