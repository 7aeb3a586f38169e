"""Every bank that an organization can name is known to the gateways that pay deposits back."""

import pytest

from billing.gateways.banks import PORTONE, portone_bank, toss_bank
from marketplace.members.organizations.banks import BANKS


def test_every_bank_has_its_word_at_portone() -> None:
    assert set(PORTONE) == set(BANKS)
    assert len(set(PORTONE.values())) == len(PORTONE)


@pytest.mark.parametrize(
    ("code", "portone", "toss"),
    [("088", "SHINHAN", "88"), ("004", "KOOKMIN", "06"), ("011", "NONGHYUP", "11")],
)
def test_a_code_becomes_the_gateways_own(code: str, portone: str, toss: str) -> None:
    assert (portone_bank(code), toss_bank(code)) == (portone, toss)


def test_what_is_no_code_is_passed_on() -> None:
    assert (portone_bank("SHINHAN"), toss_bank("신한")) == ("SHINHAN", "신한")
