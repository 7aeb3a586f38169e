"""The register's port: the same promises held by the sandbox and by the tax office's adapter."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date

import pytest

from marketplace.errors import ConfigurationError
from marketplace.members.registry import sandbox
from marketplace.members.registry.business_number import parse_business_number
from marketplace.members.registry.errors import RegistryUnavailable
from marketplace.members.registry.port import (
    BusinessRegistry,
    BusinessState,
    SellerEvidence,
    TaxType,
)
from marketplace.members.registry.sandbox import SPECIAL_NUMBERS, SandboxRegistry
from marketplace.members.registry.tax_office import ANSWER_LIMIT_BYTES, TaxOfficeRegistry
from tests.marketplace.members.tax_office_server import (
    Office,
    Reply,
    running_office,
    status_item,
)

LOOPBACK = frozenset({"127.0.0.1"})
TODAY = date(2026, 12, 31)
SLOW_S = 0.1
OPENED_ON = date(2015, 3, 2)
ACTIVE = sandbox.special_number(1)


@pytest.fixture
def office() -> Iterator[Office]:
    with running_office() as running:
        yield running


@pytest.fixture
async def tax_office(office: Office) -> AsyncIterator[TaxOfficeRegistry]:
    registry = TaxOfficeRegistry(
        "test-key", base_url=office.base_url, allowed_hosts=LOOPBACK, total_s=0.5
    )
    yield registry
    await registry.close()


@pytest.fixture(params=["sandbox", "tax_office"])
async def registry(
    request: pytest.FixtureRequest, tax_office: TaxOfficeRegistry
) -> BusinessRegistry:
    """The sandbox, and the adapter in front of a server on loopback."""
    return SandboxRegistry(lambda: TODAY) if request.param == "sandbox" else tax_office


# ---- both ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "state", "closed_on"),
    [
        (ACTIVE, BusinessState.active, None),
        (sandbox.SUSPENDED, BusinessState.suspended, None),
        (sandbox.CLOSED, BusinessState.closed, date(2025, 12, 31)),
        (sandbox.UNKNOWN, BusinessState.unknown, None),
    ],
)
async def test_tells_the_state(
    registry: BusinessRegistry, number: str, state: BusinessState, closed_on: date | None
) -> None:
    status = await registry.status(number)

    assert (status.number, status.state, status.closed_on) == (number, state, closed_on)
    assert (status.tax_type is None) == (state is BusinessState.unknown)


@pytest.mark.parametrize("kind", list(TaxType))
async def test_tells_the_tax_type(registry: BusinessRegistry, kind: TaxType) -> None:
    status = await registry.status(sandbox.BY_TAX_TYPE[kind])

    assert (status.tax_type, status.evidence) == (kind, kind.evidence)


async def test_matches_a_business_with_its_representative(registry: BusinessRegistry) -> None:
    match = await registry.validate(ACTIVE, OPENED_ON, "홍길동")

    assert match.matched
    assert match.status == await registry.status(ACTIVE)


@pytest.mark.parametrize(
    ("number", "opening_on", "representative"),
    [
        (sandbox.MISMATCHED, OPENED_ON, "홍길동"),
        (sandbox.UNKNOWN, OPENED_ON, "홍길동"),
        (ACTIVE, date(2027, 1, 1), "홍길동"),
        (ACTIVE, OPENED_ON, "  "),
    ],
)
async def test_does_not_match_what_does_not_belong_together(
    registry: BusinessRegistry, number: str, opening_on: date, representative: str
) -> None:
    match = await registry.validate(number, opening_on, representative)

    assert (match.matched, match.status) == (False, None)


# ---- the types -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "evidence"),
    [
        ("01", SellerEvidence.tax_invoice),
        ("02", SellerEvidence.card_only),
        ("03", SellerEvidence.operator_decides),
        ("04", SellerEvidence.exempt_invoice),
        ("05", SellerEvidence.operator_decides),
        ("06", SellerEvidence.operator_decides),
        ("07", SellerEvidence.tax_invoice),
    ],
)
def test_evidence_follows_the_tax_type(code: str, evidence: SellerEvidence) -> None:
    kind = TaxType(code)

    assert kind.evidence is evidence
    assert kind.ko
    assert kind.en


# ---- the sandbox -----------------------------------------------------------------------------


def test_special_numbers_are_well_formed_and_distinct() -> None:
    assert len(set(SPECIAL_NUMBERS.values())) == len(SPECIAL_NUMBERS) == 13
    assert all(parse_business_number(number) == number for number in SPECIAL_NUMBERS.values())
    assert all(number.startswith("99981") for number in SPECIAL_NUMBERS.values())


@pytest.mark.parametrize(
    ("middle", "kind"),
    [
        ("12", TaxType.general),
        ("81", TaxType.general),
        ("82", TaxType.non_profit),
        ("83", TaxType.non_profit),
        ("89", TaxType.unincorporated),
        ("90", TaxType.exempt),
        ("99", TaxType.exempt),
    ],
)
async def test_sandbox_takes_the_tax_type_from_the_middle_digits(
    middle: str, kind: TaxType
) -> None:
    status = await SandboxRegistry(lambda: TODAY).status(f"123{middle}00010")

    assert (status.state, status.tax_type) == (BusinessState.active, kind)


async def test_sandbox_can_be_unavailable() -> None:
    registry = SandboxRegistry(lambda: TODAY)

    with pytest.raises(RegistryUnavailable):
        await registry.status(sandbox.UNAVAILABLE)
    with pytest.raises(RegistryUnavailable):
        await registry.validate(sandbox.UNAVAILABLE, OPENED_ON, "홍길동")


async def test_sandbox_can_be_slow() -> None:
    registry = SandboxRegistry(lambda: TODAY, slow_s=SLOW_S)
    began_s = time.monotonic()

    status = await registry.status(sandbox.SLOW)

    assert status.state is BusinessState.active
    assert time.monotonic() - began_s >= SLOW_S


# ---- the adapter -----------------------------------------------------------------------------


async def test_asks_as_the_reference_says(tax_office: TaxOfficeRegistry, office: Office) -> None:
    await tax_office.status(ACTIVE)
    await tax_office.validate(ACTIVE, OPENED_ON, "홍길동")

    assert [(asked.path, asked.body) for asked in office.asked] == [
        ("/v1/status", {"b_no": [ACTIVE]}),
        (
            "/v1/validate",
            {"businesses": [{"b_no": ACTIVE, "start_dt": "20150302", "p_nm": "홍길동"}]},
        ),
    ]
    assert {asked.headers["Authorization"] for asked in office.asked} == {"Infuser test-key"}
    assert all("test-key" not in asked.path for asked in office.asked)


def answering(item: object) -> bytes:
    return json.dumps({"status_code": "OK", "data": [item]}).encode()


@pytest.mark.parametrize(
    ("status", "content", "reason"),
    [
        (500, b"{}", "status"),
        (400, b'{"code": -5}', "status"),
        (401, b'{"code": -401}', "key"),
        (403, b"", "key"),
        (200, b"", "answer"),
        (200, b"<html>", "answer"),
        (200, b"\xff\xfe", "answer"),
        (200, b"[" * 50_000, "answer"),
        (200, b'{"status_code": "OK"}', "answer"),
        (200, b'{"status_code": "OK", "data": []}', "answer"),
        (200, b'{"status_code": "BAD_JSON", "data": []}', "answer"),
        (200, answering(status_item(sandbox.CLOSED)), "answer"),
        (200, answering({**status_item(ACTIVE), "b_stt_cd": "77"}), "answer"),
        (200, answering({**status_item(ACTIVE), "b_stt_cd": 1}), "answer"),
        (200, answering({**status_item(ACTIVE), "b_stt_cd": "03", "end_dt": "soon"}), "answer"),
        (200, answering({**status_item(ACTIVE), "pad": "x" * ANSWER_LIMIT_BYTES}), "answer"),
    ],
)
async def test_unreadable_answers_are_unavailable(
    tax_office: TaxOfficeRegistry, office: Office, status: int, content: bytes, reason: str
) -> None:
    office.reply = Reply(status, content)

    with pytest.raises(RegistryUnavailable) as failed:
        await tax_office.status(ACTIVE)

    assert failed.value.facts["reason"] == reason
    assert len(office.asked) == 1


@pytest.mark.parametrize(
    "item",
    [
        {"b_no": ACTIVE, "valid": "03"},
        {"b_no": sandbox.CLOSED, "valid": "01"},
        {"b_no": ACTIVE, "valid": "01", "status": status_item(sandbox.CLOSED)},
        {"b_no": ACTIVE, "valid": True},
    ],
)
async def test_an_unreadable_match_is_never_a_match(
    tax_office: TaxOfficeRegistry, office: Office, item: object
) -> None:
    office.reply = Reply(200, answering(item))

    with pytest.raises(RegistryUnavailable):
        await tax_office.validate(ACTIVE, OPENED_ON, "홍길동")


async def test_a_new_tax_type_is_left_to_the_operator(
    tax_office: TaxOfficeRegistry, office: Office
) -> None:
    item = {**status_item(ACTIVE), "tax_type_cd": "08"}
    office.reply = Reply(200, answering(item))

    status = await tax_office.status(ACTIVE)

    assert (status.tax_type, status.evidence) == (None, SellerEvidence.operator_decides)


async def test_a_closing_date_may_be_missing(tax_office: TaxOfficeRegistry, office: Office) -> None:
    item = {**status_item(sandbox.CLOSED), "end_dt": ""}
    office.reply = Reply(200, answering(item))

    status = await tax_office.status(sandbox.CLOSED)

    assert (status.state, status.closed_on) == (BusinessState.closed, None)


async def test_follows_no_redirect(tax_office: TaxOfficeRegistry, office: Office) -> None:
    office.reply = Reply(307, b"", location=f"{office.base_url}/elsewhere")

    with pytest.raises(RegistryUnavailable) as failed:
        await tax_office.status(ACTIVE)

    assert failed.value.facts["reason"] == "status"
    assert [asked.path for asked in office.asked] == ["/v1/status"]


async def test_gives_up_after_the_total_time(office: Office) -> None:
    # Far apart, so that a busy machine does not take one for the other.
    office.delay_s = 3.0
    registry = TaxOfficeRegistry(
        "test-key", base_url=office.base_url, allowed_hosts=LOOPBACK, total_s=0.1
    )
    began_s = time.monotonic()

    with pytest.raises(RegistryUnavailable) as failed:
        await registry.status(ACTIVE)

    assert failed.value.facts["reason"] == "timeout"
    assert time.monotonic() - began_s < office.delay_s
    await registry.close()


async def test_a_closed_port_is_unavailable() -> None:
    with running_office() as gone:
        address = gone.base_url
    registry = TaxOfficeRegistry("test-key", base_url=address, allowed_hosts=LOOPBACK)

    with pytest.raises(RegistryUnavailable) as failed:
        await registry.status(ACTIVE)

    assert failed.value.facts["reason"] == "connection"
    assert failed.value.retry_after_s == 60
    await registry.close()


@pytest.mark.parametrize(
    "base_url",
    [
        "https://example.org/v1",
        "https://api.odcloud.kr.example.org/v1",
        "https://api.odcloud.kr@example.org/v1",
        "http://api.odcloud.kr/api/nts-businessman/v1",
        "api.odcloud.kr",
        "",
    ],
)
def test_other_addresses_are_refused_at_the_start(base_url: str) -> None:
    with pytest.raises(ConfigurationError):
        TaxOfficeRegistry("test-key", base_url=base_url)
