"""`phonebar serve --backend sip` as a user starts it, and the assistant in front of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

import psutil

from tests.phonebar.sip.kamailio import kamailio
from tests.phonebar.sip.phones import eventually, phones

PASSWORDS = {"100": "onehundred", "200": "twohundred"}


class Served:
    """A running `phonebar serve`."""

    def __init__(self, folder: Path, domain: str, password: str, more: str) -> None:
        config = folder / "assistant.toml"
        config.write_text(
            f'[sip]\ndomain = "{domain}"\nuser = "100"\nbind = "127.0.0.1"\nsound = false\n{more}'
        )
        self._path = folder / "said.txt"
        self._out = self._path.open("wb")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "assistant.cli", "serve", "--backend", "sip"),
                *("--port", "0", "--config", str(config)),
            ],
            stdout=self._out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "SIP_PASSWORD": password, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )

    @property
    def said(self) -> str:
        return self._path.read_text()

    def says(self, words: str) -> None:
        eventually(lambda: words in self.said, lambda: self.said)

    @property
    def url(self) -> str:
        self.says("listening on")
        found = re.search(r"http://[\d.:]+", self.said)
        assert found is not None
        return found[0]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(15)
        self._out.close()


@contextmanager
def serving(folder: Path, domain: str, password: str, more: str = "") -> Iterator[Served]:
    found = Served(folder, domain, password, more)
    try:
        yield found
    finally:
        found.close()


def do(url: str, text: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "do", "--json", "--url", url, text],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def test_a_user_calls_holds_and_hangs_up_by_words_over_sip(tmp_path: Path) -> None:
    with (
        kamailio(tmp_path / "kamailio", PASSWORDS) as registrar,
        phones(
            {"domain": registrar.domain, "user": "200", "password": PASSWORDS["200"]}
            | {"register": True}
        ) as (far,),
        serving(tmp_path, registrar.domain, PASSWORDS["100"]) as served,
    ):
        served.says(f"Registered as 100 at {registrar.domain}")
        assert far.backend.wait(lambda standing: standing.registered, 15)
        assert do(served.url, "call 200")["status"] == "done"
        far.until("incoming")
        far.line.answer()
        far.until("active")
        assert do(served.url, "hold")["status"] == "done"
        assert do(served.url, "resume")["status"] == "done"
        assert do(served.url, "hang up")["status"] == "done"
        far.until("released")
        assert PASSWORDS["100"] not in served.said


@pytest.mark.skipif(sys.platform == "win32", reason="there is no group to signal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_ctrl_c_hangs_up_though_all_of_its_processes_get_it(tmp_path: Path, name: str) -> None:
    with (
        phones({"user": "200", "domain": "127.0.0.1:9", "sources": ("any",)}) as (far,),
        serving(
            tmp_path, f"127.0.0.1:{far.backend.standing.port}", "", "register = false\n"
        ) as served,
    ):
        assert do(served.url, "call 200")["status"] == "done"
        far.until("incoming")
        far.line.answer()
        far.until("active")
        os.killpg(served.process.pid, getattr(signal, name))
        far.until("released")
        assert served.process.wait(15) == 0
        assert "broke down" not in served.said
        assert "Traceback" not in served.said


def test_the_password_is_in_the_environment_of_none_of_its_processes(tmp_path: Path) -> None:
    with serving(tmp_path, "127.0.0.1:9", "onehundred") as served:
        assert served.url

        def processes() -> list[psutil.Process]:
            return psutil.Process(served.process.pid).children(recursive=True)

        eventually(lambda: len(processes()) == 2, processes)
        assert [one for one in processes() if "onehundred" in one.environ().values()] == []


def test_a_wrong_password_is_told_with_what_to_check(tmp_path: Path) -> None:
    with (
        kamailio(tmp_path / "kamailio", PASSWORDS) as registrar,
        serving(tmp_path, registrar.domain, "wrong") as served,
    ):
        served.says("does not accept 100 (401")
        assert "SIP_PASSWORD" in served.said
