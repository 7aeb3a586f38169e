"""Which paper proves a payment, and the numbers that stand on it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Taxation
from billing.papers.evidence import (
    CashReceipt,
    Evidence,
    Method,
    NoInvoice,
    OperatorDecides,
    Proof,
    SellerTax,
    methods_offered,
    proof_of,
)
from billing.papers.numbers import (
    approval_number,
    date_of_approval_number,
    is_approval_number,
    is_business_number,
)

SLIP, INVOICE, EXEMPT = Evidence.card_slip, Evidence.tax_invoice, Evidence.exempt_invoice
TRANSFERS = [Method.transfer, Method.virtual_account]


@pytest.mark.parametrize(
    ("tax", "by_card", "by_transfer", "taxation"),
    [
        # DOMAIN B2, tax-and-payment 5.3
        (SellerTax.general, SLIP, INVOICE, Taxation.taxable),
        (SellerTax.simplified_invoicing, SLIP, INVOICE, Taxation.taxable),
        (SellerTax.exempt, SLIP, EXEMPT, Taxation.exempt),
        (SellerTax.simplified, SLIP, None, Taxation.taxable),
    ],
)
def test_the_paper_follows_the_way_to_pay_and_the_sellers_tax_type(
    tax: SellerTax, by_card: Evidence, by_transfer: Evidence | None, taxation: Taxation
) -> None:
    assert proof_of(Method.card, tax) == Proof(by_card, taxation, CashReceipt.none)
    for method in TRANSFERS:
        if by_transfer is None:
            with pytest.raises(NoInvoice):
                proof_of(method, tax)
        else:
            assert proof_of(method, tax) == Proof(by_transfer, taxation, CashReceipt.none)


@pytest.mark.parametrize(
    "tax", [SellerTax.special, SellerTax.institution, SellerTax.identified_body]
)
@pytest.mark.parametrize("method", Method)
def test_where_the_register_says_nothing_the_operator_decides(
    method: Method, tax: SellerTax
) -> None:
    with pytest.raises(OperatorDecides):
        proof_of(method, tax)
    slip = method is Method.card
    taxed = proof_of(method, tax, decided=Taxation.taxable)
    exempt = proof_of(method, tax, decided=Taxation.exempt)
    assert taxed.evidence is (SLIP if slip else INVOICE)
    assert exempt.evidence is (SLIP if slip else EXEMPT)


@pytest.mark.parametrize("method", Method)
def test_the_register_is_not_overruled(method: Method) -> None:
    assert proof_of(method, SellerTax.general, decided=Taxation.exempt).taxation is Taxation.taxable


@pytest.mark.parametrize(
    ("total_won", "sellers", "offered"),
    [
        (10_000_000, [SellerTax.general], [Method.card, *TRANSFERS]),
        # tax-and-payment 11: above the limit a virtual account alone
        (10_000_001, [SellerTax.general], [Method.card, Method.virtual_account]),
        (11_000_000, [SellerTax.general], [Method.card, Method.virtual_account]),
        (1_000, [SellerTax.general, SellerTax.exempt], [Method.card, *TRANSFERS]),
        (1_000, [SellerTax.general, SellerTax.simplified], [Method.card]),
    ],
)
def test_a_transfer_is_offered_where_every_seller_gives_an_invoice(
    total_won: int, sellers: list[SellerTax], offered: list[Method]
) -> None:
    assert methods_offered(total_won, sellers) == offered


def test_the_limit_of_transfers_is_a_setting() -> None:
    limited = methods_offered(5_000_001, [SellerTax.general], transfer_most_won=5_000_000)
    assert Method.transfer not in limited


@pytest.mark.parametrize(
    ("number", "good"),
    [
        # tax-and-payment 11
        ("1248100998", True),
        ("1208147521", True),
        ("2208162517", True),
        ("1248100999", False),
        ("124-81-00998", False),
        ("124810099", False),
        ("１２４8100998", False),
    ],
)
def test_a_business_number_has_ten_digits_and_a_check_digit(number: str, good: bool) -> None:  # noqa: FBT001
    assert is_business_number(number) is good


@given(st.integers(0, 9), st.integers(1, 9))
def test_a_wrong_digit_of_a_business_number_is_found(place: int, off: int) -> None:
    number = list("1248100998")
    number[place] = str((int(number[place]) + off) % 10)
    assert not is_business_number("".join(number))


@pytest.mark.parametrize(
    ("number", "written_on", "good"),
    [
        # tax-and-payment 11, 2.5
        ("2020111041000008uup00008", date(2020, 11, 10), True),
        ("2020111041000008uup00008", date(2020, 11, 11), False),
        ("2011021041000001900049c0", date(2011, 2, 10), True),
        ("2020111041000008uup0000", date(2020, 11, 10), False),
        ("202011104100000Auup00008", date(2020, 11, 10), False),
        ("2020111041000008uup0000_", date(2020, 11, 10), False),
    ],
)
def test_an_approval_number_begins_with_the_papers_date(
    number: str,
    written_on: date,
    good: bool,  # noqa: FBT001
) -> None:
    assert is_approval_number(number, written_on) is good


def test_the_date_of_an_approval_number_is_a_real_one() -> None:
    assert date_of_approval_number("2020111041000008uup00008") == date(2020, 11, 10)
    assert date_of_approval_number("2020133141000008uup00008") is None
    assert date_of_approval_number("no number") is None


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.text(min_size=1, max_size=24))
def test_a_number_of_ours_is_one_of_the_standard_and_the_same_again(day: date, key: str) -> None:
    number = approval_number(day, system="42999999", key=key)
    assert is_approval_number(number, day)
    assert number == approval_number(day, system="42999999", key=key)


def test_keys_and_days_have_numbers_of_their_own() -> None:
    numbers = {
        approval_number(date(2026, 11, day), system="42999999", key=f"paper-{key}")
        for day in (1, 2)
        for key in range(2_000)
    }
    assert len(numbers) == 4_000
    with pytest.raises(ValueError, match="eight digits"):
        approval_number(date(2026, 11, 1), system="42", key="paper")
