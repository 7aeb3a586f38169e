"""Hashes of passwords: cost, turns, the same work for unknown people."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.members.accounts.errors import PasswordCheckBusy
from marketplace.members.accounts.passwords import PasswordHashing

PASSWORD = "correct horse battery staple"
LIGHT_KIB = 64
CHEAP_S = 0.005


@pytest.fixture
def hashing() -> Iterator[PasswordHashing]:
    made = PasswordHashing()
    yield made
    made.close()


@pytest.fixture
def light() -> Iterator[PasswordHashing]:
    """The same with parameters that cost nothing, where cost is not what is tested."""
    made = PasswordHashing(memory_kib=LIGHT_KIB, passes=1)
    yield made
    made.close()


async def test_costs_what_the_standard_asks(hashing: PasswordHashing) -> None:
    stored = await hashing.hash(PASSWORD)

    parameters = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19_456, 2, 1)
    assert not hashing.needs_rehash(stored)


@pytest.mark.parametrize(
    "password", [PASSWORD, "말 배터리 철심", " \x00\t ", "🐎" * 128, "a" * 128]
)
async def test_verifies_exactly_what_was_set(light: PasswordHashing, password: str) -> None:
    stored = await light.hash(password)

    assert await light.verify(password, stored)
    for other in (f"{password} ", password[:-1], password.swapcase() + ".", "", "\ud800"):
        assert not await light.verify(other, stored)


async def test_two_hashes_of_a_password_differ(light: PasswordHashing) -> None:
    assert await light.hash(PASSWORD) != await light.hash(PASSWORD)


async def test_a_password_over_the_limit_never_matches(light: PasswordHashing) -> None:
    stored = await light.hash("a" * 129)

    assert not await light.verify("a" * 129, stored)


async def test_nobody_has_no_password(light: PasswordHashing) -> None:
    assert not await light.verify(PASSWORD, None)
    assert not await light.verify("", None)


async def test_old_parameters_are_noticed(light: PasswordHashing, hashing: PasswordHashing) -> None:
    stored = await light.hash(PASSWORD)

    assert await hashing.verify(PASSWORD, stored)
    assert hashing.needs_rehash(stored)


async def test_a_damaged_hash_is_a_fault_and_not_a_wrong_password(light: PasswordHashing) -> None:
    for damaged in ("$argon2id$damaged", "plain", ""):
        with pytest.raises((VerificationError, InvalidHashError)):
            await light.verify(PASSWORD, damaged)


async def test_an_unknown_person_costs_the_same_time(hashing: PasswordHashing) -> None:
    stored = await hashing.hash(PASSWORD)

    async def spent_s(target: str | None) -> float:
        # The processor's time, so that whoever else works on this machine does not count.
        began_s = time.process_time()
        await hashing.verify("another password", target)
        return time.process_time() - began_s

    pairs = [(await spent_s(stored), await spent_s(None)) for _ in range(8)]
    known_s, unknown_s = (min(column) for column in zip(*pairs, strict=True))

    assert unknown_s == pytest.approx(known_s, rel=0.5)
    assert unknown_s > CHEAP_S


async def test_refuses_when_the_queue_is_full_and_takes_up_again() -> None:
    hashing = PasswordHashing(at_once=1, queue_max=2)
    stored = await hashing.hash(PASSWORD)

    answers = await asyncio.gather(
        *(hashing.verify(PASSWORD, stored) for _ in range(5)), return_exceptions=True
    )

    assert answers[:3] == [True, True, True]
    assert [type(answer) for answer in answers[3:]] == [PasswordCheckBusy, PasswordCheckBusy]
    assert await hashing.verify(PASSWORD, stored)
    hashing.close()


async def test_a_call_given_up_leaves_its_place() -> None:
    hashing = PasswordHashing(at_once=1, queue_max=1)
    stored = await hashing.hash(PASSWORD)
    for _ in range(3):
        calls = [asyncio.ensure_future(hashing.verify(PASSWORD, stored)) for _ in range(2)]
        await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await asyncio.sleep(0.2)

    assert await hashing.verify(PASSWORD, stored)
    hashing.close()


async def test_the_event_loop_goes_on_meanwhile(hashing: PasswordHashing) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    ticking = asyncio.ensure_future(tick())
    await asyncio.gather(*(hashing.hash(PASSWORD) for _ in range(4)))
    ticking.cancel()

    assert ticks >= 5
