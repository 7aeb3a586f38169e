"""Errors, amounts, and the choice of a gateway for each way to pay."""

import re
from datetime import UTC, date, datetime

import pytest

from billing.gateways import errors
from billing.gateways.choice import GatewayChoice
from billing.gateways.facts import Method, day_in_seoul
from billing.gateways.port import PaymentGateway
from tests.billing.gateways.harness import a_refund, an_intention

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.GatewayError)
]


def test_each_error_has_a_code_of_its_own_and_two_sentences() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS) == 12
    for kind in KINDS:
        assert re.fullmatch(r"[a-z][a-z0-9_]{2,59}", kind.code)
        assert re.search(r"(?:니다|십시오)\.$", kind.ko)
        assert kind.en.endswith(".")
        assert not re.search(r"[가-힣]", kind.en)
        assert "!" not in kind.ko + kind.en


def test_only_an_unreached_provider_may_be_asked_again_blindly() -> None:
    assert [kind.code for kind in KINDS if kind.repeat_is_safe] == ["gateway_unreachable"]


def test_an_error_names_its_gateway_and_keeps_the_detail_apart() -> None:
    error = errors.GatewayRefused("stripe", "card_declined")
    assert str(error) == "stripe: gateway_refused (card_declined)"
    assert "card_declined" not in error.ko + error.en


def test_the_port_has_at_most_seven_methods() -> None:
    methods = [n for n, v in vars(PaymentGateway).items() if callable(v) and not n.startswith("_")]
    assert len(methods) == 7


@pytest.mark.parametrize("amount", [0, -1, 1.0, True, "1", 10**12 + 1])
def test_amounts_are_whole_won_above_nothing(amount: object) -> None:
    with pytest.raises(ValueError, match="whole won"):
        an_intention(amount_won=amount)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="whole won"):
        a_refund(amount, of_won=1)  # type: ignore[arg-type]


def test_a_day_is_one_of_seoul() -> None:
    begin, end = day_in_seoul(date(2026, 11, 28))
    assert begin.astimezone(UTC) == datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert end.astimezone(UTC) == datetime(2026, 11, 28, 15, tzinfo=UTC)


class TestChoice:
    def test_up_to_the_limit_by_transfer_above_it_by_account(self) -> None:
        choice = GatewayChoice()
        assert choice.offered(10_000_000) == (Method.card, Method.transfer)
        assert choice.offered(10_000_001) == (Method.card, Method.virtual_account)

    def test_without_a_transfer_the_account_stands_alone(self) -> None:
        choice = GatewayChoice(pay_transfer_gateway="", pay_card_gateway="")
        assert choice.offered(1_000) == (Method.virtual_account,)

    def test_each_way_names_its_gateway(self) -> None:
        choice = GatewayChoice(
            pay_card_gateway="stripe",
            pay_transfer_gateway="portone",
            pay_kakaopay_gateway="portone",
        )
        assert choice.gateway_for(Method.card) == "stripe"
        assert choice.offered(1_000) == (Method.card, Method.transfer, Method.kakaopay)
        assert choice.faults() == []
        assert choice.sandboxed() == (Method.virtual_account,)

    def test_faults_are_named(self) -> None:
        choice = GatewayChoice(
            pay_transfer_gateway="stripe", pay_card_gateway="paypal", pay_transfer_limit_won=0
        )
        assert choice.faults() == [
            "pay_card_gateway: there is no gateway 'paypal'",
            "pay_transfer_gateway: stripe cannot take transfer",
            "pay_transfer_limit_won: below 1",
        ]
