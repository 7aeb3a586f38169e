"""Shedding load: how many requests one address may send to this process.

It protects the machine, not accounts: counted in memory, apart in each process, and forgotten
with it. Limits on attempts are counted in PostgreSQL (``marketplace.limits``).
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from marketplace.errors import TooManyRequests

BURST_S = 5
ADDRESSES_MAX = 10_000
_IPV6_PREFIX = 64


class Buckets:
    """A bucket of requests for each address, refilled at a steady rate.

    Args:
        per_s: requests per second in the long run; 0 lets everything pass
        burst: requests at once; five seconds' worth unless given
        clock: seconds that only grow
    """

    def __init__(
        self,
        per_s: float,
        *,
        burst: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_s = per_s
        self._burst = burst if burst is not None else max(1, round(per_s * BURST_S))
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Take one request from the bucket of an address.

        Raises:
            TooManyRequests: the bucket is empty; says when one fits again
        """
        if self._per_s == 0:
            return
        subject = _subject(address)
        at = self._clock()
        left, seen = self._left.pop(subject, (float(self._burst), at))
        left = min(float(self._burst), left + (at - seen) * self._per_s)
        self._left[subject] = (max(0.0, left - 1), at)
        if len(self._left) > ADDRESSES_MAX:
            self._left.popitem(last=False)  # the longest unseen: its bucket is the fullest
        if left < 1:
            raise TooManyRequests(retry_after_s=max(1, math.ceil((1 - left) / self._per_s)))


def _subject(address: str) -> str:
    """Return what counts as one sender: an IPv4 address, or the network of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
