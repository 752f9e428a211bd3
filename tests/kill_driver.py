"""Runs one command in a process of its own, to be killed: `kill_driver.py URL JOURNAL ID COMMAND`.

Prints `ready` when the Assistant is up, and takes the command when a line with its deadline (Unix
time in seconds) arrives.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace

from assistant.build import build
from assistant.contract import Command, Utterance
from tests.fault_run import CONFIG


def main() -> None:
    """Carry the command out, and print the reply's status."""
    url, journal, command_id, command = sys.argv[1:]
    config = replace(
        CONFIG,
        phonebar=replace(CONFIG.phonebar, url=url),
        journal=replace(CONFIG.journal, path=journal),
    )
    assistant = build(config)
    assistant.start()
    print("ready", flush=True)
    deadline = float(sys.stdin.readline())
    asked = Utterance(
        "x",
        surface="cli",
        command=Command(**json.loads(command)),
        id=command_id,
        deadline=deadline,
    )
    print(assistant.handle(asked).status, flush=True)
    assistant.close()


if __name__ == "__main__":
    main()
