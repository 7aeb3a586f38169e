"""How many requests one address may send to one process."""

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from marketplace.app import Parts, create_app
from marketplace.errors import TooManyRequests
from marketplace.http.shedding import ADDRESSES_MAX, Buckets
from marketplace.settings import Settings


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def __call__(self) -> float:
        return self.at_s


def taken(buckets: Buckets, address: str, times: int) -> int:
    passed = 0
    for _ in range(times):
        try:
            buckets.take(address)
        except TooManyRequests:
            continue
        passed += 1
    return passed


def test_the_burst_passes_and_one_more_does_not() -> None:
    clock = Seconds()
    buckets = Buckets(2, burst=10, clock=clock)
    assert taken(buckets, "192.0.2.1", 11) == 10
    assert taken(buckets, "192.0.2.2", 1) == 1
    with pytest.raises(TooManyRequests) as refused:
        buckets.take("192.0.2.1")
    assert refused.value.retry_after_s == 1
    clock.at_s += 1
    assert taken(buckets, "192.0.2.1", 5) == 2


def test_zero_lets_everything_pass() -> None:
    assert taken(Buckets(0), "192.0.2.1", 10_000) == 10_000


def test_addresses_of_one_ipv6_network_are_one_sender() -> None:
    buckets = Buckets(1, burst=4, clock=Seconds())
    assert sum(taken(buckets, f"2001:db8::{n:x}", 1) for n in range(1, 9)) == 4
    assert taken(buckets, "2001:db8:0:1::1", 1) == 1


def test_only_so_many_addresses_are_remembered() -> None:
    buckets = Buckets(1, burst=1, clock=Seconds())
    for number in range(ADDRESSES_MAX + 1):
        buckets.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert taken(buckets, "10.0.0.0", 1) == 1  # the oldest was forgotten
    assert taken(buckets, "10.0.0.2", 1) == 0


async def test_a_header_that_names_another_address_changes_nothing(
    settings: Settings, parts: Parts
) -> None:
    """Rotating X-Forwarded-For passed the framework's own limit (CVE-2025-59152)."""
    app = create_app(settings.model_copy(update={"request_limit_per_s": 1}), parts)
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as client:
        statuses = await asked(client, 8)
    assert statuses == [200] * 5 + [429] * 3


async def test_a_trusted_proxy_names_the_address(settings: Settings, parts: Parts) -> None:
    trusting = settings.model_copy(
        update={"request_limit_per_s": 1, "trusted_proxies": ["testclient"]}
    )
    app: Litestar = create_app(trusting, parts)
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as client:
        assert await asked(client, 8) == [200] * 8
        # The part left of the proxy's own is the client's invention.
        forged = [
            (
                await client.get(
                    "/health/live", headers={"x-forwarded-for": f"198.51.100.{n}, 203.0.113.9"}
                )
            ).status_code
            for n in range(8)
        ]
    assert forged == [200] * 5 + [429] * 3


async def asked(client: AsyncTestClient[Litestar], times: int) -> list[int]:
    return [
        (
            await client.get("/health/live", headers={"x-forwarded-for": f"203.0.113.{n + 50}"})
        ).status_code
        for n in range(times)
    ]


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-forwarded-proto", "forwarded"])
async def test_other_forwarding_headers_count_nothing(
    client: AsyncTestClient[Litestar], header: str
) -> None:
    response = await client.get("/", headers={header: "evil.example"})
    assert response.status_code == 200
    assert "evil.example" not in response.text
    assert "strict-transport-security" not in response.headers
