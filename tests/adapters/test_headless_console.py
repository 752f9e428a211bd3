"""The text console: plain lines for people, JSON Lines for programs, a whole line on a terminal."""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.feedback.feedback import Cue
from adapters.headless.console import Console
from adapters.headless.console import terminal as edited
from assistant.contract import INTENTS
from phonebar.line import Line
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.desk import QUICK, Desk, eventually

MARIA = "+390655501104"


class Sitting:
    """Somebody at a console: what they type, what they see, what they hear."""

    def __init__(self, phone: Desk, **more: Any) -> None:
        self._typed: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.seen: list[str] = []
        self.heard: list[str] = []
        self.urgent: list[bool] = []
        self.cues: list[Cue] = []
        self.console = Console(
            phone.assistant, iter(self._typed.get, None), self.seen.append, feedback=self, **more
        )
        self._thread = threading.Thread(target=self.console.run, daemon=True)

    def cue(self, cue: Cue) -> None:
        self.cues.append(cue)

    def say(self, text: str, *, urgent: bool = False) -> None:
        self.heard.append(text)
        self.urgent.append(urgent)

    def hush(self) -> None:
        self.heard.append("(hush)")

    def close(self, *, finish: bool = False) -> None:
        raise AssertionError("the console does not own the voice")

    def type(self, *lines: str) -> None:
        for line in lines:
            self._typed.put(line + "\n")

    def waits_for(self, text: str) -> str:
        found: str = eventually(lambda: next((s for s in reversed(self.seen) if text in s), None))
        return found

    @contextmanager
    def going_on(self) -> Iterator[Sitting]:
        self._thread.start()
        eventually(lambda: self.seen)  # from now on it hears of what happens
        try:
            yield self
        finally:
            self._typed.put(None)
            self._thread.join(10)
            assert not self._thread.is_alive()

    def data(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.seen]


# Plain lines


def test_a_sitting_in_plain_lines(phone: Desk) -> None:
    with Sitting(phone).going_on() as me:
        me.type("call 200")
        me.waits_for("Connected")
        me.type("hold")
        me.waits_for("on hold")
    assert me.seen[0].startswith("Ready.")
    assert "Calling Sales (200)." in me.seen
    assert me.seen[-1].startswith("Goodbye")
    assert not any("\x1b" in text or "\r" in text for text in me.seen)


def test_what_happens_meanwhile_is_shown_once_and_ones_own_doing_is_not(phone: Desk) -> None:
    with Sitting(phone).going_on() as me:
        phone.ring(MARIA)
        me.waits_for("is calling")
        me.type("answer")
        me.waits_for("Answered")
        me.type("hold")
        me.waits_for("on hold")
        phone.far.hangup_far(1)  # type: ignore[union-attr]
        me.waits_for("is over")
    assert [text for text in me.seen if "Maria Rossi" in text] == [
        f"Maria Rossi ({MARIA}) is calling.",
        f"Answered Maria Rossi ({MARIA}).",
        f"Maria Rossi ({MARIA}) is on hold.",
        f"The call with Maria Rossi ({MARIA}) is over: they hung up.",
    ]


def test_the_reply_comes_before_what_follows_from_it(phone: Desk) -> None:
    with Sitting(phone).going_on() as me:
        me.type("call 5550100")
        me.waits_for("Connected to 5550100")
        me.waits_for("Calling 5550100")
    assert [text for text in me.seen if "5550100" in text] == [
        "Calling 5550100.",
        "Connected to 5550100.",
    ]


def test_a_reader_who_is_gone_is_no_error_of_the_events(
    phone: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    told = threading.Event()

    def gone(_text: str) -> None:
        told.set()
        raise BrokenPipeError

    subscription = phone.assistant.subscribe(Console(phone.assistant, iter(()), gone)._show_event)
    phone.ring(MARIA)
    assert told.wait(5)
    assert phone.assistant.watcher.drain()
    subscription.close()
    assert "failed" not in caplog.text


def test_everything_that_is_shown_is_heard_and_typing_silences_it(phone: Desk) -> None:
    with Sitting(phone).going_on() as me:
        me.type("call 2025550199")
        me.waits_for("Calling")
    assert me.heard.count("(hush)") == 1
    hush = me.heard.index("(hush)")
    assert me.heard[0].startswith("Ready")
    assert any("2 0 2, 5 5 5, 0 1 9 9" in text for text in me.heard[hush:])
    assert len([text for text in me.heard if text != "(hush)"]) == len(me.seen)


def test_what_a_line_came_to_has_its_earcon_and_takes_the_place_of_what_is_spoken(
    phone: Desk,
) -> None:
    with Sitting(phone).going_on() as me:
        phone.ring(MARIA)
        me.waits_for("is calling")
        me.type("answer")
        me.waits_for("Answered")
        me.type("hold call 7")
        me.waits_for("no call 7")
    assert me.cues == ["ringing", "done", "failed"]
    spoken = [text for text in me.heard if text != "(hush)"]
    urgent = [text for text, at_once in zip(spoken, me.urgent, strict=True) if at_once]
    assert [text.split(".")[0] for text in urgent] == [
        "Answered Maria Rossi",
        "There is no call 7",
    ]


@pytest.mark.parametrize("word", ["quit", "  EXIT ", "bye", ":q"])
def test_a_word_to_leave_does_nothing_else(phone: Desk, word: str) -> None:
    with Sitting(phone).going_on() as me:
        me.type("", "   ", word, "call 200")
        me.waits_for("Goodbye")
    assert len(me.seen) == 2
    assert phone.deeds() == []


def test_leaving_keeps_calls_up_and_hears_no_more(phone: Desk) -> None:
    with Sitting(phone).going_on() as me:
        me.type("call 200")
        me.waits_for("Calling")
    seen = len(me.seen)
    phone.wait("200", "active")
    phone.do("hold")
    phone.assistant.watcher.drain()
    assert phone.states() == {"200": "holding"}
    assert len(me.seen) == seen


def test_what_a_crash_interrupted_is_told_first(phone: Desk) -> None:
    phone.assistant._once._notices.append(("It was not done.", "It was not done."))
    with Sitting(phone).going_on() as me:
        pass
    assert me.seen[1] == "It was not done."


# JSON Lines


def test_a_sitting_in_json_lines(phone: Desk) -> None:
    with Sitting(phone, json_lines=True).going_on() as me:
        me.type('{"text": "call 200"}')
        me.waits_for('"connected"')
        me.type(
            '{"command": {"intent": "hold"}, "id": "one"}',
            '{"command": {"intent": "hold", "slots": {}}, "id": "one"}',
        )
        eventually(lambda: len([item for item in me.data() if item["type"] == "reply"]) == 3)
    first, last = me.data()[0], me.data()[-1]
    assert (first["type"], last["type"]) == ("ready", "bye")
    replies = [item for item in me.data() if item["type"] == "reply"]
    assert [reply["status"] for reply in replies] == ["done"] * 3
    assert replies[1]["id"] == replies[2]["id"] == "one"
    assert replies[0]["calls"][0]["number"] == "200"
    assert all(item["text"] for item in me.data() if not item.get("quiet"))


def test_events_in_json_lines_say_whose_doing_they_are(phone: Desk) -> None:
    with Sitting(phone, json_lines=True).going_on() as me:
        phone.ring(MARIA)
        me.waits_for('"incoming"')
        me.type('{"text": "answer"}')
        me.waits_for('"connected"')
    events = {item["event"]: item for item in me.data() if item["type"] == "event"}
    assert events["incoming"]["call"]["name"] == "Maria Rossi"
    assert (events["incoming"]["quiet"], events["connected"]["quiet"]) == (False, True)
    assert "calling" in events["incoming"]["text"]


BAD = (
    "hold",
    "[]",
    "5",
    "null",
    "{}",
    '{"text": "  "}',
    '{"text": 5}',
    '{"text": "hold"',
    '{"command": "hold"}',
    '{"command": {}}',
    '{"command": {"intent": "fly"}}',
    '{"command": {"intent": ["hold"]}}',
    '{"command": {"intent": "hold", "slots": [1]}}',
    '{"text": "hold", "deadline": "soon"}',
    '{"text": "hold", "deadline": NaN}',
    '{"text": "hold", "id": 7}',
    '{"text": "hold", "language": ["en"]}',
    "[" * 100_000,
)


@pytest.mark.parametrize("line", BAD, ids=lambda line: line[:40])
def test_a_line_that_is_no_request_is_answered_and_does_nothing(phone: Desk, line: str) -> None:
    phone.call("200")
    with Sitting(phone, json_lines=True).going_on() as me:
        me.type(line, '{"command": {"intent": "list_calls"}}')
        me.waits_for('"reply"')
    kinds = [item["type"] for item in me.data()]
    assert kinds == ["ready", "error", "reply", "bye"]
    assert "nothing was done" in me.data()[1]["text"]
    assert phone.states() == {"200": "active"}


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
REQUESTS = st.dictionaries(
    st.sampled_from(["text", "id", "deadline", "language", "more"]), JSON, max_size=4
)
# Only words of the dialogue, so that nothing is dialled: what is tested is the reading.
COMMANDS = st.builds(
    lambda intent, slots, more: {**more, "command": {"intent": intent, "slots": slots}},
    st.sampled_from(sorted(INTENTS - {"call", "transfer"})) | JSON,
    JSON,
    REQUESTS,
)


@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(request=JSON | REQUESTS | COMMANDS)
@example(request={"text": "\ud800"})
def test_any_json_line_gets_one_answer(phone: Desk, request: Any) -> None:
    seen: list[str] = []
    line = json.dumps(request)
    Console(phone.assistant, iter([line + "\n"]), seen.append, json_lines=True).run()
    kinds = [json.loads(text)["type"] for text in seen]
    assert kinds in (["ready", "reply", "bye"], ["ready", "error", "bye"])


# Pipes and terminals


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line(Simulator(QUICK))
    yield made
    made.close()


@pytest.fixture
def environment(line: Line, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a console of its own, at a phonebar of its own."""
    file = tmp_path / "assistant.toml"
    file.write_text("[assistant]\ncontacts = []\n")
    with Server(line) as server:
        yield {
            **os.environ,
            "PHONEBAR_URL": server.url,
            "PHONEBAR_CONFIG": str(file),
            "PROMPT_TOOLKIT_NO_CPR": "1",
            "TERM": "xterm",
        }


def test_a_pipe_gets_plain_lines(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "headless"],
        input="call 200\n\nhang up\nquit\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        timeout=30,
        check=True,
    )
    said = done.stdout.splitlines()
    assert (said[0][:6], said[-1][:8], done.stderr) == ("Ready.", "Goodbye.", "")
    assert "Calling 200." in said
    assert "Hung up 200." in said
    assert not any("\x1b" in text or text.startswith(">") for text in said)


class Terminal:
    """A person's terminal, with the console in it."""

    def __init__(self, environment: dict[str, str], *options: str) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "headless", *options],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self._raw = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                found = os.read(self._master, 4096)
            except OSError:  # on Linux this is how a terminal ends
                return
            if not found:
                return
            self._raw += found

    @property
    def shown(self) -> str:
        """Everything written so far, without colours and without what was erased again."""
        text = self._raw.decode(errors="replace").replace("\b\x1b[2C", " ")  # after the prompt's >
        text = re.sub(r"[^\n]*\x1b\[\d+D\x1b\[J", "", text)  # back to the line's begin, and erase
        return re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|[()][A-B0-9]|[=>])|\r", "", text)

    @property
    def escapes(self) -> int:
        return self._raw.count(b"\x1b")

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self._reader.join(10)
        os.close(self._master)


@pytest.fixture
def terminal(environment: dict[str, str]) -> Iterator[Callable[..., Terminal]]:
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals that Python can open")
    opened: list[Terminal] = []

    def opens(*options: str) -> Terminal:
        opened.append(Terminal(environment, *options))
        return opened[-1]

    yield opens
    for made in opened:
        made.close()


def test_an_event_does_not_spoil_the_line_that_is_being_typed(
    terminal: Callable[..., Terminal], line: Line
) -> None:
    me = terminal()
    eventually(lambda: me.shown.endswith("> ") and "Ready." in me.shown)
    me.type("call 2")
    eventually(lambda: "> call 2" in me.shown)
    assert isinstance(line.backend, Simulator)
    line.backend.incoming(MARIA)
    eventually(lambda: f"{MARIA} is calling." in me.shown)
    # The event stands on a line of its own, and what was typed stands again below it.
    eventually(lambda: "> call 2" in me.shown.partition(" is calling.\n")[2])
    assert f"\n{MARIA} is calling.\n" in me.shown
    assert line.entries()[-1].what != "originate"
    me.type("00\r")
    eventually(lambda: [e.number for e in line.entries() if e.what == "originate"] == ["200"])
    eventually(lambda: "Calling 200." in me.shown)
    me.type("quit\r")
    assert me.process.wait(10) == 0
    assert "Goodbye" in me.shown


def test_any_key_at_a_terminal_is_heard_of_at_once_so_that_it_silences_the_voice() -> None:
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output import DummyOutput

    keys: list[str] = []
    with create_pipe_input() as typed, create_app_session(typed, DummyOutput()):
        typed.send_text("ab\r")
        with edited(on_key=lambda: keys.append("key")) as lines:
            assert next(lines) == "ab"
    assert keys == ["key"] * 3


def test_a_plain_terminal_has_no_cursor_movement(terminal: Callable[..., Terminal]) -> None:
    me = terminal("--plain")
    eventually(lambda: "Ready." in me.shown)
    me.type("call 200\n")
    eventually(lambda: "Calling 200." in me.shown)
    me.type("\x04")  # the end of input
    assert me.process.wait(10) == 0
    assert me.escapes == 0
