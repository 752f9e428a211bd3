"""`phonebar serve` and `phonebar simulate`, run as a person runs them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from assistant.commands import serve, simulate
from phonebar.line import Line
from phonebar.protocol import CallState
from phonebar.server import Server


def play(server: Server, *arguments: str) -> Result:
    return CliRunner().invoke(simulate.command, ["--url", server.url, *arguments])


def test_simulate_plays_the_other_end(server: Server, line: Line) -> None:
    came = play(server, "incoming", "2025550101")
    assert (came.exit_code, came.output) == (0, "Call 1 comes in from 2025550101.\n")
    line.answer()
    assert play(server, "transfer", "1", "300").exit_code == 0
    assert line.calls()[0].number == "300"
    shown = play(server, "--json", "hangup", "1")
    assert json.loads(shown.output)["reason"] == "remote_hangup"
    assert play(server, "advance", "5").exit_code == 0
    assert line.calls() == ()
    line.originate("5550102")
    assert play(server, "ring", "1").exit_code == 0
    assert play(server, "answer", "1").exit_code == 0
    assert line.calls()[0].state is CallState.ACTIVE
    assert play(server, "vanish", "1").exit_code == 0
    line.originate("5550102")
    assert play(server, "busy", "1").exit_code == 0


def test_simulate_says_what_was_refused(server: Server) -> None:
    refused = play(server, "answer", "7")
    assert refused.exit_code == 5
    assert refused.output == "There is no call with session 7.\n"


def test_simulate_says_when_nobody_is_there(line: Line) -> None:
    with Server(line) as gone:
        pass
    refused = play(gone, "incoming", "200")
    assert refused.exit_code == 5
    assert "phonebar serve" in refused.output


def test_simulate_knows_a_server_without_its_interface(line: Line) -> None:
    with Server(line, quirks=True) as server:
        refused = play(server, "incoming", "200")
    assert refused.exit_code == 5
    assert "--quirks" in refused.output


def test_simulate_sends_the_token_of_strict_mode(line: Line) -> None:
    with Server(line, token="correct horse") as server:  # noqa: S106 - a test's own
        assert "token" in play(server, "incoming", "200").output
        arguments = ["--url", server.url, "incoming", "200"]
        told = CliRunner().invoke(
            simulate.command, arguments, env={"PHONEBAR_TOKEN": "correct horse"}
        )
    assert told.exit_code == 0


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    code = "from assistant.commands.serve import command; command()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said.startswith("Phonebar (simulated) listening on http://127.0.0.1:")
    assert said.endswith(" - open it in a browser for the page; Ctrl+C ends it.\n")
    yield process, said.split()[4]
    process.kill()
    process.wait(10)
    process.stdout.close()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_serve_tells_its_address_and_ends_cleanly(
    served: tuple[subprocess.Popen[str], str], name: str
) -> None:
    process, url = served
    assert requests.get(f"{url}/api/originate/12498398500", timeout=10).status_code == 200
    with requests.get(f"{url}/ext/v1/events", stream=True, timeout=10):
        process.send_signal(getattr(signal, name))
        assert process.wait(10) == 0
    assert process.stdout is not None
    assert process.stdout.read() == ""


def run_serve(*arguments: str) -> Result:
    return CliRunner().invoke(serve.command, arguments)


def test_serve_names_what_is_wrong(server: Server, tmp_path: Path) -> None:
    taken = run_serve("--port", str(server.port))
    assert taken.exit_code == 1
    assert f"Port {server.port}" in taken.output
    scenario = tmp_path / "s.toml"
    scenario.write_text("[default]\noutcome = 'maybe'\n", encoding="utf-8")
    assert "must be one of answers" in run_serve("--scenario", str(scenario)).output
    assert "no SIP account yet" in run_serve("--backend", "sip").output
    assert run_serve("--token", "short").exit_code == 2


def test_help_shows_examples_a_line_each() -> None:
    for command in (serve.command, simulate.command):
        shown = CliRunner().invoke(command, ["--help"]).output
        assert "\n    phonebar " in shown
