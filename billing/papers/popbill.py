"""Tax invoices by Popbill, issued by the exchange in the sellers' name (위수탁), over our own httpx client.

The state of a paper is always read again after a change; what a call answers besides is not relied on.

Source:
    The service's published interface: https://developers.popbill.com, host names and the signature of a token
    as its own packages of version 1.64 (popbill) and 1.6 (linkhub) make them.
"""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import httpx
import msgspec

from billing.papers.amendments import Sending
from billing.papers.checks import require_valid
from billing.papers.documents import Document, Handling, Invoice, InvoiceLine, Means, Party, Purpose
from billing.papers.ports import Issued, IssueRefused, KeyTaken, NotCancellable, ProviderSilent

REAL: Final = ("POPBILL", "https://popbill.linkhub.co.kr", "https://auth.linkhub.co.kr")
TEST: Final = ("POPBILL_TEST", "https://popbill-test.linkhub.co.kr", "https://auth.linkhub.co.kr")
# 110 is the tax invoice's scope.
SCOPES: Final = ["member", "110"]
KEY_KIND: Final = "TRUSTEE"
NOT_FOUND: Final = -11000005
DONE: Final = 1
TOKEN_S: Final = 300.0
TIMEOUT_S: Final = 30.0
_SENDING: Final = {
    300: Sending.issued,
    310: Sending.issued,
    301: Sending.sending,
    302: Sending.sending,
    303: Sending.sending,
    304: Sending.sent,
    314: Sending.sent,
    305: Sending.failed,
    315: Sending.failed,
    600: Sending.cancelled,
}
_PURPOSES: Final = {Purpose.received: "영수", Purpose.claimed: "청구"}
_MEANS: Final = {
    Means.cash: "cash",
    Means.cheque: "chkBill",
    Means.note: "note",
    Means.credit: "credit",
}
_EXEMPT: Final = {Document.exempt_invoice, Document.amended_exempt_invoice}


@dataclass(frozen=True)
class PopbillAccount:
    """The exchange's account at the service.

    Args:
        secret_key: base64, as the service gives it
        corp_number: ten digits of the exchange, a member whose certificate is kept there
        service: name of the service, its address and that of the tokens; ``REAL`` or ``TEST``
    """

    link_id: str
    secret_key: str
    corp_number: str
    service: tuple[str, str, str] = REAL


class PopbillProvider:
    """Issues papers in the sellers' name.

    Args:
        http: closed by who made it
    """

    def __init__(self, account: PopbillAccount, http: httpx.AsyncClient) -> None:
        self._account = account
        self._http = http
        self._token = ""
        self._token_until = -TOKEN_S

    async def issue(self, invoice: Invoice, key: str) -> Issued:
        """Issue a paper; one that a lost call has issued is found by its key."""
        require_valid(invoice)
        body = document_of(invoice, key)
        status, answer = await self._call("POST", "/Taxinvoice", body=body, override="ISSUE")
        found = await self._info(key)
        if found is None:
            said = f"{answer.get('code')} {answer.get('message')}"
            if status < 400 and answer.get("code") == DONE:
                raise ProviderSilent(f"it was issued and is not known: {said}")
            raise IssueRefused(said)
        if not _same(found, body):
            raise KeyTaken(key)
        return _issued(found)

    async def query(self, key: str) -> Issued | None:
        """Return how far a paper is; None where the service does not know the key."""
        found = await self._info(key)
        return None if found is None else _issued(found)

    async def cancel(self, key: str) -> Issued:
        """Cancel a paper before it is sent."""
        path = f"/Taxinvoice/{KEY_KIND}/{key}"
        await self._call("POST", path, body={"memo": "환불"}, override="CANCELISSUE")
        found = await self._info(key)
        if found is None or _issued(found).sending is not Sending.cancelled:
            raise NotCancellable(key)
        return _issued(found)

    async def _info(self, key: str) -> dict[str, Any] | None:
        status, answer = await self._call("GET", f"/Taxinvoice/{KEY_KIND}/{key}")
        if status < 400:
            return answer
        if answer.get("code") == NOT_FOUND:
            return None
        raise ProviderSilent(f"{status} {answer.get('code')} {answer.get('message')}")

    async def _call(
        self, method: str, path: str, *, body: dict[str, Any] | None = None, override: str = ""
    ) -> tuple[int, dict[str, Any]]:
        headers = {
            "Authorization": f"Bearer {await self._bearer()}",
            "x-pb-version": "1.0",
            "Content-Type": "application/json; charset=utf-8",
        }
        if override:
            headers["X-HTTP-Method-Override"] = override
        content = msgspec.json.encode(body) if body is not None else None
        return await self._send(method, self._account.service[1] + path, headers, content)

    async def _bearer(self) -> str:
        """Return a token of a session, a new one every few minutes."""
        if self._token and time.monotonic() < self._token_until:
            return self._token
        service, _, tokens = self._account.service
        content = msgspec.json.encode({"access_id": self._account.corp_number, "scope": SCOPES})
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = f"/{service}/Token"
        headers = {
            "x-lh-date": at,
            "x-lh-version": "2.0",
            "Authorization": f"LINKHUB {self._account.link_id} {self._signed(content, at, path)}",
            "Content-Type": "application/json",
        }
        status, answer = await self._send("POST", tokens + path, headers, content)
        if status >= 400 or not isinstance(answer.get("session_token"), str):
            raise ProviderSilent(f"no token: {status} {answer.get('code')}")
        self._token, self._token_until = answer["session_token"], time.monotonic() + TOKEN_S
        return self._token

    def _signed(self, content: bytes, at: str, path: str) -> str:
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        signed = "\n".join(["POST", digest, at, "2.0", path]).encode()
        secret = base64.b64decode(self._account.secret_key)
        return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()

    async def _send(
        self, method: str, url: str, headers: dict[str, str], content: bytes | None
    ) -> tuple[int, dict[str, Any]]:
        try:
            answer = await self._http.request(
                method, url, headers=headers, content=content, timeout=TIMEOUT_S
            )
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderSilent(type(error).__name__) from error
        if answer.status_code in {401, 403}:
            self._token = ""
        if answer.status_code >= 500 or not isinstance(body, dict):
            raise ProviderSilent(f"{answer.status_code}")
        return answer.status_code, body


def document_of(invoice: Invoice, key: str) -> dict[str, Any]:
    """Return a paper in the service's words. Pure.

    Raises:
        IssueRefused: it is not one that the exchange issues in a seller's name
    """
    if invoice.broker is None:
        raise IssueRefused("the exchange issues in the sellers' name alone here")
    zero_rated = invoice.handling is Handling.zero_rated_entrusted
    amendment = invoice.amendment
    paid = {_MEANS[means]: str(won) for means, won in invoice.paid_by}
    remarks = {f"remark{place}": text for place, text in enumerate(invoice.remarks, 1)}
    made = {
        "writeDate": f"{invoice.written_on:%Y%m%d}",
        "chargeDirection": "정과금",
        "issueType": "위수탁",
        "purposeType": _PURPOSES[invoice.purpose],
        "taxType": "면세" if invoice.document in _EXEMPT else "영세" if zero_rated else "과세",
        "supplyCostTotal": str(invoice.charge.supply_won),
        "taxTotal": str(invoice.charge.vat_won),
        "totalAmount": str(invoice.grand_won),
        "modifyCode": int(amendment.reason.value) if amendment else None,
        "orgNTSConfirmNum": amendment.original_issue_id if amendment else None,
        "trusteeMgtKey": key,
        "invoiceeType": "사업자",
        "detailList": [_line(place, one) for place, one in enumerate(invoice.lines, 1)],
        **_party("invoicer", invoice.supplier),
        **_party("invoicee", invoice.buyer, contact="1"),
        **_party("trustee", invoice.broker),
        **paid,
        **remarks,
    }
    return {name: value for name, value in made.items() if value is not None}


def _party(name: str, party: Party, *, contact: str = "") -> dict[str, str | None]:
    reached = party.contact
    return {
        f"{name}CorpNum": party.business_number,
        f"{name}TaxRegID": party.sub_place,
        f"{name}CorpName": party.name,
        f"{name}CEOName": party.representative,
        f"{name}Addr": party.address,
        f"{name}BizType": party.business_type,
        f"{name}BizClass": party.business_item,
        f"{name}ContactName{contact}": reached.name if reached else None,
        f"{name}TEL{contact}": reached.phone if reached else None,
        f"{name}Email{contact}": reached.email if reached else None,
    }


def _line(place: int, line: InvoiceLine) -> dict[str, Any]:
    made = {
        "serialNum": place,
        "purchaseDT": f"{line.supplied_on:%Y%m%d}" if line.supplied_on else None,
        "itemName": line.name,
        "spec": line.specification,
        "qty": None if line.quantity is None else str(line.quantity),
        "unitCost": None if line.unit_price_won is None else str(line.unit_price_won),
        "supplyCost": str(line.amount.supply_won),
        "tax": str(line.amount.vat_won),
        "remark": line.remark,
    }
    return {name: value for name, value in made.items() if value is not None}


def _same(found: dict[str, Any], body: dict[str, Any]) -> bool:
    names = ("writeDate", "supplyCostTotal", "taxTotal")
    return all(str(found.get(name)) == str(body[name]) for name in names)


def _issued(found: dict[str, Any]) -> Issued:
    """Return what the service says of a paper.

    Raises:
        ProviderSilent: it is saved and not issued, or in a state that is not known
    """
    code, issue_id = found.get("stateCode"), found.get("ntsconfirmNum")
    sending = _SENDING.get(code) if isinstance(code, int) else None
    if sending is None or not isinstance(issue_id, str):
        raise ProviderSilent(f"state {code}")
    at = str(found.get("issueDT"))
    return Issued(issue_id, sending, date(int(at[:4]), int(at[4:6]), int(at[6:8])))
