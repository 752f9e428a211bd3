"""The process that hears: what the microphone gives goes to standard output.

`python -m adapters.voice.capture NAME` writes one line of JSON, `{"device", "rate", "channels"}`,
or `{"error"}` and ends; then samples of 16 bits for as long as somebody reads them.

It is a process because sound systems do not always let go: PortAudio's ALSA side spins for ever,
and cannot be closed, when the sound server dies under it. A process can be ended, sees which
devices there are each time it begins, and is delayed by nothing that the program does meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
from typing import Any, NoReturn

from adapters.feedback import device

RATE = 16_000
"""Samples a second that are asked for; where the device cannot, its own."""
BLOCK = 0.032
"""Seconds of sound that are handed on at once."""
HELD = 0.1
"""Seconds of sound that the system may hold when this PC is busy; without need it holds none."""
FIRST, STUCK = 5.0, 1.0
"""Seconds without a sample after which the microphone counts as lost: at first, and then."""


def main() -> NoReturn:
    """Hear until nobody reads any more, or nothing comes."""
    heard: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    out = sys.stdout.buffer
    try:
        sd = device.library()
        number, found = device.microphone(sys.argv[1] if len(sys.argv) > 1 else "")
        stream, rate, channels = _open(sd, number, found, heard)
    except device.NoLibrary as error:
        _tell({"error": "library", "why": str(error)})
        os._exit(2)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other process tells the user
        _tell({"error": type(error).__name__, "why": str(error)})
        os._exit(3)
    _tell({"device": found["name"], "rate": rate, "channels": channels})
    wait = FIRST
    with contextlib.suppress(OSError, queue.Empty, KeyboardInterrupt):
        while (data := heard.get(timeout=wait)) is not None and stream is not None:
            out.write(data)
            out.flush()
            wait = STUCK
    os._exit(0)  # without closing the stream, which may never return


def _open(
    sd: Any, number: int, found: dict[str, Any], heard: queue.SimpleQueue[bytes | None]
) -> tuple[Any, int, int]:
    """The stream as we want it, else as the device has it."""
    own, most = round(found["default_samplerate"]), min(2, found["max_input_channels"])
    problem = RuntimeError(found["name"])
    for rate, channels in dict.fromkeys([(RATE, 1), (own, 1), (own, most)]):
        try:
            stream = sd.RawInputStream(
                samplerate=rate,
                blocksize=round(BLOCK * rate),
                device=number,
                channels=channels,
                dtype="int16",
                latency=HELD,
                extra_settings=device.settings(found),
                callback=lambda data, _frames, _when, _status: heard.put(bytes(data)),
                finished_callback=lambda: heard.put(None),
            )
            stream.start()
        except sd.PortAudioError as error:
            problem = error
        else:
            return stream, rate, channels
    raise problem


def _tell(line: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
