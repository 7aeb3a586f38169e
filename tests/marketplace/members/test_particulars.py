"""What a person types about an organization: all mistakes at once, and what is stored."""

import unicodedata
from datetime import date
from typing import Any

import pytest

from marketplace.errors import Invalid
from marketplace.members.organizations.kinds import SIZES_OF, fits
from marketplace.members.organizations.models import OrganizationKind, OrganizationSize
from marketplace.members.organizations.particulars import Particulars, Typed, read_particulars
from marketplace.members.organizations.schemas import OrganizationIn
from marketplace.members.registry.port import TaxType

TODAY = date(2026, 11, 23)
GOOD: dict[str, Any] = {
    "business_number": "123-45-67891",
    "corporate_number": None,
    "name": "가상정밀",
    "representative": "가상인",
    "opened_on": date(2015, 3, 2),
    "address": "가상시 시험구 견본로 1",
    "phone": "031-000-0000",
    "invoice_email": "tax@example.com",
    "business_type": "제조업",
    "business_item": "금속 가공",
    "tax_type": TaxType.general,
    "kind": OrganizationKind.manufacturer,
    "size": OrganizationSize.small,
}


def read(**given: Any) -> Particulars:
    typed = Typed()
    found = read_particulars(OrganizationIn(**{**GOOD, **given}), today=TODAY, typed=typed)
    typed.finish()
    return found


def wrong(**given: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read(**given)
    return {error.field: error.code for error in refused.value.fields}


def test_names_are_composed_and_spaces_folded() -> None:
    found = read(
        name=unicodedata.normalize("NFD", "  가상   정밀 "), invoice_email=" TAX@Example.com "
    )
    assert (found.name, found.invoice_email) == ("가상 정밀", "tax@example.com")


def test_every_mistake_is_named_at_once() -> None:
    assert wrong(
        business_number="123-45-67890",
        corporate_number="12",
        name=" ",
        opened_on=date(2026, 11, 24),
        phone="전화",
        invoice_email="tax",
        representative="가\u202e나",
        size=OrganizationSize.non_profit,
    ) == {
        "business_number": "business_number_checksum",
        "corporate_number": "corporate_number_format",
        "name": "required",
        "opened_on": "opened_on_range",
        "phone": "not_a_phone",
        "invoice_email": "not_an_email",
        "representative": "control_character",
        "size": "size_does_not_fit",
    }


def test_a_corporate_number_is_never_refused_for_its_check_digit() -> None:
    numbers = {
        read(corporate_number=f"110111-123456{digit}").corporate_number for digit in range(10)
    }
    assert len(numbers) == 10


@pytest.mark.parametrize("opened_on", [TODAY, date(1880, 1, 1)])
def test_the_first_and_the_last_opening_date_are_taken(opened_on: date) -> None:
    assert read(opened_on=opened_on).opened_on == opened_on


def test_a_business_of_before_is_refused() -> None:
    assert wrong(opened_on=date(1879, 12, 31)) == {"opened_on": "opened_on_range"}


@pytest.mark.parametrize("kind", list(OrganizationKind))
def test_every_kind_has_a_size_and_companies_are_never_non_profit(kind: OrganizationKind) -> None:
    assert SIZES_OF[kind]
    institutional = kind in {
        OrganizationKind.university,
        OrganizationKind.public_institute,
        OrganizationKind.association,
    }
    assert fits(kind, OrganizationSize.non_profit) is institutional
    assert fits(kind, OrganizationSize.large) is not institutional


@pytest.mark.parametrize(
    "email",
    ["a@b", "a b@example.com", "@example.com", "a@example", "a@@example.com", "a@.com",
     "a@example..com", "a\u0000@example.com", "x" * 65 + "@example.com", "<a@example.com>", "세금@한글.한국"],
)  # fmt: skip
def test_what_is_no_mail_address(email: str) -> None:
    assert wrong(invoice_email=email) == {"invoice_email": "not_an_email"}
