"""`phonebar voice train` as it is used: from recordings, listed, heard with, forgotten."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from adapters.voice.enrolment.taught import path_for
from adapters.voice.recogniser import RATE
from assistant.cli import main
from tests.adapters.voice.enrolment.speaker import needs_espeak, said, save
from tests.adapters.voice.enrolment.test_templates import UNUSUAL

CONTACTS = "name,number,aliases\nMaria Rossi,+390655501104,Mary\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "recordings"
    made.mkdir()
    return made


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(CONTACTS, encoding="utf-8")
    return path


def phonebar(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def train(*arguments: str | Path) -> Result:
    return phonebar("voice", "train", *arguments)


def recorded(folder: Path, *labels: str) -> None:
    for label in labels:
        for time in range(3):
            save(said(UNUSUAL.get(label, label), time), folder / f"{label}-{time + 1}.wav")


@needs_espeak
def test_recordings_are_taken_by_their_names(folder: Path, contacts: Path) -> None:
    recorded(folder, "hold", "hang up", "Maria Rossi")
    for time in range(2):
        save(said("five", time), folder / f"five_{time}.wav")
    done = train("--from", folder, "--contacts", contacts, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {
        "taught": [
            {"label": "Maria Rossi", "samples": 3},
            {"label": "five", "samples": 2},
            {"label": "hang up", "samples": 3},
            {"label": "hold", "samples": 3},
        ],
        "refused": [],
    }
    listed = json.loads(train("--list", "--json").output)
    assert {row["label"]: row["role"] for row in listed["taught"]} == {
        "Maria Rossi": "name",
        "five": "digit",
        "hang up": "alone:hangup",
        "hold": "alone:hold",
    }


@needs_espeak
def test_a_whole_sentence_can_be_taught_too(folder: Path) -> None:
    save(said("[['OlOv]]"), folder / "hang up all.wav")
    assert train("--from", folder).exit_code == 0
    (row,) = json.loads(train("--list", "--json").output)["taught"]
    assert (row["label"], row["role"]) == ("hang up all", "alone:hangup")


@needs_espeak
def test_what_is_of_no_use_is_named_and_the_rest_is_taken(folder: Path) -> None:
    recorded(folder, "hold")
    save(np.zeros(RATE, np.float32), folder / "resume-1.wav")
    save(said("hold"), folder / "the moon is made of cheese-1.wav")
    (folder / "answer-1.wav").write_bytes(b"RIFF, but not much else")
    done = train("--from", folder)
    assert done.exit_code == 1
    assert "hold: 3" in done.output
    for why in ("resume-1.wav: Nothing was heard", "is no digit, no command", "answer-1.wav"):
        assert why in done.output
    assert "Traceback" not in done.output


def test_a_folder_that_is_not_there_is_named(folder: Path) -> None:
    done = train("--from", folder / "nowhere")
    assert done.exit_code == 2
    assert "nowhere" in done.output
    empty = train("--from", folder)
    assert empty.exit_code == 1
    assert "hold-1.wav" in empty.output


@needs_espeak
def test_words_are_forgotten_one_by_one_or_all(folder: Path) -> None:
    recorded(folder, "hold", "resume")
    train("--from", folder)
    unknown = train("--delete", "nonsense", "--delete", "hold")
    assert unknown.exit_code == 2
    assert "hold: 3" in train("--list").output
    assert train("--delete", "Hold").exit_code == 0
    assert train("--list").output == "resume: 3\n"
    assert train("--delete-all").exit_code == 0
    assert not path_for("en").exists()
    assert "phonebar voice train" in train("--list").output


@needs_espeak
def test_no_sound_is_kept(folder: Path) -> None:
    recorded(folder, "hold")
    train("--from", folder)
    with np.load(path_for("en")) as kept:
        assert kept["rows"].shape[1] == 13
        numbers = sum(kept[name].size for name in kept.files)
    samples = sum(len(said(UNUSUAL["hold"], time)) for time in range(3))
    assert numbers < samples / 10  # fewer than sound of any use would take
    assert [path.name for path in path_for("en").parent.iterdir()] == [path_for("en").name]


@needs_espeak
def test_words_that_sound_alike_are_named_in_the_list(folder: Path) -> None:
    for time in range(3):
        save(said("[[oU]]", time), folder / f"hold-{time}.wav")
        save(said("[[oU]]", time), folder / f"no-{time}.wav")
    train("--from", folder)
    assert "hold: 3; sounds like no" in train("--list").output


def test_a_damaged_file_is_named_with_what_can_be_done() -> None:
    path_for("en").parent.mkdir(parents=True)
    path_for("en").write_bytes(b"PK\x03\x04 nonsense")
    done = train("--list")
    assert done.exit_code == 1
    assert str(path_for("en")) in done.output
    assert "--delete-all" in done.output
    assert train("--delete-all").exit_code == 0
    assert train("--list").exit_code == 0


@pytest.mark.parametrize(
    ("given", "why"),
    [(["blue"], "no command"), (["--name", "Nobody Known"], "not in the directory")],
)
def test_what_cannot_be_taught_is_said_before_the_lesson(
    contacts: Path, given: list[str], why: str
) -> None:
    done = train("--contacts", contacts, *given)
    assert done.exit_code == 2
    assert why in done.output


@needs_espeak
def test_what_was_taught_is_heard_from_then_on(folder: Path, tmp_path: Path) -> None:
    recorded(folder, "hold", "hang up", "answer", "resume")
    train("--from", folder)
    spoken = save(said(UNUSUAL["hang up"], 4), tmp_path / "spoken.wav")
    done = phonebar("hear", "--engine", "templates", "--json", spoken)
    assert done.exit_code == 0, done.output
    heard = json.loads(done.output)
    assert (heard["text"], heard["intent"], heard["engine"]) == ("hang up", "hangup", "templates")
    assert heard["confidence"] >= 0.8


def test_with_nothing_taught_the_engine_says_how_to_teach_it(tmp_path: Path) -> None:
    spoken = save(np.zeros(RATE, np.float32), tmp_path / "spoken.wav")
    done = phonebar("hear", "--engine", "templates", spoken)
    assert done.exit_code == 1
    assert "phonebar voice train" in done.output
