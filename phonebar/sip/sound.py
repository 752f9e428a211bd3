"""The microphone, the speaker and the ringer: PCM between PJSIP and this PC's sound devices.

The wheels for Linux and macOS have no sound device of their own, so all systems are bridged alike.
PJSIP's bridge runs by a clock of its own ("null device"); a short queue at each border takes up
what the two clocks differ, and drops the oldest sound rather than letting delay build up.

    SoundError(Exception)   a device cannot be opened; the calls go on without it
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from phonebar.sip.account import Devices
from phonebar.sip.recording import Recording

RATE = 16000
"""Hertz: what G.722 carries."""
FRAME_MILLISECONDS = 20
FRAME_SAMPLES = RATE * FRAME_MILLISECONDS // 1000
FRAME_BYTES = 2 * FRAME_SAMPLES
QUEUED_FRAMES = 6
"""Sound that may wait at a border: 120 ms."""
SILENCE = bytes(FRAME_BYTES)


class SoundError(Exception):
    """A sound device cannot be used; the message names it and says why."""


class _Border(pj.AudioMediaPort):  # type: ignore[misc]
    """A port of PJSIP's bridge, with a queue each way."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.inward: deque[bytes] = deque(maxlen=QUEUED_FRAMES)
        """From the device into the calls."""
        self.outward: deque[bytes] = deque(maxlen=QUEUED_FRAMES)
        """From the calls to the device."""
        form = pj.MediaFormatAudio()
        form.init(pj.PJMEDIA_FORMAT_PCM, RATE, 1, FRAME_MILLISECONDS * 1000, 16)
        self.createPort(name, form)

    def onFrameRequested(self, frame: Any) -> None:  # noqa: N802 - PJSIP's name
        """The bridge wants a frame to send."""
        try:
            heard = self.inward.popleft()
        except IndexError:
            heard = SILENCE
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        frame.buf = pj.ByteVector(heard)
        frame.size = len(heard)

    def onFrameReceived(self, frame: Any) -> None:  # noqa: N802
        """The bridge has a frame for the device."""
        self.outward.append(bytes(frame.buf)[:FRAME_BYTES] if frame.size else SILENCE)


class Tape(pj.AudioMediaPort):  # type: ignore[misc]
    """A port of the bridge that takes a call down, one after another; see `recording`."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.recording: Recording | None = None
        form = pj.MediaFormatAudio()
        form.init(pj.PJMEDIA_FORMAT_PCM, RATE, 1, FRAME_MILLISECONDS * 1000, 16)
        self.createPort(f"tape {number}", form)

    def onFrameReceived(self, frame: Any) -> None:  # noqa: N802 - PJSIP's name
        """The bridge has mixed a frame of both sides."""
        recording = self.recording
        if recording is not None:
            recording.feed(bytes(frame.buf)[:FRAME_BYTES] if frame.size else SILENCE)


class Sound:
    """This PC's sound devices, as ports of the bridge. For the stack's thread only.

    Args:
        devices: which ones.
        complain: told once for each device that cannot be used.
    """

    def __init__(self, devices: Devices, complain: Callable[[str], None]) -> None:
        self._devices, self._complain = devices, complain
        self._headset = _Border("headset")
        self._bell = _Border("ringer")
        self._streams: dict[str, Any] = {}
        self._refused: set[str] = set()
        self._lock = threading.Lock()
        self._tone: Any = None
        self._ringing = ""

    @property
    def headset(self) -> Any:
        """What the calls are connected with: it hears them, and is the microphone."""
        return self._headset

    def talking(self, wanted: bool) -> None:
        """Open the microphone and the speaker while there are calls, and only then."""
        self._keep("microphone", wanted, self._devices.microphone)
        self._keep("speaker", wanted, self._devices.speaker)

    def ring(self, how: str) -> None:
        """Ring, or be still.

        Args:
            how: `ring` for a call while none is connected, `waiting` for one beside another,
                `ringback` while the far end rings, empty for silence.
        """
        if how == self._ringing:
            return
        self._ringing = how
        self._keep("ringer", how == "ring", self._devices.ringer)
        if self._tone is not None:
            self._tone.stop()
            self._tone = None
        if not how:
            return
        self._tone = pj.ToneGenerator()
        self._tone.createToneGenerator(RATE, 1)
        self._tone.play(_TONES[how](), True)
        self._tone.startTransmit(self._bell if how == "ring" else self._headset)

    def close(self) -> None:
        """Let go of every device and port."""
        self.ring("")
        self.talking(False)
        self._tone = None

    def _keep(self, name: str, wanted: bool, device: str) -> None:
        if not self._devices.enabled:
            return
        stream = self._streams.get(name)
        if wanted and (stream is None or not stream.active):
            self._shut(name)
            try:
                self._streams[name] = self._open(name, device)
                self._refused.discard(name)
            except SoundError as error:
                if name not in self._refused:
                    self._refused.add(name)
                    self._complain(str(error))
        elif not wanted:
            self._shut(name)

    def _shut(self, name: str) -> None:
        stream = self._streams.pop(name, None)
        if stream is not None:
            stream.abort()
            stream.close()

    def _open(self, name: str, device: str) -> Any:
        try:
            import sounddevice as sd

            kind = sd.RawInputStream if name == "microphone" else sd.RawOutputStream
            stream = kind(
                samplerate=RATE,
                channels=1,
                dtype="int16",
                blocksize=FRAME_SAMPLES,
                device=device or None,
                callback=self._callback(name),
            )
            stream.start()
        except (ImportError, OSError) as error:
            raise SoundError(f"{name}: sounddevice cannot be used ({error})") from error
        except Exception as error:
            # PortAudioError and ValueError (no such device): both only known once it is imported.
            raise SoundError(f"{name} {device or '(default)'}: {error}") from error
        return stream

    def _callback(self, name: str) -> Callable[..., None]:
        if name == "microphone":
            inward = self._headset.inward

            def capture(data: Any, _frames: int, _time: Any, _status: Any) -> None:
                inward.append(bytes(data))

            return capture
        outward = (self._headset if name == "speaker" else self._bell).outward

        def play(data: Any, _frames: int, _time: Any, _status: Any) -> None:
            try:
                data[:] = outward.popleft()
            except (IndexError, ValueError):  # nothing there yet, or not a whole frame
                data[:] = bytes(len(data))

        return play


def beep(seconds: float) -> Any:
    """A tone that tells, every so many seconds, that a call is recorded.

    Source: 47 CFR 64.501 and AT&T's practice: 1400 Hz for 0.2 s, every 15 s.
    """
    found = pj.ToneGenerator()
    found.createToneGenerator(RATE, 1)
    found.play(_vector(_tone(1400, 0, 200, round(seconds * 1000) - 200, 6000)), True)
    return found


def _tone(one: int, two: int, on: int, off: int, volume: int = 0) -> Any:
    """A tone of two frequencies (hertz), `on` and `off` for so many milliseconds."""
    found = pj.ToneDesc()
    found.freq1, found.freq2, found.on_msec, found.off_msec = one, two, on, off
    found.volume = volume
    return found


def _vector(*tones: Any) -> Any:
    found = pj.ToneDescVector()
    for tone in tones:
        found.append(tone)
    return found


_TONES: dict[str, Callable[[], Any]] = {
    # Two bursts and a rest, like a bell; the European ringback of ITU-T E.180; a soft double beep.
    "ring": lambda: _vector(_tone(480, 620, 400, 200), _tone(480, 620, 400, 2000)),
    "ringback": lambda: _vector(_tone(425, 0, 1000, 4000)),
    "waiting": lambda: _vector(_tone(440, 0, 120, 120, 4000), _tone(440, 0, 120, 6000, 4000)),
}
