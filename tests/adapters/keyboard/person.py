"""Somebody at a keyboard: presses keys, reads and hears what is told, has a phone."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from adapters.feedback.announcer import Announcer
from adapters.feedback.feedback import Cue
from adapters.input.press import OnPress, Press
from adapters.keyboard.bindings import load
from adapters.keyboard.engine import Timing
from adapters.keyboard.phrases import Phrases
from adapters.keyboard.session import Session
from adapters.keyboard.telling import Telling
from assistant.config import starter
from tests.desk import Desk, eventually

QUICK = Timing(debounce=0.0, digits_debounce=0.0, hold=0.15)


class Wires:
    """What would listen to a keyboard: the presses come from the test."""

    def __init__(self, on_press: OnPress, wanted: Mapping[str, str]) -> None:
        self.on_press, self.wanted = on_press, wanted
        self.error: Exception | None = None
        self.taken = self.unheard = frozenset[str]()
        self.claimed: list[Collection[str]] = []
        self.closed = False
        self.really_up: set[str] = set()
        """What the system says is up, whatever was told."""

    def claim(self, keys: Collection[str]) -> None:
        self.claimed.append(keys)

    def let_go(self, key: str) -> bool:
        return key in self.really_up

    def close(self) -> None:
        self.closed = True


class Ears:
    """Takes in every sound; `now` is what is being spoken."""

    def __init__(self) -> None:
        self.cues: list[Cue] = []
        self.speech: list[str] = []
        self.hushed = 0

    def cue(self, cue: Cue) -> None:
        self.cues.append(cue)

    def say(self, text: str, *, urgent: bool = False) -> None:
        self.speech.append(text)

    def hush(self) -> None:
        self.hushed += 1

    def close(self, *, finish: bool = False) -> None:
        """Nothing to stop."""


class Person:
    """Somebody with a keyboard, a phone and the shipped bindings, or others in `file`."""

    def __init__(
        self,
        phone: Desk,
        file: Path,
        *,
        layer: str = "both",
        timing: Timing = QUICK,
        on_talk: Callable[[bool, bool], None] | None = None,
        any_key_hushes: bool = False,
    ) -> None:
        self.phone, self.file = phone, file
        if not file.exists():
            file.write_bytes(starter("keys.toml").read_bytes())
        self.lines: list[str] = []
        self._seen = 0
        self.ears = Ears()
        self.wires: list[Wires] = []
        assistant = phone.assistant
        languages = assistant.config.assistant.languages
        phrases = Phrases(languages, assistant.directory, assistant.understanding)
        self.session = Session(
            assistant,
            self._open,
            lambda: load(file, layer, phrases),
            phrases,
            telling=Telling(
                Announcer(self.lines.append, self.ears, assistant.wording()), self.ears
            ),
            timing=timing,
            on_talk=on_talk,
            any_key_hushes=any_key_hushes,
        )

    def _open(self, on_press: OnPress, wanted: Mapping[str, str]) -> Wires:
        self.wires.append(Wires(on_press, wanted))
        return self.wires[-1]

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.down(key)
            self.up(key)

    def down(self, key: str) -> None:
        self.wires[-1].on_press(Press(key, True, time.monotonic()))

    def up(self, key: str) -> None:
        self.wires[-1].on_press(Press(key, False, time.monotonic()))

    def reads(self, *parts: str) -> str:
        """Wait for a text, after what was read before, that begins so; return all of it."""

        def there() -> bool:
            new = self.lines[self._seen :]
            return any(all(part in text for part in parts) for text in new)

        try:
            eventually(there)
        except AssertionError:
            raise AssertionError(f"{parts} not in {self.lines[self._seen :]}") from None
        new = self.lines[self._seen :]
        place = next(n for n, text in enumerate(new) if all(part in text for part in parts))
        self._seen += place + 1
        return new[place]

    def settled(self) -> list[str]:
        """Wait until all that was pressed is dealt with; return everything that was read."""
        self.press("f8", "escape")
        self.reads("cancel")
        return self.lines


@contextlib.contextmanager
def at_the_keys(phone: Desk, folder: Path, **more: object) -> Iterator[Person]:
    """A person at the keys."""
    person = Person(phone, folder / "keys.toml", **more)  # type: ignore[arg-type]
    try:
        yield person
    finally:
        person.session.close()
