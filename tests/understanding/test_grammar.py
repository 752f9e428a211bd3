"""The network of sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.understanding.grammar import Network


def network(*sentences: str, **rules: str) -> Network:
    made = Network(rules)
    for sentence in sentences:
        made.add(sentence, "meant", {})
    return made


def no_slots(_slot: str, _at: int) -> Sequence[tuple[int, Any, float]]:
    return ()


def ends(made: Network, said: str, fill: Any = no_slots, fuzzy: Any = None) -> set[int]:
    return {found.end for found in made.find(said.split(), 0, fill, fuzzy)}


def test_optional_words_and_alternatives() -> None:
    made = network("[please] (hold|park) [the call]")
    assert [ends(made, said) for said in ("hold", "please park", "hold the call")] == [
        {1}, {2}, {1, 3},
    ]  # fmt: skip
    assert ends(made, "the call") == set()
    assert ends(made, "please the call") == set()


def test_a_slot_takes_what_it_is_given() -> None:
    made = network("put {which} on hold")

    def fill(slot: str, at: int) -> list[tuple[int, Any, float]]:
        return [(at + 1, "one", 0.0), (at + 2, "two", 0.25)] if slot == "which" else []

    (found,) = made.find("put maria rossi on hold".split(), 0, fill)
    assert (found.end, found.slots, found.price) == (5, (("which", "two"),), 0.25)


def test_a_misspelled_word_costs_and_an_exact_one_does_not() -> None:
    made = network("hold on", "hole in")

    def fuzzy(text: str, expected: Mapping[str, Any]) -> list[tuple[str, float]]:
        return [(word, 0.1) for word in expected if word[:3] == text[:3]]

    assert {f.price for f in made.find(["hold", "on"], 0, no_slots, fuzzy)} == {0.0}
    assert {f.price for f in made.find(["holx", "on"], 0, no_slots, fuzzy)} == {0.1}


def test_it_grows_with_its_words_not_with_its_ways() -> None:
    """Twenty optional words are a million sentences, and forty steps of the network."""
    made = network(" ".join(f"[w{n}]" for n in range(20)))
    assert ends(made, " ".join(f"w{n}" for n in range(20))) == set(range(21))


def test_a_sentence_may_begin_with_another_form_of_its_first_word() -> None:
    made = network("hold [the call]", "hold").begun_with({"holding": "hold", "parking": "park"})
    assert ends(made, "holding the call") == {1, 3}
    assert ends(made, "hold the call") == set()
    assert ends(made, "parking") == set()
    assert made.vocabulary == {"holding"}


def test_alternatives_after_alternatives_add_their_steps_and_do_not_multiply_them() -> None:
    made = network(" ".join(f"({'|'.join(f'w{n}x{k}' for k in range(30))})" for n in range(4)))
    nodes, waiting = set(), [made.root]
    while waiting:
        node = waiting.pop()
        if id(node) not in nodes:
            nodes.add(id(node))
            waiting += [after for following in node.words.values() for after in following]
    assert len(nodes) == 5
    assert ends(made, "w0x1 w1x29 w2x0 w3x7") == {4}


def test_alternatives_of_different_lengths_go_on_alike() -> None:
    made = network("(a|a b|{slot}|[c] d|) e")
    assert [ends(made, said) for said in ("a e", "a b e", "c d e", "d e", "e")] == [
        {2}, {3}, {3}, {2}, {1},
    ]  # fmt: skip
    assert ends(made, "c e") == ends(made, "a b") == set()
