"""Password hashes: Argon2id in threads, few at once, the same cost for unknown people.

Which passwords are accepted is the matter of ``password_policy``.
"""

import asyncio
import base64
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

from marketplace.members.accounts.errors import PasswordCheckBusy
from marketplace.members.accounts.password_policy import LENGTH_MAX

# OWASP ASVS 5.0, appendix C (11.4.2): Argon2id with m = 19 MiB, t = 2, p = 1.
MEMORY_KIB: Final = 19_456
PASSES: Final = 2
LANES: Final = 1
HASH_BYTES: Final = 32
SALT_BYTES: Final = 16

# One hash takes about 28 ms of one core: more at once than cores gains nothing, and a queue of
# 20 is answered within 0.3 s. Who comes later is asked to come again.
AT_ONCE: Final = 2
QUEUE_MAX: Final = 20
RETRY_AFTER_S: Final = 1

_Result = TypeVar("_Result")


class PasswordHashing:
    """Hashes and verifies passwords without stopping the event loop; one for each process.

    Args:
        at_once: hashes computed at the same time
        queue_max: calls that may wait for their turn
        memory_kib: cost in memory of one hash [KiB]
        passes: cost in time of one hash [passes over the memory]
    """

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        queue_max: int = QUEUE_MAX,
        memory_kib: int = MEMORY_KIB,
        passes: int = PASSES,
    ) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes,
            memory_cost=memory_kib,
            parallelism=LANES,
            hash_len=HASH_BYTES,
            salt_len=SALT_BYTES,
            type=Type.ID,
        )
        self._nobody = _hash_of_nobody(memory_kib, passes)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="password")
        self._calls_max = at_once + queue_max
        self._calls = 0
        self._lock = threading.Lock()

    async def hash(self, password: str) -> str:
        """Return the stored form of a new password, parameters and salt within.

        Args:
            password: as typed, nothing cut or changed; already accepted by the policy

        Raises:
            PasswordCheckBusy: too many calls wait
        """
        return await self._in_turn(lambda: self._hasher.hash(_encoded(password)))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Return whether the password is the one behind the stored form.

        Without a stored form (unknown person, no password set) the answer is False after the
        same work, so the time does not tell who has an account.

        Args:
            password: as typed
            stored: what ``hash`` gave, or None

        Raises:
            PasswordCheckBusy: too many calls wait
            argon2.exceptions.VerificationError: the stored form is damaged
            argon2.exceptions.InvalidHashError: the stored form is no Argon2 hash
        """
        known = stored is not None and len(password) <= LENGTH_MAX
        target = stored if stored is not None and known else self._nobody
        matched = await self._in_turn(lambda: self._matches(target, password))
        return matched and known

    def needs_rehash(self, stored: str) -> bool:
        """Whether the stored form has other parameters than new ones; hash again at sign-in."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads; waiting calls are cancelled."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _encoded(password))
        except VerifyMismatchError:
            return False

    async def _in_turn(self, work: Callable[[], _Result]) -> _Result:
        with self._lock:
            if self._calls >= self._calls_max:
                raise PasswordCheckBusy(retry_after_s=RETRY_AFTER_S)
            self._calls += 1
        future = self._threads.submit(work)
        # A call that its asker gave up still computes: it leaves when it is done, not before.
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def _leave(self, future: Future[_Result]) -> None:  # noqa: ARG002 - the callback's form
        with self._lock:
            self._calls -= 1


def _encoded(password: str) -> bytes:
    """Return the bytes of any text; a lone surrogate is no error here, it just never matches."""
    return password.encode("utf-8", "surrogatepass")


def _hash_of_nobody(memory_kib: int, passes: int) -> str:
    """Return a stored form of the same cost that belongs to no password."""
    salt, tag = (
        base64.b64encode(os.urandom(length)).decode().rstrip("=")
        for length in (SALT_BYTES, HASH_BYTES)
    )
    return f"$argon2id$v=19$m={memory_kib},t={passes},p={LANES}${salt}${tag}"
