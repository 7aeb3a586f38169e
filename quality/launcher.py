"""Starts one child under sandlock and tells how it ended; a script, never imported, run by ``quality.sandbox``.

sandlock gives a child the standard streams of the process that starts it and closes everything else. This
process has the channel of orders as its standard input, so the child gets it; it knows no file, and it ends
the child as soon as its own parent is gone, however that came.
"""

import json
import os
import socket
import sys
import threading
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sandlock


def main() -> None:
    """Start the child that the one argument describes, wait for it, tell."""
    settings = json.loads(sys.argv[1])
    sys.path.extend(settings["libraries"])
    control = socket.socket(fileno=settings["control"])
    try:
        import sandlock as confining  # noqa: PLC0415 - found among the libraries

        # It asks for both ids and warns that it uses one.
        warnings.filterwarnings("ignore", message="Policy field 'gid'", category=UserWarning)
        process = confining.Sandbox(**settings["policy"]).popen(settings["command"])
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        control.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
        return
    _let_go()
    control.send(json.dumps({"pid": process.pid}).encode())
    threading.Thread(target=_end_with_parent, args=(control, process), daemon=True).start()
    result = process.wait()
    told = {"code": result.exit_code, "signal": result.signal, "reason": result.reason.name}
    control.send(json.dumps(told).encode())
    os._exit(0)


def _let_go() -> None:
    """Keep none of the child's streams, so that they end with it."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)


def _end_with_parent(control: socket.socket, process: "sandlock.Process") -> None:
    """Wait until the parent closes its end, or is gone, and end the child."""
    control.recv(1)
    try:
        process.kill()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
