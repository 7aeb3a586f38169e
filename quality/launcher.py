"""Starts one child under sandlock and tells how it ended; a script, never imported, run by ``quality.sandbox``.

sandlock gives a child the standard streams of the process that starts it and closes everything else. This
process has the channel of orders as its standard input, so the child gets it; it knows no file, and it ends
the child as soon as its own parent is gone, however that came.
"""

import contextlib
import json
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sandlock

END_WITHIN_S = 2.0


def main() -> None:
    """Start the child that the one argument describes, wait for it, tell."""
    settings = json.loads(sys.argv[1])
    sys.path.extend(settings["libraries"])
    control = socket.socket(fileno=settings["control"])
    folder = _folder(settings)
    try:
        _serve(control, settings, folder)
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def _serve(control: socket.socket, settings: dict[str, Any], folder: str | None) -> None:
    try:
        import sandlock as confining  # noqa: PLC0415 - found among the libraries

        # It asks for both ids and warns that it uses one.
        warnings.filterwarnings("ignore", message="Policy field 'gid'", category=UserWarning)
        process = confining.Sandbox(**settings["policy"]).popen(settings["command"])
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        _tell(control, error=f"{type(error).__name__}: {error}")
        return
    _let_go()
    _tell(control, pid=process.pid, folder=folder)
    threading.Thread(target=_end_with_parent, args=(control, process), daemon=True).start()
    result = process.wait()
    _tell(control, code=result.exit_code, signal=result.signal, reason=result.reason.name)


def _folder(settings: dict[str, Any]) -> str | None:
    """Make the folder that the child may write to, if it may, and name it where libraries look."""
    if not settings["writes"]:
        return None
    folder = os.path.realpath(tempfile.mkdtemp(prefix="quality-"))
    policy = settings["policy"]
    policy["fs_writable"] = [folder]
    policy["env"] |= {"QUALITY_FOLDER": folder, "HOME": folder, "TMPDIR": folder}
    return folder


def _tell(control: socket.socket, **words: object) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        control.send(json.dumps(words).encode())


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
        time.sleep(END_WITHIN_S)  # by then it is over, and this process, too
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
