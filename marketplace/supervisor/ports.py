"""The address of the web server: whether it is free, and which one would be."""

import errno
import socket
from typing import Final

from marketplace.embedded.errors import PortTaken
from marketplace.errors import ConfigurationError

PORT_LAST: Final = 65_535
TRIES: Final = 50


def parse_port(text: str) -> int:
    """Read a port.

    Raises:
        ConfigurationError: not a number from 1 to 65,535
    """
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= PORT_LAST:
        return int(text)
    raise ConfigurationError(reason=f"MARKETPLACE_PORT={text}: 1-65535")


def refuse_unusable_address(host: str, port: int) -> None:
    """Make sure that a server could listen at the address now.

    Raises:
        PortTaken: another program listens there; the error names a port that is free
        ConfigurationError: this machine has no such address, or it is not for us
    """
    problem = _problem(host, port)
    if problem is None:
        return
    if problem.errno != errno.EADDRINUSE:
        reason = f"MARKETPLACE_HOST={host}, MARKETPLACE_PORT={port}: {problem.strerror}"
        raise ConfigurationError(reason=reason) from problem
    following = range(port + 1, min(port + TRIES, PORT_LAST) + 1)
    free = (other for other in following if _problem(host, other) is None)
    raise PortTaken(host=host, port=port, other=next(free, 8000))


def _problem(host: str, port: int) -> OSError | None:
    """Try to listen, and return what kept us from it."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, address in places:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                probe.listen(1)
    except OSError as error:
        return error
    return None
