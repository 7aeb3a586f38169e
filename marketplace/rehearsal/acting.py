"""A person who uses the exchange over HTTP: signs in, sends JSON and forms, reads the mail of the sandbox."""

import email
import email.policy
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Final

import httpx

from marketplace.errors import Refusal
from marketplace.members.accounts.totp import code_of_step, step_of

TIMEOUT_S: Final = 60.0
WAIT_S: Final = 120.0
_FIELD: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_LINK: Final = re.compile(r"https?://\S+[?&]token=([A-Za-z0-9_-]+)")


class RehearsalFailed(Refusal):
    """A step of the rehearsal did not go as it should."""

    code = "rehearsal_failed"
    ko = "예행연습이 멈췄습니다: {what}"
    en = "The rehearsal stopped: {what}"


def failed(what: str) -> RehearsalFailed:
    """Return the refusal that ends a rehearsal."""
    return RehearsalFailed(what=what)


class Person:
    """Somebody with a browser's cookies.

    Args:
        url: address of the exchange
        address: mail address that the person signs in with
        secret: of the authenticator app; None until it is set up
    """

    def __init__(self, url: str, address: str, password: str, secret: str | None = None) -> None:
        self.address, self.password, self.secret = address, password, secret
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT_S, follow_redirects=False)
        self._csrf = ""
        self._used_step = 0

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def sign_in(self) -> None:
        """Sign in, with the second factor where there is one."""
        self._client.cookies.clear()
        self._csrf = ""
        told = {"email": self.address, "password": self.password}
        due = self.send("POST", "/api/v1/sign-in", told)
        self._csrf = due["csrf_token"]
        if due["second_factor_due"] and self.secret is not None:
            answer = self.send("POST", "/api/v1/sign-in/second-factor", {"code": self._code()})
            self._csrf = answer["csrf_token"]

    def set_up_second_factor(self) -> None:
        """Set up the authenticator app that roles of sellers and owners demand."""
        begun = self.send("POST", "/api/v1/me/second-factor/authenticator")
        self.secret = begun["secret"]
        self.send("PUT", "/api/v1/me/second-factor/authenticator", {"code": self._code()})
        self._csrf = self.send("GET", "/api/v1/me").get("csrf_token", self._csrf)

    def _code(self) -> str:
        """Return a code that was not used yet; each is good once."""
        assert self.secret is not None, "only a person with an app has codes"
        while (step := step_of(datetime.now(UTC))) <= self._used_step:
            time.sleep(1)
        self._used_step = step
        return code_of_step(self.secret, step)

    def send(
        self, method: str, path: str, body: object = None, *, files: Any = None, data: Any = None
    ) -> Any:
        """Send a request to the API and return its content: JSON read, a file as its bytes.

        Raises:
            RehearsalFailed: it was refused; says with which code and sentence
        """
        headers = {"idempotency-key": token_urlsafe(18)} if method == "POST" else {}
        if self._csrf:
            headers["x-csrf-token"] = self._csrf
        try:
            answer = self._client.request(
                method, path, json=body, headers=headers, files=files, data=data
            )
        except httpx.TransportError as error:
            raise failed(f"{method} {path} at {self._client.base_url}: {error}") from error
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise failed(f"{method} {path}: {_reason(answer)}")
        if not answer.content:
            return None
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json else answer.content

    def page(self, path: str) -> str:
        """Return a page.

        Raises:
            RehearsalFailed: it is not shown
        """
        answer = self._client.get(path)
        if answer.status_code != httpx.codes.OK:
            raise failed(f"GET {path}: {answer.status_code}")
        return answer.text

    def content(self, path: str) -> bytes:
        """Return the bytes of an answer.

        Raises:
            RehearsalFailed: it is refused
        """
        answer = self._client.get(path)
        if answer.status_code != httpx.codes.OK:
            raise failed(f"GET {path}: {_reason(answer)}")
        return answer.content

    def follow(self, path: str) -> str:
        """Open an address that leads on, and return where to.

        Raises:
            RehearsalFailed: it leads nowhere
        """
        answer = self._client.get(path)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise failed(f"GET {path}: {answer.status_code}")
        return answer.headers["location"]

    def submit(self, page: str, to: str, fields: dict[str, str]) -> str:
        """Open a page and send one of its forms; return where it leads.

        Raises:
            RehearsalFailed: the form was refused
        """
        found = _FIELD.findall(self.page(page))
        hidden = {name: value for name, value in found if name.startswith("_")}
        headers = {"x-csrf-token": hidden.get("_csrf", "")}
        answer = self._client.post(to, data={**hidden, **fields}, headers=headers)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise failed(f"POST {to}: {answer.status_code} {_said(answer.text)}")
        return answer.headers["location"]


def fetched(address: str) -> bytes:
    """Return the bytes at a signed address of the store.

    Raises:
        RehearsalFailed: the store does not give them
    """
    answer = httpx.get(address, timeout=TIMEOUT_S)
    if answer.status_code != httpx.codes.OK:
        raise failed(f"GET from the store: {answer.status_code}")
    return answer.content


def put_part(address: str, content: bytes, headers: dict[str, str]) -> None:
    """Send bytes to a signed address of the store.

    Raises:
        RehearsalFailed: the store does not take them
    """
    answer = httpx.put(address, content=content, headers=headers, timeout=TIMEOUT_S)
    if answer.status_code != httpx.codes.OK:
        raise failed(f"PUT to the store: {answer.status_code}")


def mailed_token(folder: Path, address: str) -> str:
    """Return the secret of the newest link that was mailed to an address, waiting for the mail.

    Raises:
        RehearsalFailed: no such mail within two minutes
    """
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        for path in sorted(folder.glob("*.eml"), reverse=True):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found = _LINK.search(message.get_content()) if message["to"] == address else None
            if found is not None:
                return found[1]
        time.sleep(0.5)
    raise failed(f"no mail with a link for {address} in {folder}")


def _reason(answer: httpx.Response) -> str:
    try:
        told = answer.json()
        wrong = ", ".join(f"{one['field']}: {one['ko']}" for one in told.get("fields") or ())
        return f"{told['code']} {told['ko']} {wrong}".strip()
    except (ValueError, KeyError, TypeError):
        return str(answer.status_code)


def _said(page: str) -> str:
    found = re.search(r'<h2 id="wrong-h">(.*?)</h2>|role="alert"><strong>(.*?)</strong>', page)
    return (found[1] or found[2]) if found else ""
