"""A recording of a call as a file: whole, its user's alone, and given up where it cannot be."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("soundfile", reason="needs the sip extra: it writes FLAC")

import soundfile as sf

from phonebar.sip import recording
from phonebar.sip.recording import Recording, RecordingError
from tests.phonebar.sip.phones import eventually

FRAME = (1000).to_bytes(2, "little") * 320


def test_what_was_fed_is_in_the_file(tmp_path: Path) -> None:
    made = Recording(tmp_path / "new", "0123456789abcdef", 16000, pytest.fail)
    for _ in range(50):
        made.feed(FRAME)
    made.end()
    made.wait()
    sound, rate = sf.read(made.path, dtype="int16")
    assert (len(sound), rate, set(sound)) == (50 * 320, 16000, {1000})


def test_a_folder_that_cannot_be_is_told_and_no_call_ends_for_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="not recorded"):
        Recording(tmp_path / "file" / "folder", "0123456789", 16000, pytest.fail)


def test_a_disk_that_fills_up_ends_the_recording_in_words_and_keeps_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    made = Recording(tmp_path, "0123456789", 16000, told.append)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    for _ in range(recording.LOOKS):
        made.feed(FRAME)
    eventually(lambda: not made.busy)
    assert made.failed
    assert "full" in told[0]
    assert len(sf.read(made.path)[0]) == recording.LOOKS * 320
    with pytest.raises(RecordingError, match="full"):
        Recording(tmp_path, "9876543210", 16000, told.append)
