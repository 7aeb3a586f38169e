"""A new company joins: signs up, proves itself, learns the rules, and may sell at the end."""

import secrets
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from marketplace.demo.credentials import find
from marketplace.demo.documents import page_of
from marketplace.members.registry.sandbox import special_number
from marketplace.rehearsal.acting import WAIT_S, Person, failed, mailed_token
from marketplace.rehearsal.clock import let_pass
from marketplace.settings import Settings

ORGANIZATION: Final = "/api/v1/organization"
DESK: Final = "/api/v1/operator/organizations"
ADMINISTRATOR: Final = "admin@exchange.invalid"
REVIEWER: Final = "reviewer@exchange.invalid"
# A decision needs a sign-in of the last ten minutes.
FRESH_S: Final = 480.0
_ACCOUNT: Final = "00000000000000"


def staff(settings: Settings, address: str) -> Person:
    """Return a person of the demonstration's operator, signed in.

    Raises:
        RehearsalFailed: the demonstration is not loaded
    """
    known = find(settings.data_dir, address)
    if known is None:
        raise failed(f"{address} is not there; load the demonstration first")
    person = Person(settings.public_url, address, known.password, known.secret)
    person.sign_in()
    return person


class Company:
    """A made-up manufacturer of this rehearsal and its owner."""

    def __init__(self, settings: Settings) -> None:
        mark = secrets.token_hex(4)
        self.settings = settings
        self.name = f"가상예행 {mark}"
        self.representative = "가상인"
        self.owner = Person(
            settings.public_url, f"owner-{mark}@rehearsal.invalid", secrets.token_urlsafe(18)
        )
        self.id = ""
        self._reviewer: tuple[Person, float] | None = None

    def leave(self) -> None:
        """End the connections of everybody."""
        self.owner.close()
        if self._reviewer is not None:
            self._reviewer[0].close()

    def reviewer(self) -> Person:
        """Return a reviewer whose sign-in is fresh enough to decide."""
        if self._reviewer is None:
            self._reviewer = (staff(self.settings, REVIEWER), time.monotonic())
        person, since = self._reviewer
        if time.monotonic() - since > FRESH_S:
            person.sign_in()
            self._reviewer = (person, time.monotonic())
        return person

    def sign_up(self) -> str:
        """Sign up with a business number that the sandbox's register knows."""
        self.owner.send(
            "POST", "/api/v1/organizations",
            {
                "business_number": special_number(1_000 + secrets.randbelow(8_000)),
                "name": self.name, "representative": self.representative,
                "opened_on": (date.today() - timedelta(days=3_650)).isoformat(),  # noqa: DTZ011
                "address": "가상시 예행구 연습로 1", "phone": "02-000-0000",
                "invoice_email": self.owner.address, "business_type": "제조업",
                "business_item": "가상 부품", "tax_type": "01", "kind": "manufacturer",
                "size": "small", "person_name": self.representative, "email": self.owner.address,
                "password": self.owner.password, "person_phone": "010-0000-0000",
                "terms": True, "privacy": True,
            },
        )  # fmt: skip
        return self.name

    def confirm(self) -> str:
        """Follow the link of the mail, sign in, set up the second factor."""
        token = mailed_token(self.settings.data_dir / "mail", self.owner.address)
        told = {"token": token, "password": self.owner.password}
        self.owner.send("POST", "/api/v1/email-confirmations/use", told)
        self.owner.sign_in()
        self.owner.set_up_second_factor()
        self.owner.sign_in()
        self.id = self.owner.send("GET", ORGANIZATION)["id"]
        return self.owner.address

    def prove(self) -> str:
        """Send the papers and an account; the operator checks both, and the hold passes."""
        papers = [self._paper(kind) for kind in ("business_registration", "bankbook")]
        account = self.owner.send(
            "POST", f"{ORGANIZATION}/bank-accounts",
            {
                "bank_code": "004", "number": _ACCOUNT, "holder": self.name,
                "paper_id": papers[1]["id"],
            },
        )  # fmt: skip
        operator = staff(self.settings, ADMINISTRATOR)
        path = f"{DESK}/{self.id}"
        accepted = {"accepted": True}
        operator.send("POST", f"{path}/papers/{papers[0]['id']}/decision", accepted)
        operator.send("POST", f"{path}/representative", {"reason": "예행연습"})
        number = {"number": _ACCOUNT}
        operator.send("POST", f"{path}/bank-accounts/{account['id']}/confirmation", number)
        operator.close()
        self._wait("the register's answer", self._registered)
        let_pass(self.settings, self.settings.bank_account_hold_s + 1)
        self.owner.sign_in()
        return "papers, representative, account"

    def _paper(self, kind: str) -> Any:
        content = page_of(["REHEARSAL - NOT A REAL DOCUMENT", kind])
        file = {"file": (f"{kind}.pdf", content, "application/pdf")}
        return self.owner.send("POST", f"{ORGANIZATION}/papers", files=file, data={"kind": kind})

    def _registered(self) -> bool:
        state: str = self.owner.send("GET", ORGANIZATION)["registry_state"]
        return state == "active"

    def learn(self) -> str:
        """Watch the films at the pace that is credited, agree to each item, sign."""
        training = self.owner.send("GET", "/api/v1/training")
        for film in training["films"]:
            path = f"/api/v1/training/films/{film['key']}/progress"
            self.owner.send("POST", path, {"position_ms": 0})
        let_pass(self.settings, max(film["duration_ms"] for film in training["films"]) / 1000)
        for film in training["films"]:
            path = f"/api/v1/training/films/{film['key']}/progress"
            seen = self.owner.send("POST", path, {"position_ms": film["duration_ms"]})
            if not seen["completed"]:
                raise failed(f"film {film['key']} counts {seen['watched_ms']} ms")
        for item in training["items"]:
            self.owner.send("POST", f"/api/v1/training/items/{item['key']}")
        signature = {"typed_name": self.representative, "by_typing": True}
        number: str = self.owner.send("POST", "/api/v1/training/signature", signature)["number"]
        self.owner.send("GET", f"/api/v1/certificates/{number}")
        return number

    def introduce(self) -> str:
        """Write what buyers read of the seller."""
        profile = {
            "contact_email": self.owner.address, "contact_phone": "02-000-0000",
            "mail_order_exempt": True,
        }  # fmt: skip
        self.owner.send("PUT", f"{ORGANIZATION}/seller-profile", profile)
        return "seller profile"

    @staticmethod
    def _wait(what: str, there: Callable[[], bool]) -> None:
        end = time.monotonic() + WAIT_S
        while not there():
            if time.monotonic() > end:
                raise failed(f"{what} did not come within {WAIT_S:g} s")
            time.sleep(0.5)
