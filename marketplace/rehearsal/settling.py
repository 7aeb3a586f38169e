"""The exchange's finance staff settles with the new company: drafts, two approvals, the bank's file, its statement."""

import time
from datetime import date, datetime, timedelta
from typing import Any, Final

from marketplace.clock import SEOUL
from marketplace.rehearsal.acting import WAIT_S, Person, failed
from marketplace.rehearsal.clock import let_pass, read
from marketplace.rehearsal.company import ADMINISTRATOR, Company, staff

FINANCE: Final = "finance@exchange.invalid"
DESK: Final = "/api/v1/operator"
PERIODS: Final = f"{DESK}/settlement-periods"


class Settling:
    """What finance does for one seller after its month has ended.

    Args:
        company: the seller
        accepted_at: when the buyer accepted; its month is settled
    """

    def __init__(self, company: Company, accepted_at: datetime) -> None:
        self.company = company
        self.month = accepted_at.astimezone(SEOUL).date().replace(day=1)
        self.finance: Person | None = None
        self.settlement: dict[str, Any] = {}
        self.period_id = ""

    def leave(self) -> None:
        """End the connections."""
        if self.finance is not None:
            self.finance.close()

    def draft(self) -> str:
        """Let the month end and have its drafts made."""
        self._pass_month()
        self.finance = staff(self.company.settings, FINANCE)
        period = self.finance.send("POST", PERIODS, {"month": f"{self.month:%Y-%m}"})
        self.period_id = period["id"]
        path = f"{PERIODS}/{self.period_id}/settlements"
        end = time.monotonic() + WAIT_S
        while not (found := self._own(self.finance.send("GET", path)["items"])):
            if time.monotonic() > end:
                raise failed(f"no settlement of {self.company.name} for {self.month:%Y-%m}")
            time.sleep(0.5)
        self.settlement = found[0]
        told = self.settlement
        return f"{told['number']} ₩{told['gross_won']:,} - ₩{told['fee_won']:,} = ₩{told['paid_won']:,}"

    def approve(self) -> str:
        """Have two persons approve it; one of them twice is refused."""
        assert self.finance is not None, "the drafts come first"
        path = f"{DESK}/settlements/{self.settlement['id']}/approval"
        self.finance.send("POST", path)
        second = staff(self.company.settings, ADMINISTRATOR)
        self.settlement = second.send("POST", path)
        second.close()
        return str(self.settlement["state"])

    def pay(self) -> str:
        """Take the bank's file, and read the bank's statement that shows the payout."""
        assert self.finance is not None, "the drafts come first"
        told, today = self.settlement, self._today()
        reason = {"reason": "예행연습", "kind": "csv"}
        sheet = self.finance.send("POST", f"{PERIODS}/{self.period_id}/payout-file", reason)
        if told["number"] not in sheet.decode("utf-8-sig"):
            raise failed(f"{told['number']} does not stand in the bank's file")
        lines = f"거래일자,출금액,적요\n{today:%Y-%m-%d},{told['paid_won']},{told['number']}\n"
        file = {"file": ("statement.csv", lines.encode("cp949"), "text/csv")}
        taken = self.finance.send("POST", f"{DESK}/settlements/statements", files=file)
        again = self.finance.send("POST", f"{DESK}/settlements/statements", files=file)
        shown = self.finance.send("GET", f"{DESK}/settlements/{told['id']}")
        if shown["state"] != "paid" or len(taken["items"]) != 1 or again["known_count"] != 1:
            raise failed(f"{told['number']} is {shown['state']} after the bank's statement")
        return f"{told['number']} ₩{told['paid_won']:,}"

    def balance(self) -> str:
        """Look at the books: debit and credit are equal, and nothing is owed to the seller."""
        assert self.finance is not None, "the drafts come first"
        books = self.finance.send("GET", f"{DESK}/books")
        if books["debit_won"] != books["credit_won"]:
            raise failed(f"debit {books['debit_won']} and credit {books['credit_won']}")
        return f"₩{books['debit_won']:,} on both sides"

    def _own(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for one in found if one["seller_id"] == self.company.id]

    def _today(self) -> date:
        assert self.finance is not None, "the drafts come first"
        return datetime.fromisoformat(self.settlement["approved_at"]).astimezone(SEOUL).date()

    def _pass_month(self) -> None:
        """Move the sandbox's clock to the second day of the next month, as people would wait."""
        following = (self.month + timedelta(days=32)).replace(day=2)
        now = read(self.company.settings)
        until = datetime(following.year, following.month, following.day, 12, tzinfo=SEOUL)
        let_pass(self.company.settings, max((until - now).total_seconds(), 1.0))
