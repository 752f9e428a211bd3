"""What the slots of a sentence may take."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import starter
from assistant.directory import Directory
from assistant.text import tokens
from assistant.understanding.lexicon import lexicon
from assistant.understanding.reading import (
    CAPITALS_PRICE,
    LETTER_PRICE,
    LONGEST_PARTY,
    ONE_DIGIT_PRICE,
    WORD_PRICE,
    Reading,
)

DIRECTORY = Directory.load(starter("contacts.csv"))
ENGLISH = lexicon("en")


def reading(said: str, *, fuzzy: bool = False, unknown: bool = False) -> Reading:
    return Reading(ENGLISH, DIRECTORY, tokens(said), fuzzy=fuzzy, unknown=unknown)


def whole(slot: str, said: str, *, fuzzy: bool = False, unknown: bool = False) -> list[Any]:
    """What the slot may take when it takes everything."""
    made = reading(said, fuzzy=fuzzy, unknown=unknown)
    return [value for end, value, _ in made.fill(slot, 0) if end == len(made.words)]


def prices(slot: str, said: str, *, fuzzy: bool = False) -> set[float]:
    made = reading(said, fuzzy=fuzzy)
    return {round(price, 3) for end, _, price in made.fill(slot, 0) if end == len(made.words)}


def contact(name: str) -> dict[str, str]:
    return {"contact": name}


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("maria rossi", contact("Maria Rossi")), ("rossi maria", contact("Maria Rossi")),
        ("my supervisor", contact("Helen Turner")), ("depot", contact("Warehouse")),
        ("the sales department", contact("Sales")), ("bob's extension", contact("Robert Jones")),
        ("the number of bob", contact("Robert Jones")), ("2025550143", {"number": "2025550143"}),
        ("extension 204", {"number": "204"}), ("the number 204", {"number": "204"}),
        ("two oh four", {"number": "204"}), ("+39 06 555", {"number": "+3906555"}),
        ("john", {"ambiguous": ["John Carter", "John Smith"]}),
    ],
)  # fmt: skip
def test_a_party_is_a_name_or_a_number(said: str, value: Any) -> None:
    assert value in whole("target", said)


@pytest.mark.parametrize("said", ["gloria swanson", "them", "it", "later", "the money"])
def test_what_is_in_no_list_is_no_party(said: str) -> None:
    assert whole("target", said) == []


def test_an_acronym_is_somebody_only_in_capitals() -> None:
    assert whole("target", "IT") == [contact("IT Department")]
    assert whole("target", "it") == []
    made = Reading(ENGLISH, DIRECTORY, tokens("CALL IT"))
    assert made.fill("target", 1)[0] == (2, contact("IT Department"), CAPITALS_PRICE)


def test_words_after_a_name_that_mean_nothing_cost_little() -> None:
    assert prices("target", "sales team") >= {0.0}
    assert prices("target", "bob please") == {WORD_PRICE}


@pytest.mark.parametrize("said", ["2", "two", "5 201"])
def test_a_number_of_one_digit_or_beside_one_is_in_doubt(said: str) -> None:
    assert ONE_DIGIT_PRICE in prices("target", said)


def test_several_digits_are_in_no_doubt() -> None:
    assert prices("target", "201") == {0.0}


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("olvia brown", contact("Olivia Brown")), ("secruity", contact("Security")),
        ("teh warehouse", contact("Warehouse")), ("extention 204", {"number": "204"}),
    ],
)  # fmt: skip
def test_a_misspelled_party_is_found_only_where_misspelling_is_let_through(
    said: str, value: Any
) -> None:
    assert value in whole("target", said, fuzzy=True)
    assert value not in whole("target", said)


def test_each_wrong_letter_of_a_name_costs() -> None:
    assert prices("target", "olvia brown", fuzzy=True) == {LETTER_PRICE}
    assert prices("target", "olvia borwn", fuzzy=True) == {2 * LETTER_PRICE}
    assert prices("target", "teh warehuose", fuzzy=True) == {2 * LETTER_PRICE}


def test_a_short_name_is_no_misspelled_article() -> None:
    """`ann brown` is not Olivia Brown with "an" before her."""
    assert contact("Olivia Brown") not in whole("target", "ann brown", fuzzy=True)


@pytest.mark.parametrize("said", ["emial", "emali", "repport"])
def test_what_is_as_near_to_a_thing_as_to_a_name_is_nobody(said: str) -> None:
    assert whole("party", said, fuzzy=True) == []


def test_a_stranger_is_let_through_only_when_allowed() -> None:
    assert whole("target", "gloria swanson") == []
    assert whole("target", "Gloria Swanson", unknown=True) == [{"unknown": "Gloria Swanson"}]


@pytest.mark.parametrize("said", ["the money", "them", "gloria later", "what", "never"])
def test_things_pronouns_and_times_are_in_no_strangers_name(said: str) -> None:
    assert whole("target", said, unknown=True) == []


def test_a_strangers_name_has_no_figures_and_is_not_long() -> None:
    assert whole("target", "gloria 5", unknown=True) == []
    long = " ".join(["abc"] * (LONGEST_PARTY + 1))
    assert whole("target", long, unknown=True) == []


def test_a_namesake_may_be_a_stranger() -> None:
    assert {"unknown": "john lennon"} in whole("target", "john lennon", unknown=True)


@pytest.mark.parametrize("slot", ["known", "to_known", "named", "party"])
def test_these_slots_take_no_stranger(slot: str) -> None:
    assert whole(slot, "gloria swanson", unknown=True) == []
    assert whole(slot, "bob", unknown=True) == [contact("Robert Jones")]


@pytest.mark.parametrize("said", ["bob's", "bobs"])
def test_an_owner_is_a_name_in_the_possessive(said: str) -> None:
    assert whole("owner", said) == [contact("Robert Jones")]
    assert whole("owner", "bob") == []


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("call 2", 2), ("line two", 2), ("the second one", 2), ("the last call", -1),
        ("the other one", "other"), ("the held call", "held"), ("the call on hold", "held"),
        ("the incoming call", "ringing"), ("everyone", "all"), ("both calls", "all"),
        ("him", "current"), ("this call", "current"), ("bob", contact("Robert Jones")),
        ("bob's call", contact("Robert Jones")), ("the call with bob", contact("Robert Jones")),
    ],
)  # fmt: skip
def test_a_call_is_pointed_at(said: str, value: Any) -> None:
    assert value in whole("which", said)


@pytest.mark.parametrize("said", ["him", "bob", "everyone", "this call"])
def test_only_words_for_calls_are_calls(said: str) -> None:
    assert whole("call", said) == []


def test_whom_is_also_a_stranger_when_allowed() -> None:
    assert whole("whom", "gloria") == whole("which", "gloria", unknown=True) == []
    assert whole("whom", "gloria", unknown=True) == [{"unknown": "gloria"}]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("bob and sue", [contact("Robert Jones"), contact("Susan Wright")]),
        ("bob, sue", [contact("Robert Jones"), contact("Susan Wright")]),
        ("bob & call 2", [contact("Robert Jones"), 2]),
        ("call 1 and call 2", [1, 2]), ("bob", [contact("Robert Jones")]),
    ],
)  # fmt: skip
def test_several_parties_are_told_apart(said: str, value: Any) -> None:
    assert value in whole("parties", said)


def test_nothing_between_two_names_makes_no_two_parties() -> None:
    assert whole("parties", "bob sue") == []


def test_a_misspelled_and_stands_between_parties() -> None:
    assert whole("parties", "bob snd sue", fuzzy=True) == whole("parties", "bob and sue")
    assert whole("parties", "bob snd sue") == []


def test_members_may_be_strangers_when_allowed() -> None:
    assert [contact("Robert Jones"), {"unknown": "gloria"}] in whole(
        "members", "bob and gloria", unknown=True
    )
    assert whole("parties", "gloria", unknown=True) == []


@pytest.mark.parametrize(("said", "n"), [("2", 2), ("#2", 2), ("two", 2), ("12", 12)])
def test_a_small_number_counts_calls(said: str, n: int) -> None:
    assert whole("n", said) == [n]


@pytest.mark.parametrize("said", ["0", "zero", "123", "star", "bob"])
def test_what_counts_no_call(said: str) -> None:
    assert whole("n", said) == []


def test_a_misspelled_number_word_counts_only_if_it_can_be_one_only() -> None:
    assert whole("n", "thee", fuzzy=True) == [3]
    assert whole("n", "thee") == []
    assert whole("n", "fiue", fuzzy=True) == [5]
    assert whole("n", "oine", fuzzy=True) == []  # one or nine


@pytest.mark.parametrize(("said", "n"), [("secnod", 2), ("frist", 1), ("thrid", 3)])
def test_a_misspelled_ordinal(said: str, n: int) -> None:
    assert whole("ordinal", said, fuzzy=True) == [n]
    assert whole("ordinal", said) == []


def test_a_real_word_is_no_misspelling() -> None:
    assert reading("told", fuzzy=True).fuzzy("told", ["hold"]) == []
    assert reading("hodl", fuzzy=True).fuzzy("hodl", ["hold"]) == [("hold", LETTER_PRICE)]


def test_a_name_of_somebody_is_no_misspelling() -> None:
    assert reading("mark", fuzzy=True).fuzzy("mark", ["park"]) == []


def test_nothing_is_a_misspelling_unless_let_through() -> None:
    assert reading("hodl").fuzzy("hodl", ["hold"]) == []


def test_figures_are_no_misspelling() -> None:
    assert reading("h0ld", fuzzy=True).fuzzy("h0ld", ["hold"]) == []


SLOTS = ["target", "to", "known", "owner", "which", "whom", "call", "parties", "members", "n"]
WORDS = st.sampled_from(
    "the teh bob john rossi maria's call 2 two 201 + other one on hold and , him gloria it IT"
    " first last extension double oh all of them sales team".split()
)


@given(st.lists(WORDS, min_size=1, max_size=8), st.sampled_from(SLOTS), st.data())
def test_a_slot_takes_one_word_or_more_and_none_beyond_the_end(
    words: list[str], slot: str, data: st.DataObject
) -> None:
    made = reading(" ".join(words), fuzzy=data.draw(st.booleans()), unknown=True)
    if not made.words:
        return
    at = data.draw(st.integers(0, len(made.words) - 1))
    for end, _, price in made.fill(slot, at):
        assert at < end <= len(made.words)
        assert price >= 0.0
