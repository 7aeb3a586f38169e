"""Pages used like a browser without script uses them: open, fill the form, send it, follow."""

import re
from typing import Any
from urllib.parse import urlsplit

from httpx import Response

from tests.marketplace.members.accounts.people import Browser

CSRF = re.compile(r'name="_csrf" value="([^"]+)"')


async def fill(browser: Browser, page: str, path: str = "", **fields: Any) -> Response:
    """Open a page, fill its form and send it as a browser without script does."""
    shown = await browser.get(page)
    assert shown.status_code == 200, f"{page}: {shown.status_code} {shown.headers.get('location')}"
    token = CSRF.findall(shown.text)[-1]
    return await browser.post(
        path or urlsplit(page).path,
        data={"_csrf": token, **fields},
        headers={"x-csrf-token": ""},
        follow_redirects=False,
    )


def leads_to(answer: Response) -> str:
    assert answer.status_code == 303, answer.text[:2000]
    return answer.headers["location"]
