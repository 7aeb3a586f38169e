"""What an organization may do, what was checked of it, and what to do about the rest. Pure.

The check digit, the registry's answer and the operator's override stay three separate facts, each
with its date; here they become rows that a person can read and lists that other slices can ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from marketplace.errors import Language
from marketplace.members.organizations.models import (
    Organization,
    OrganizationSize,
    OrganizationState,
    PaperKind,
    PaperState,
)
from marketplace.members.registry.port import BusinessState, TaxType

# After this long without an answer the page says that the tax office is asked again.
ANSWER_EXPECTED: Final = timedelta(minutes=10)

Mark = Literal["ok", "info", "warn", "bad", "idle"]


class Ability(StrEnum):
    """What an organization wants to do in the exchange."""

    buy_by_card = "buy_by_card"
    buy_by_transfer = "buy_by_transfer"
    sell = "sell"
    apply = "apply"


class Need(StrEnum):
    """What can be missing for it."""

    active = "active"
    registry = "registry"
    representative = "representative"
    bank_account = "bank_account"
    size = "size"


@dataclass(frozen=True)
class Text:
    """A sentence in two languages."""

    ko: str
    en: str

    def text(self, language: Language) -> str:
        """Return the sentence in the language."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True)
class Check:
    """One row: what was checked, how it stands, when, and what to do.

    ``at`` is the date of the fact; ``action`` leads to ``href`` where something can be done.
    """

    code: str
    mark: Mark
    title: Text
    word: Text
    reason: Text
    at: datetime | None = None
    href: str = ""
    action: Text | None = None


@dataclass(frozen=True)
class Standing:
    """The facts that decide: the organization, its papers, its account, and the time."""

    organization: Organization
    papers: Sequence[tuple[PaperKind, PaperState]]
    account_in_use: bool
    account_waiting: bool
    at: datetime


_NEEDS: Final[dict[Ability, tuple[Need, ...]]] = {
    Ability.buy_by_card: (Need.active, Need.registry),
    Ability.buy_by_transfer: (Need.active, Need.registry, Need.representative),
    Ability.sell: (Need.active, Need.registry, Need.representative, Need.bank_account),
    Ability.apply: (Need.active, Need.registry, Need.representative, Need.size),
}


def registry_good(organization: Organization) -> bool:
    """Whether the registry, or the operator in its place, says that the business operates."""
    if organization.override_at is not None:
        return True
    return (
        organization.registry_state == BusinessState.active
        and organization.registry_matched is True
    )


def missing_for(standing: Standing, ability: Ability) -> tuple[Need, ...]:
    """Return what is missing for an ability, in the order in which it should be mended."""
    organization = standing.organization
    met = {
        Need.active: organization.state is OrganizationState.active,
        Need.registry: registry_good(organization),
        Need.representative: organization.representative_verified_at is not None,
        Need.bank_account: standing.account_in_use,
        Need.size: organization.size is not OrganizationSize.large,
    }
    return tuple(need for need in _NEEDS[ability] if not met[need])


def checks_of(standing: Standing) -> list[Check]:
    """Return the rows of the organization's page, in their order."""
    rows = [_checksum(standing), registry_check(standing.organization, standing.at)]
    tax = _tax_type(standing)
    if tax is not None:
        rows.append(tax)
    return [*rows, _representative(standing), _bank_account(standing)]


def _checksum(standing: Standing) -> Check:
    at = standing.organization.checksum_passed_at
    return Check(
        "checksum",
        "ok" if at else "idle",
        Text("검증 숫자", "Check digit"),
        Text("맞음", "Fits") if at else Text("확인 전", "Not checked"),
        Text(
            "사업자등록번호의 마지막 숫자가 계산과 맞습니다. 등록된 번호라는 뜻은 아닙니다.",
            "The last digit fits the calculation. That does not mean that the number is registered.",
        ),
        at,
    )


_TITLE = Text("국세청 사업자 상태", "Status at the tax office")
_RECHECK = Text("다시 확인", "Check again")
_EDIT = Text("기업 정보 수정", "Edit the facts")

_BAD_STATES: Final[dict[str, tuple[Text, Text]]] = {
    BusinessState.unknown: (
        Text("등록되지 않음", "Not registered"),
        Text(
            "국세청에 없는 번호입니다. 새로 등록한 사업자면 며칠 뒤 다시 확인하십시오. 번호를 잘못 적었다면 번호는 바꿀 수 없으니 거래소 운영기관에 문의하십시오.",
            "The tax office does not know the number. A new business should check again in a few days. A mistyped number cannot be changed: ask the exchange's operator.",
        ),
    ),
    BusinessState.closed: (
        Text("폐업", "Closed"),
        Text(
            "국세청에 폐업으로 등록되어 있어 거래할 수 없습니다. 사실과 다르면 관할 세무서에서 바로잡은 뒤 다시 확인하십시오.",
            "The tax office has the business as closed, so it cannot trade. If that is wrong, have your tax office correct it and check again.",
        ),
    ),
    BusinessState.suspended: (
        Text("휴업", "Suspended"),
        Text(
            "국세청에 휴업으로 등록되어 있어 거래할 수 없습니다. 재개업을 신고한 뒤 다시 확인하십시오.",
            "The tax office has the business as suspended, so it cannot trade. Report its reopening, then check again.",
        ),
    ),
}


def registry_check(organization: Organization, at: datetime) -> Check:
    """Return the row of the registry's answer, or of the operator's override."""
    if organization.override_at is not None:
        reason = organization.override_reason or ""
        return _registry(
            "ok", Text("운영기관이 확인", "Confirmed by the operator"),
            Text(f"거래소 운영기관이 서류로 확인했습니다. 사유: {reason}",
                 f"The exchange's operator confirmed it from papers. Reason: {reason}"),
            organization.override_at,
        )  # fmt: skip
    if organization.registry_checked_at is None:
        return _waiting(organization, at)
    checked_at, state = organization.registry_checked_at, organization.registry_state or ""
    if state in _BAD_STATES:
        word, reason_text = _BAD_STATES[state]
        return _registry("bad", word, reason_text, checked_at, again=True)
    if organization.registry_matched:
        return _registry(
            "ok", Text("계속사업자", "In operation"),
            Text("번호, 대표자, 개업일이 국세청의 기록과 맞습니다.",
                 "Number, representative and opening date agree with the tax office."),
            checked_at,
        )  # fmt: skip
    return Check(
        "registry", "warn", _TITLE, Text("정보가 다름", "Facts differ"),
        Text("영업 중이지만 대표자나 개업일이 국세청의 기록과 다릅니다. 사업자등록증과 비교해 고치면 다시 확인합니다.",
             "The business operates, but the representative or the opening date differs from the tax office's record. Compare with the certificate; a correction is checked again."),
        checked_at, "/organization/edit", _EDIT,
    )  # fmt: skip


def _waiting(organization: Organization, at: datetime) -> Check:
    asked_at = organization.registry_asked_at
    if asked_at is not None and at - asked_at > ANSWER_EXPECTED:
        return _registry(
            "warn", Text("답이 없음", "No answer"),
            Text("국세청 조회가 아직 답하지 않았습니다. 몇 분마다 다시 묻고 있으니 기다리시면 됩니다. 결과는 알림으로 보내 드립니다.",
                 "The tax office has not answered yet. It is asked again every few minutes; a notice brings the answer."),
            None,
        )  # fmt: skip
    return _registry(
        "info", Text("확인 중", "Being checked"),
        Text("국세청에 묻고 있습니다. 보통 1분 안에 끝나며, 결과는 알림으로 보내 드립니다.",
             "The tax office is being asked. It usually takes a minute; a notice brings the answer."),
        None,
    )  # fmt: skip


def _registry(
    mark: Mark, word: Text, reason: Text, at: datetime | None, *, again: bool = False
) -> Check:
    action = _RECHECK if again else None
    return Check("registry", mark, _TITLE, word, reason, at, "", action)


def _tax_type(standing: Standing) -> Check | None:
    found = standing.organization.registry_tax_type
    if found is None or found == standing.organization.tax_type:
        return None
    known = {kind.value: kind for kind in TaxType}
    ko = known[found].ko if found in known else found
    en = known[found].en if found in known else found
    return Check(
        "tax_type", "warn", Text("과세유형", "Tax type"), Text("정보가 다름", "Facts differ"),
        Text(f"국세청의 과세유형은 ‘{ko}’입니다. 거래 증빙은 국세청의 과세유형을 따릅니다. 기업 정보를 고치십시오.",
             f"The tax office has the tax type “{en}”, which decides the evidence of sales. Correct the facts."),
        standing.organization.registry_checked_at, "/organization/edit", _EDIT,
    )  # fmt: skip


def _representative(standing: Standing) -> Check:
    title = Text("대표자 확인", "Representative")
    papers = Text("서류 제출", "Send papers")
    verified_at = standing.organization.representative_verified_at
    if verified_at is not None:
        return Check(
            "representative", "ok", title, Text("확인됨", "Verified"),
            Text("거래소 운영기관이 서류로 대표자를 확인했습니다.",
                 "The exchange's operator verified the representative from papers."),
            verified_at,
        )  # fmt: skip
    proofs = {
        state
        for kind, state in standing.papers
        if kind in (PaperKind.business_registration, PaperKind.representative_authority)
    }
    if PaperState.returned in proofs and PaperState.waiting not in proofs:
        return Check(
            "representative", "bad", title, Text("보완 필요", "Papers returned"),
            Text("제출한 서류가 돌아왔습니다. 사유를 읽고 다시 제출하십시오.",
                 "Papers were returned. Read the reason and send them again."),
            None, "/organization/papers", papers,
        )  # fmt: skip
    if proofs:
        return Check(
            "representative", "info", title, Text("검토 중", "Being examined"),
            Text("거래소 운영기관이 서류를 보고 있습니다. 결과는 알림으로 보내 드립니다.",
                 "The exchange's operator is looking at the papers. A notice brings the result."),
            None, "/organization/papers", Text("서류 보기", "See papers"),
        )  # fmt: skip
    return Check(
        "representative", "idle", title, Text("서류 필요", "Papers needed"),
        Text("판매, 계좌이체 결제, 지원사업 신청 전에 사업자등록증과 대표자 확인 서류를 제출하십시오.",
             "Send the registration certificate and a proof of the representative before selling, paying by transfer or applying."),
        None, "/organization/papers", papers,
    )  # fmt: skip


def _bank_account(standing: Standing) -> Check:
    title = Text("계좌", "Bank account")
    if standing.account_in_use:
        return Check(
            "bank_account", "ok", title, Text("사용 중", "In use"),
            Text("정산, 환불, 지원금을 이 계좌로 보냅니다.",
                 "Payouts, refunds and subsidies go to this account."),
            None, "/organization/bank-account", Text("계좌 보기", "See the account"),
        )  # fmt: skip
    if standing.account_waiting:
        return Check(
            "bank_account", "info", title, Text("대기 중", "Waiting"),
            Text("등록한 계좌가 확인이나 대기 기간을 기다리고 있습니다.",
                 "The account waits for its confirmation or for the end of the hold."),
            None, "/organization/bank-account", Text("계좌 보기", "See the account"),
        )  # fmt: skip
    return Check(
        "bank_account", "idle", title, Text("없음", "None"),
        Text("판매 대금을 받으려면 계좌를 등록하십시오. 다른 한 사람의 확인과 3일의 대기가 필요합니다.",
             "Register an account to be paid for sales. A second person confirms it, and it waits three days."),
        None, "/organization/bank-account", Text("계좌 등록", "Register an account"),
    )  # fmt: skip
