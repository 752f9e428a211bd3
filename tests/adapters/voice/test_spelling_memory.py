"""How words that are in no dictionary are spoken, remembered."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from adapters.voice.sounds import SOUNDS
from adapters.voice.spelling_memory import Remembered, _read


class Speller:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, word: str) -> tuple[str, ...]:
        self.asked.append(word)
        return ("K", "AA", "T")


def test_a_word_is_found_out_once_in_this_life_and_the_next(tmp_path: Path) -> None:
    speller, path = Speller(), tmp_path / "voice" / "spoken.tsv"
    for _ in range(2):
        spelt = Remembered(speller, path)
        assert spelt("kowalska") == spelt("kowalska") == ("K", "AA", "T")
    assert speller.asked == ["kowalska"]


def test_lines_that_cannot_be_read_are_found_out_again(tmp_path: Path) -> None:
    path = tmp_path / "spoken.tsv"
    path.write_text("rossi\tR AA S IY\nbroken\tXX\nhalf\n\t\n", encoding="utf-8")
    assert _read(path) == {"rossi": ("R", "AA", "S", "IY")}
    speller = Speller()
    spelt = Remembered(speller, path)
    assert spelt("rossi") == ("R", "AA", "S", "IY")
    assert spelt("broken") == ("K", "AA", "T")
    assert speller.asked == ["broken"]


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    spelt = Remembered(Speller(), tmp_path / "file" / "spoken.tsv")
    assert spelt("rossi") == ("K", "AA", "T")


@given(st.binary(max_size=200))
def test_any_file_is_read(tmp_path_factory: object, content: bytes) -> None:
    path = Path(tmp_path_factory.mktemp("any")) / "spoken.tsv"  # type: ignore[attr-defined]
    path.write_bytes(content)
    for sounds in _read(path).values():
        assert set(sounds) <= set(SOUNDS)
