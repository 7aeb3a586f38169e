"""What an organization may do, and which row says what is missing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketplace.members.organizations.models import (
    OrganizationSize,
    OrganizationState,
    PaperKind,
    PaperState,
)
from marketplace.members.organizations.readiness import (
    Ability,
    Check,
    Need,
    Standing,
    checks_of,
    missing_for,
)
from tests.factories import an_organization

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ANSWERED: dict[str, Any] = {
    "registry_state": "active",
    "registry_matched": True,
    "registry_tax_type": "01",
    "registry_checked_at": AT,
}


def standing(*, papers: Any = (), used: bool = False, **facts: Any) -> Standing:
    return Standing(an_organization(**facts), papers, used, account_waiting=False, at=AT)


def row(code: str, **given: Any) -> Check:
    return {check.code: check for check in checks_of(standing(**given))}[code]


def test_a_new_member_may_do_nothing_before_the_registry_answers() -> None:
    for ability in Ability:
        assert Need.registry in missing_for(standing(), ability)


def test_a_known_business_buys_by_card_and_nothing_else() -> None:
    found = {ability: missing_for(standing(**ANSWERED), ability) for ability in Ability}
    assert found == {
        Ability.buy_by_card: (),
        Ability.buy_by_transfer: (Need.representative,),
        Ability.sell: (Need.representative, Need.bank_account),
        Ability.apply: (Need.representative,),
    }


def test_a_verified_business_with_an_account_may_do_everything() -> None:
    complete = standing(used=True, representative_verified_at=AT, **ANSWERED)
    assert all(missing_for(complete, ability) == () for ability in Ability)


def test_a_large_company_does_not_apply_for_support() -> None:
    large = standing(size=OrganizationSize.large, representative_verified_at=AT, **ANSWERED)
    assert missing_for(large, Ability.apply) == (Need.size,)


def test_a_suspended_member_may_do_nothing() -> None:
    suspended = standing(
        used=True, representative_verified_at=AT, state=OrganizationState.suspended, **ANSWERED
    )
    assert all(Need.active in missing_for(suspended, ability) for ability in Ability)


@pytest.mark.parametrize(
    ("facts", "mark", "word"),
    [
        ({}, "info", "확인 중"),
        ({"registry_asked_at": AT - timedelta(minutes=9)}, "info", "확인 중"),
        ({"registry_asked_at": AT - timedelta(minutes=11)}, "warn", "답이 없음"),
        (ANSWERED, "ok", "계속사업자"),
        ({**ANSWERED, "registry_matched": False}, "warn", "정보가 다름"),
        ({**ANSWERED, "registry_state": "unknown"}, "bad", "등록되지 않음"),
        ({**ANSWERED, "registry_state": "closed"}, "bad", "폐업"),
        ({**ANSWERED, "registry_state": "suspended"}, "bad", "휴업"),
        (
            {**ANSWERED, "registry_state": "unknown", "override_at": AT, "override_reason": "서류"},
            "ok",
            "운영기관이 확인",
        ),
    ],
)
def test_the_row_of_the_registry(facts: dict[str, Any], mark: str, word: str) -> None:
    found = row("registry", **facts)
    assert (found.mark, found.word.ko) == (mark, word)
    assert found.reason.en != found.reason.ko


@pytest.mark.parametrize(
    ("states", "mark"),
    [
        ([], "idle"),
        ([PaperState.waiting], "info"),
        ([PaperState.returned], "bad"),
        ([PaperState.returned, PaperState.waiting], "info"),
    ],
)
def test_the_row_of_the_representative(states: list[PaperState], mark: str) -> None:
    papers = [(PaperKind.business_registration, state) for state in states]
    assert row("representative", papers=papers).mark == mark


def test_another_tax_type_at_the_tax_office_has_its_own_row() -> None:
    assert "면세사업자" in row("tax_type", **{**ANSWERED, "registry_tax_type": "04"}).reason.ko
