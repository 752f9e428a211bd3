"""The telephone process: requests come in at standard input, events go out at standard output.

    python -m phonebar.sip.child

It ends when its standard input does, so it never outlives the server.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading

from phonebar.sip.account import Account, Devices
from phonebar.sip.ending import left_to_the_server
from phonebar.sip.messages import (
    Event,
    MessageError,
    Request,
    Start,
    Stop,
    Trouble,
    from_line,
    to_line,
)


def main() -> None:
    """Serve one account."""
    left_to_the_server()
    # The stack prints before it can be told not to; that must not end up among the events.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    def tell(event: Event) -> None:
        with contextlib.suppress(OSError):  # the server is gone, and so are we in a moment
            out.write(to_line(event))

    try:
        first = from_line(sys.stdin.buffer.readline())
    except MessageError:
        return
    if not isinstance(first, Start):
        tell(Trouble("the first request must be Start"))
        return
    lists = {name: tuple(first.account[name]) for name in ("codecs", "sources", "refer_to")}
    account = Account(**{**first.account, **lists})
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()
    from phonebar.sip.agent import Agent

    Agent(account, Devices(**first.devices), tell).run(requests)


def _read(requests: queue.SimpleQueue[Request]) -> None:
    for line in sys.stdin.buffer:
        try:
            requests.put(from_line(line))
        except MessageError:
            continue
    requests.put(Stop())


if __name__ == "__main__":
    status = 1
    try:
        main()
        status = 0
    finally:
        # An ordinary exit would wait for the thread that reads standard input, and abort over it.
        os._exit(status)
