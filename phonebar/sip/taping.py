"""Which calls are being recorded, and how they are told of it. For the stack's thread only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phonebar.sip.recording import Recording, RecordingError
from phonebar.sip.sound import RATE, Tape, beep

if TYPE_CHECKING:
    from phonebar.sip.callbacks import Leg


class Taping:
    """Records calls from their answer to their end.

    Args:
        folder: where to; empty records none.
        seconds: between the beeps; 0 for none.
        complain: told what does not work; from any thread.
        tell: told when a call begins to be recorded, or no longer is.
    """

    def __init__(
        self,
        folder: str,
        seconds: float,
        complain: Callable[[str], None],
        tell: Callable[[str, bool], None],
    ) -> None:
        self._folder, self._seconds = folder, seconds
        self._complain, self._tell = complain, tell
        self._tapes: dict[str, Tape] = {}
        self._spare: list[Tape] = []
        self._ending: list[Recording] = []
        self._given_up: set[str] = set()
        self._beep: Any = None

    def connect(self, leg: Leg, heard: Any, headset: Any, spoken: bool) -> None:
        """Have the call's tape hear what is heard of the call, and what it hears of us.

        Args:
            leg: a call whose sound flows.
            heard: its port in the bridge.
            headset: ours.
            spoken: the call hears us.
        """
        tape = self._tapes.get(leg.call_id)
        if tape is None:
            return
        heard.startTransmit(tape)
        if spoken:
            headset.startTransmit(tape)
        else:
            headset.stopTransmit(tape)
        if self._seconds > 0:
            if self._beep is None:
                self._beep = beep(self._seconds)
            self._beep.startTransmit(heard)
            self._beep.startTransmit(tape)

    def wanted(self, leg: Leg) -> bool:
        """Begin, if the call is to be recorded and is not yet; whether it has begun just now."""
        name = leg.call_id
        if not self._folder or not leg.confirmed or name in self._tapes or name in self._given_up:
            return False
        try:
            recording = Recording(Path(self._folder).expanduser(), name, RATE, self._complain)
        except RecordingError as error:
            self._given_up.add(name)
            self._complain(str(error))
            return False
        # A port of the bridge is never let go of while calls are up: it is used again.
        tape = self._spare.pop() if self._spare else Tape(len(self._tapes))
        tape.recording = recording
        self._tapes[name] = tape
        self._tell(name, True)
        return True

    def look(self) -> None:
        """Say of a recording that has broken off that the call is no longer recorded."""
        for name, tape in self._tapes.items():
            if tape.recording is not None and tape.recording.failed:
                tape.recording = None
                self._tell(name, False)

    def end(self, leg: Leg, headset: Any) -> None:
        """The call is over: its file is closed."""
        self._given_up.discard(leg.call_id)
        tape = self._tapes.pop(leg.call_id, None)
        if tape is None:
            return
        headset.stopTransmit(tape)
        if self._beep is not None:
            self._beep.stopTransmit(tape)
        recording, tape.recording = tape.recording, None
        if recording is not None:
            recording.end()
            self._ending = [one for one in self._ending if one.busy]
            self._ending.append(recording)
        self._spare.append(tape)

    def close(self) -> None:
        """Close every file."""
        for tape in self._tapes.values():
            recording, tape.recording = tape.recording, None
            if recording is not None:
                recording.end()
                self._ending.append(recording)
        for recording in self._ending:
            recording.wait()
