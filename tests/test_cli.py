"""The `phonebar` command, run as a person and a script run it, against a real phonebar."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from assistant.cli import COMMANDS, main
from assistant.config import load
from assistant.contract import CallEvent, LiveCall, Reply
from assistant.control import ControlClient, ControlError
from phonebar.line import Line
from phonebar.server import Server
from phonebar.simulator import Simulator
from tests.desk import QUICK, eventually

MARIA, SMITH, CARTER = "+390655501104", "+12025550101", "+12025550102"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder of its own, with the starter files."""
    folder = tmp_path / "home"
    folder.mkdir()
    assert phonebar("init", "--folder", str(folder)).exit_code == 0
    monkeypatch.setenv("PHONEBAR_CONFIG", str(folder / "assistant.toml"))
    monkeypatch.setenv("PHONEBAR_VERIFY_SECONDS", "0.5")
    monkeypatch.setenv("PHONEBAR_POLL_FAST", "0.02")
    return folder


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line(Simulator(QUICK))
    yield made
    made.close()


@pytest.fixture
def url(line: Line, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with Server(line) as server:
        monkeypatch.setenv("PHONEBAR_URL", server.url)
        yield server.url


def phonebar(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, arguments)


def process(*arguments: str, **more: Any) -> subprocess.Popen[str]:
    """Start a command as a process of its own."""
    new_group = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0
    return subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        creationflags=new_group,
        cwd=Path(__file__).resolve().parent.parent,
        **more,
    )


def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
    """Run a command as a process of its own, to its end."""
    started = process(*arguments)
    out, err = started.communicate(typed, timeout=30)
    return started.returncode, out, err


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], queue.SimpleQueue[str]]]:
    """A command that goes on until it is told to end, and the lines that it writes."""
    started = process(*arguments)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        assert started.stdout is not None
        for text in started.stdout:
            lines.put(text.rstrip("\n"))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield started, lines
    finally:
        started.kill()
        started.wait(10)
        reader.join(10)
        for pipe in (started.stdin, started.stdout, started.stderr):
            if pipe is not None:
                pipe.close()


def interrupt(started: subprocess.Popen[str]) -> int:
    """Press Ctrl+C (Ctrl+Break on Windows), and wait for the end."""
    started.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
    return started.wait(15)


def ring(line: Line, number: str) -> None:
    assert isinstance(line.backend, Simulator)
    line.backend.incoming(number)


def states(line: Line) -> list[str]:
    return [call.state.name for call in line.calls() if call.state is not None]


# do


@pytest.mark.usefixtures("url")
def test_do_says_by_its_exit_status_what_became_of_it(line: Line) -> None:
    done = phonebar("do", "call 200")
    assert (done.exit_code, "200" in done.output) == (0, True)
    eventually(lambda: states(line) == ["ACTIVE"])
    asked = phonebar("do", "call john")
    assert (asked.exit_code, "John Carter" in asked.output) == (3, True)
    refused = phonebar("do", "answer")
    assert (refused.exit_code, "nothing" in refused.output) == (4, True)
    failed = phonebar("--url", NOWHERE, "do", "hang up")
    assert (failed.exit_code, "nothing was done" in failed.output) == (5, True)
    assert states(line) == ["ACTIVE"]


def test_do_is_not_certain_when_the_phonebar_only_says_yes(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(line, quirks=True) as server:
        monkeypatch.setenv("PHONEBAR_URL", server.url)
        assert phonebar("do", "call 200").exit_code == 0
        eventually(lambda: states(line) == ["ACTIVE"])
        monkeypatch.setattr(line.backend, "hold", lambda _call_id: None)
        told = phonebar("do", "hold")
    assert (told.exit_code, "cannot see" in told.output) == (6, True)


@pytest.mark.parametrize(
    "arguments",
    [(), ("--nonsense", "hold"), ("--within", "soon", "hold"), ("--within", "-1", "hold")],
)
def test_do_used_wrongly_does_nothing(line: Line, url: str, arguments: tuple[str, ...]) -> None:
    assert phonebar("do", *arguments).exit_code == 2
    assert line.entries() == ()


@pytest.mark.usefixtures("url")
def test_do_prints_the_reply_as_data(line: Line) -> None:
    told = phonebar("do", "--json", "call", "maria", "rossi")
    reply = Reply.from_json(json.loads(told.output))
    assert (reply.status, told.exit_code) == ("done", 0)
    assert reply.command is not None
    assert reply.command.to_json() == {
        "intent": "call",
        "slots": {"target": {"contact": "Maria Rossi"}},
    }
    assert [call.number for call in reply.calls] == [MARIA]


@pytest.mark.usefixtures("url")
def test_do_with_the_same_id_is_done_once(line: Line) -> None:
    first, second = (phonebar("do", "--id", "one", "call 200") for _ in range(2))
    assert (first.output, first.exit_code) == (second.output, second.exit_code)
    assert [entry.what for entry in line.entries() if entry.kind == "command"] == ["originate"]


@pytest.mark.usefixtures("url")
def test_do_that_is_too_late_is_not_sent(line: Line) -> None:
    assert phonebar("do", "--within", "0", "call 200").exit_code == 4
    assert line.calls() == ()


@pytest.mark.usefixtures("url")
def test_two_processes_share_what_the_person_was_asked(line: Line) -> None:
    assert run("do", "call maria rossi")[0] == 0
    eventually(lambda: states(line) == ["ACTIVE"])
    status, out, _ = run("do", "transfer to john")
    assert status == 3
    choices = out.splitlines()[1:3]
    assert {choice.partition("(")[0][3:] for choice in choices} == {"John Smith ", "John Carter "}
    second = SMITH if SMITH in choices[1] else CARTER
    status, out, _ = run("do", "the second")
    assert (status, second in out) == (0, True)
    (transfer,) = [entry for entry in line.entries() if entry.what == "transfer"]
    assert transfer.number == second


# calls, watch


@pytest.mark.usefixtures("url")
def test_calls_shows_a_line_each(line: Line) -> None:
    assert phonebar("calls").output == "There are no calls.\n"
    ring(line, MARIA)
    ring(line, "200")
    shown = phonebar("calls").output.splitlines()
    assert shown == [
        f"1: Maria Rossi ({MARIA}), incoming, ringing",
        "2: Sales (200), incoming, ringing",
    ]
    found = [LiveCall.from_json(item) for item in json.loads(phonebar("calls", "--json").output)]
    assert [(call.line, call.number, call.name) for call in found] == [
        (1, MARIA, "Maria Rossi"),
        (2, "200", "Sales"),
    ]


@pytest.mark.usefixtures("url")
def test_a_call_keeps_its_number_from_one_process_to_the_next(line: Line) -> None:
    ring(line, MARIA)
    phonebar("calls")
    ring(line, "200")
    phonebar("calls")
    line.hangup(1)
    assert phonebar("calls").output == "2: Sales (200), incoming, ringing\n"


def test_calls_without_a_phonebar_says_how_to_mend_it() -> None:
    told = phonebar("--url", NOWHERE, "calls")
    assert (told.exit_code, NOWHERE in told.output, "doctor" in told.output) == (5, True, True)


@pytest.mark.usefixtures("url")
def test_watch_tells_what_happens_until_it_is_interrupted(line: Line) -> None:
    with running("watch", "--json") as (watching, lines):
        ring(line, MARIA)
        event = CallEvent.from_json(json.loads(lines.get(timeout=15)))
        assert event.call is not None
        assert (event.kind, event.call.name) == ("incoming", "Maria Rossi")
        assert isinstance(line.backend, Simulator)
        line.backend.hangup_far(1)
        event = CallEvent.from_json(json.loads(lines.get(timeout=15)))
        assert event.kind == "missed"
        if (
            sys.platform != "win32"
        ):  # there Ctrl+Break ends Python at once, with a status of its own
            assert interrupt(watching) == 0
            assert watching.stderr is not None
            assert watching.stderr.read() == ""


@pytest.mark.usefixtures("url")
def test_watch_in_words(line: Line) -> None:
    with running("watch") as (_, lines):
        ring(line, MARIA)
        assert lines.get(timeout=15) == f"Maria Rossi ({MARIA}) is calling."


# history


@pytest.mark.usefixtures("url")
def test_history_tells_what_was_asked_and_who_was_called(line: Line) -> None:
    assert "Nothing" in phonebar("history").output
    phonebar("do", "call maria rossi")
    eventually(lambda: states(line) == ["ACTIVE"])
    phonebar("calls")
    phonebar("do", "hold")
    newest, *older = phonebar("history").output.splitlines()
    assert '  cli: "hold" - done: ' in newest
    assert any('  cli: "call maria rossi" - done: ' in text for text in older)
    assert any(f"  call to Maria Rossi, {MARIA}: answered, still up" in text for text in older)
    data = [json.loads(text) for text in phonebar("history", "--json").output.splitlines()]
    assert [item["type"] for item in data if item["type"] == "call"] == ["call"]
    assert data[0]["intent"] == "hold"
    assert len(phonebar("history", "--limit", "1").output.splitlines()) == 1


@pytest.mark.usefixtures("url")
def test_history_forgets_one_number_or_everything(line: Line, state: Path) -> None:
    phonebar("do", "call maria rossi")
    phonebar("do", "hang up")
    phonebar("do", "call 200")
    gone = json.loads(phonebar("history", "--forget", "--number", MARIA, "--json").output)
    assert gone["forgotten"] >= 2
    assert MARIA not in phonebar("history").output
    assert "200" in phonebar("history").output
    assert phonebar("history", "--forget").exit_code == 0
    assert "Nothing" in phonebar("history").output
    left = b"".join(path.read_bytes() for path in state.glob("journal.sqlite3*"))
    assert MARIA[1:].encode() not in left


def test_history_of_a_number_alone_is_a_mistake_that_forgets_nothing() -> None:
    told = phonebar("history", "--number", MARIA)
    assert (told.exit_code, "--forget" in told.output) == (2, True)


def test_a_journal_that_cannot_be_opened_is_told(state: Path) -> None:
    (state / "journal.sqlite3").write_bytes(b"this is a letter, and no database" * 100)
    for arguments in (("calls",), ("history",), ("history", "--forget"), ("do", "hold")):
        told = phonebar(*arguments)
        assert (told.exit_code, "journal.sqlite3" in told.output) == (1, True), arguments
    assert "problem: journal: " in phonebar("doctor").output


# doctor, init, configuration


def test_doctor_finds_a_phonebar(url: str) -> None:
    told = phonebar("doctor")
    assert told.exit_code == 0
    assert f"ok: phonebar: {url} answers; 0 calls." in told.output
    found = [json.loads(text) for text in phonebar("doctor", "--json").output.splitlines()]
    assert {item["verdict"] for item in found} <= {"ok", "note"}
    assert {item["check"] for item in found} >= {"configuration", "contacts", "journal", "phonebar"}


def test_doctor_says_how_to_mend_what_is_missing(home: Path) -> None:
    (home / "contacts.csv").write_text("name,number\nSales,nonsense\n")
    told = phonebar("--url", NOWHERE, "doctor")
    assert told.exit_code == 1
    assert f"problem: phonebar: nothing answers at {NOWHERE}." in told.output
    assert "Remote Control" in told.output
    assert "problem: contacts: " in told.output
    assert "line 2" in told.output


def test_doctor_knows_what_is_no_phonebar() -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer

    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        thread = threading.Thread(target=other.serve_forever, daemon=True)
        thread.start()
        told = phonebar("--url", f"http://127.0.0.1:{other.server_port}", "doctor")
        other.shutdown()
    assert told.exit_code == 1
    assert "is no phonebar" in told.output


def test_a_mistake_in_the_configuration_names_file_key_and_what_is_meant(home: Path) -> None:
    file = home / "assistant.toml"
    file.write_text("[phonebar]\nurll = 'http://127.0.0.1:9888'\n")
    for command in ("calls", "watch", "history", "headless", "run", "demo"):
        told = phonebar("--config", str(file), command)
        assert told.exit_code == 2, command
        assert f"{file}: unknown key phonebar.urll; did you mean url?" in told.output, command
    told = phonebar("doctor")
    assert (told.exit_code, "problem: configuration: " in told.output) == (1, True)


def test_a_language_that_there_is_not_is_told() -> None:
    told = phonebar("--language", "en,xx", "calls")
    assert (told.exit_code, "must be any of de, en" in told.output) == (2, True)


def test_init_keeps_what_is_there_unless_forced(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first = phonebar("init", "--folder", str(folder))
    assert (first.exit_code, f"Wrote {folder / 'assistant.toml'}." in first.output) == (0, True)
    assert load(folder / "assistant.toml").source == folder / "assistant.toml"
    (folder / "contacts.csv").write_text("mine")
    again = phonebar("init", "--folder", str(folder))
    assert (again.exit_code, "Kept" in again.output) == (0, True)
    assert (folder / "contacts.csv").read_text() == "mine"
    assert phonebar("init", "--folder", str(folder), "--force").exit_code == 0
    assert (folder / "contacts.csv").read_text() != "mine"


def test_init_says_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told = phonebar("init", "--folder", str(tmp_path / "file" / "in"))
    assert (told.exit_code, "--folder" in told.output) == (1, True)


# demo


def test_the_demo_takes_its_lines_from_a_pipe() -> None:
    status, out, err = run("demo", "--no-script", typed="call 200\nhold\nwho is it\nhang up\n")
    said = out.splitlines()
    assert (status, err) == (0, "")
    assert "nobody is really called" in said[0]
    assert any(text.startswith("Calling Sales (200).") for text in said)
    assert "Connected to Sales (200)." in said
    assert "Sales (200) is on hold." in said
    assert any(text.startswith("1: Sales (200), outgoing, on hold") for text in said)
    assert "Hung up Sales (200)." in said
    assert said[-1].startswith("Goodbye")


def test_the_demo_reads_and_keeps_nothing_of_its_users(state: Path, home: Path) -> None:
    (home / "assistant.toml").write_text("[nonsense]\n")
    status, out, _ = run("demo", "--no-script", "--json", typed='{"text": "call 200"}\n')
    assert status == 0
    kinds = [json.loads(text)["type"] for text in out.splitlines()]
    assert (kinds[0], "reply" in kinds, kinds[-1]) == ("ready", True, "bye")
    assert list(state.iterdir()) == []


# run


@pytest.mark.usefixtures("url")
def test_the_service_does_what_other_processes_ask(
    line: Line, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running("run") as (service, lines):
        assert url in lines.get(timeout=15)
        with monkeypatch.context() as patch:
            patch.setattr("assistant.build.build", unwanted)
            assert phonebar("do", "call 200").exit_code == 0
            eventually(lambda: states(line) == ["ACTIVE"])
            assert "Sales (200), outgoing, connected" in phonebar("calls").output
            assert '"call 200" - done' in phonebar("history").output
            assert "running" in phonebar("doctor").output
            second = phonebar("run")
            assert (second.exit_code, "running already" in second.output) == (1, True)
        with running("watch") as (watching, seen):
            eventually(lambda: rings_and_is_seen(line, seen))
            assert interrupt(service) == 0
            assert watching.wait(15) == 5
            assert watching.stderr is not None
            assert "The service has stopped" in watching.stderr.read()
        assert service.stderr is not None
        assert service.stderr.read() == ""
    assert phonebar("do", "hold").exit_code == 0
    assert "on hold" in phonebar("calls").output


def test_a_phonebar_that_wants_a_token_is_not_called_absent(line: Line) -> None:
    with Server(line, token="abcdefgh") as server:  # noqa: S106 - guards nothing
        refused = phonebar("calls", "--url", server.url)
    assert refused.exit_code == 5
    assert "PHONEBAR_TOKEN" in refused.output
    assert ".." not in refused.output


@pytest.mark.usefixtures("url")
def test_the_service_may_have_a_console_of_its_own(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONEBAR_RUN_SURFACES", "headless")
    with running("run") as (service, lines):
        assert "is up" in lines.get(timeout=15)
        assert "Ready." in lines.get(timeout=15)
        assert service.stdin is not None
        service.stdin.write("call 200\n")
        service.stdin.flush()
        reads_until(lines, "Calling Sales")
        eventually(lambda: states(line) == ["ACTIVE"])
        assert phonebar("do", "hang up").exit_code == 0
        reads_until(lines, "The call with Sales")
        if sys.platform != "win32":  # there a read of standard input cannot be interrupted
            assert interrupt(service) == 0
            assert lines.get(timeout=15).startswith("Goodbye")


@pytest.mark.usefixtures("url")
def test_a_service_that_was_killed_leaves_nobody_waiting(line: Line) -> None:
    with running("run") as (service, lines):
        lines.get(timeout=15)
        service.kill()
        service.wait(10)
    assert phonebar("do", "call 200").exit_code == 0
    with running("run") as (_, lines):
        assert "is up" in lines.get(timeout=15)


@pytest.mark.usefixtures("url")
def test_a_service_that_goes_away_before_it_answers_leaves_it_uncertain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(*_: object) -> None:
        raise ControlError("the service went away")

    with running("run") as (_, lines):
        lines.get(timeout=15)
        for name in ("handle", "calls", "history"):
            monkeypatch.setattr(ControlClient, name, gone)
        told = phonebar("do", "call 200")
        assert (told.exit_code, "not certain" in told.output) == (6, True)
        assert [phonebar(name).exit_code for name in ("calls", "history")] == [5, 5]


@pytest.mark.usefixtures("url")
def test_a_service_for_another_phonebar_is_left_alone(line: Line) -> None:
    with running("--url", NOWHERE, "run") as (_, lines):
        lines.get(timeout=15)
        assert phonebar("do", "call 200").exit_code == 0


def reads_until(lines: queue.SimpleQueue[str], text: str) -> None:
    while text not in lines.get(timeout=15):
        pass


def rings_and_is_seen(line: Line, lines: queue.SimpleQueue[str]) -> bool:
    """Whether a watcher, which says nothing when it begins to watch, sees a call come in."""
    ring(line, MARIA)
    try:
        return "Maria Rossi" in lines.get(timeout=0.5)
    except queue.Empty:
        line.hangup(int(line.calls()[-1].session_id))
        return False


def unwanted(*_: object) -> None:
    raise AssertionError("this should have gone through the service")


# Help


def test_help_lists_every_command() -> None:
    told = phonebar("--help")
    assert told.exit_code == 0
    assert all(f"\n  {name} " in told.output for name in COMMANDS)
    assert "Examples:" in told.output


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_shows_examples(name: str) -> None:
    told = phonebar(name, "--help")
    assert told.exit_code == 0
    _, _, examples = told.output.partition("Examples:")
    assert f"phonebar {name}" in examples or f"phonebar --config work.toml {name}" in examples


def test_every_option_has_a_word_of_help() -> None:
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, (name, option.name)


@pytest.mark.parametrize(
    ("typed", "meant"), [("hitsory", "history"), ("call", "calls"), ("dcotor", "doctor")]
)
def test_a_mistyped_command_is_recognised(typed: str, meant: str) -> None:
    told = phonebar(typed)
    assert (told.exit_code, f"Did you mean `phonebar {meant}`?" in told.output) == (2, True)
    assert "Did you mean" not in phonebar("xyzzy").output


def test_help_loads_nothing_that_takes_time() -> None:
    code = (
        "import sys; from assistant.cli import main\n"
        "try: main(['--help'])\n"
        "finally: print(sorted({'yaml', 'requests', 'rapidfuzz', 'sqlite3', 'uvicorn'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.splitlines()[-1] == "[]"
