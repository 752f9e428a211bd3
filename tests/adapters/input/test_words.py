"""What is said of keys that cannot be heard, in every language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.input import trouble
from adapters.input.trouble import InputTrouble
from adapters.input.words import explain, remarks
from assistant.language import languages, load_language
from assistant.wording import Wording

DETAILS = {"library": "pynput", "display": ":0", "seconds": 5.0, "why": "no such file"}


def kinds(base: type[InputTrouble] = InputTrouble) -> Iterator[type[InputTrouble]]:
    for kind in base.__subclasses__():
        if hasattr(kind, "message") and kind.__module__ == trouble.__name__:
            yield kind
        yield from kinds(kind)


def test_the_tree_at_the_top_of_the_module_has_every_kind() -> None:
    assert trouble.__doc__ is not None
    for kind in [*kinds(), InputTrouble, trouble.PortalTrouble]:
        assert kind.__name__ in trouble.__doc__


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("kind", [*kinds()])
def test_every_trouble_is_told_in_words_that_end_with_what_to_do(
    kind: type[InputTrouble], code: str
) -> None:
    text, speech = explain(kind(**DETAILS), Wording(load_language(code).messages))
    assert len(text.split(". ")) + len(text.split(": ")) > 2
    assert "{" not in text + speech


class Heard:
    error = None
    everything = False
    unheard = frozenset({"f24"})
    taken = frozenset({"f8", "f9"})

    def claim(self, keys: object) -> None: ...

    def let_go(self, key: str) -> bool:
        return False

    def close(self) -> None: ...


class Content(Heard):
    everything = True
    unheard = frozenset()
    taken = frozenset()


@pytest.mark.parametrize("code", languages())
def test_what_is_not_as_it_was_wanted_is_said_with_the_keys_it_is_about(code: str) -> None:
    wording = Wording(load_language(code).messages)
    sequences, taken, unheard = (text for text, _ in remarks(Heard(), wording, sequences=True))
    assert "F8" in sequences
    assert "f8, f9" in taken
    assert "f24" in unheard
    assert len(remarks(Heard(), wording)) == 2
    assert remarks(Content(), wording, sequences=True) == []
