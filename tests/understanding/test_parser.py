"""English sentences to commands."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import starter
from assistant.contact import Contact, Number
from assistant.contract import ACTS, Command
from assistant.directory import Directory
from assistant.language import languages, load_language
from assistant.text import bare_word, tokens
from assistant.understanding import ACT, Understanding
from assistant.understanding.digits import NumberWords
from assistant.understanding.grammar import Meaning
from assistant.understanding.lexicon import IDIOM, lexicon
from assistant.understanding.parser import (
    IN_DOUBT,
    Guess,
    Parser,
    _best_first,
    _doubting,
    command_of,
)
from assistant.understanding.template import parse
from tests.understanding.test_languages import sample

DIRECTORY = Directory.load(starter("contacts.csv"))
ENGLISH = Understanding(("en",), DIRECTORY)
ALL = Understanding(languages(), DIRECTORY)
PARSER = Parser(lexicon("en"), DIRECTORY)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yes", "yes"), ("no", "no"), ("cancel", "cancel"), ("the second one", "choose"),
        ("say that again", "repeat"), ("who is it", "who"), ("redial", "call"),
    ],
)  # fmt: skip
def test_words_of_a_dialogue(text: str, intent: str) -> None:
    assert ENGLISH.parse(text).command.intent == intent


@pytest.mark.parametrize("text", ["call john smith never mind", "hang up, no don't"])
def test_what_is_taken_back_is_not_done(text: str) -> None:
    assert ENGLISH.parse(text).command.intent == "cancel"


def test_a_single_digit_is_asked_about_before_it_is_called() -> None:
    assert ENGLISH.parse("call two").confidence < ACT


def test_a_misspelled_command_is_less_certain() -> None:
    assert 0.5 < ENGLISH.parse("hodl").confidence < ENGLISH.parse("hold").confidence


def test_a_real_word_is_no_misspelling() -> None:
    for text in ("told", "fold", "cold john smith", "wall john smith", "help up", "held"):
        assert ENGLISH.parse(text).command.intent not in ACTS, text


def test_a_slip_is_taken_for_the_likeliest_word_even_where_no_command_has_it() -> None:
    italian = Understanding(("it",), DIRECTORY)
    for text in ("acetto la chiamata", "cihamo john smith", "chiudi la prota"):
        assert italian.parse(text).command.intent not in ACTS, text
    assert italian.parse("accetat la chiamata").command.intent == "answer"


def test_a_slip_in_a_word_that_only_its_accent_tells_apart_keeps_the_accent() -> None:
    spanish = Understanding(("es",), DIRECTORY)
    assert spanish.parse("contsté la llamada").command.intent == "none"
    assert spanish.parse("contste la llamada").command.intent == "answer"


def test_no_no_takes_nothing_back() -> None:
    portuguese = Understanding(("pt",), DIRECTORY)
    assert portuguese.parse("não não deslgues").command.intent not in ACTS
    assert ENGLISH.parse("hang up, no, hold").command.intent == "hold"


def test_a_moment_after_a_spoken_number_is_none_of_its_digits() -> None:
    italian = Understanding(("it",), DIRECTORY)
    command = italian.parse("trasferisci a due zero uno un momento").command
    assert command.slots == {"to": {"number": "201"}}


def test_capitals_tell_a_department_from_a_pronoun() -> None:
    assert ENGLISH.parse("call IT").command.slots == {"target": {"contact": "IT Department"}}
    assert ENGLISH.parse("call it").command.intent == "none"
    assert ENGLISH.parse("hold it").command.slots == {}
    assert ENGLISH.parse("HOLD IT").command.slots == {}


def test_of_several_readings_the_others_are_offered() -> None:
    understood = ENGLISH.parse("hodl the cal")
    assert understood.command.intent == "hold"
    assert understood.to_json()["alternatives"] == [
        {**guess.command.to_json(), "confidence": round(guess.confidence, 2)}
        for guess in understood.alternatives
    ]


def meant(text: str) -> Command:
    return ENGLISH.parse(text).command


def how(text: str) -> str:
    return ENGLISH.parse(text).how


def contact(name: str) -> dict[str, str]:
    return {"contact": name}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("um call uh sales", ["call", "sales"]), ("let me see hold", ["hold"]),
        ("err", []), ("call 2", ["call", "2"]),
    ],
)  # fmt: skip
def test_hesitations_are_left_out_wherever_they_stand(text: str, words: list[str]) -> None:
    assert [token.text for token in PARSER.tokens(text)] == words


@pytest.mark.parametrize(
    ("held", "meant"),
    [
        ("callll maria rossi", "call maria rossi"), ("hhhold", "hold"), ("hooold", "hold"),
        ("HANG UPPPP", "HANG UP"), ("call jooohn smith", "call john smith"), ("nooo", "no"),
        ("hmmmmm hold", "hold"), ("caaaall sales", "call sales"),
    ],
)  # fmt: skip
def test_a_key_that_is_held_too_long_changes_nothing(held: str, meant: str) -> None:
    assert [token.raw for token in PARSER.tokens(held)] == [
        token.raw for token in PARSER.tokens(meant)
    ]


@pytest.mark.parametrize("text", ["call www", "call henry iii", "dial 200000"])
def test_what_may_be_meant_with_its_repeats_keeps_them(text: str) -> None:
    assert [token.raw for token in PARSER.tokens(text)] == text.split()


def test_a_name_with_its_repeats_keeps_them() -> None:
    people = Directory([Contact("Aaaah Taxi", (Number("201"),))])
    assert PARSER.tokens("aaaah")[0].raw != "aaaah"
    assert Parser(lexicon("en"), people).tokens("aaaah")[0].raw == "aaaah"


def test_an_answer_is_without_the_words_that_only_point() -> None:
    assert PARSER.pointed_at(PARSER.tokens("the one with carter")) == ["carter"]


def test_a_text_that_is_nothing_but_a_name_or_number_is_a_party() -> None:
    assert PARSER.party(PARSER.tokens("please maria rossi")) == contact("Maria Rossi")
    assert PARSER.party(PARSER.tokens("204 please")) == {"number": "204"}
    assert PARSER.party(PARSER.tokens("call maria rossi")) is None
    assert PARSER.party(()) is None


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("hold", "exact"), ("hodl", "misspelled"), ("hol dit", "misspelled"),
        ("call sales no make it billing", "corrected"), ("call gloria", "unknown party"),
        ("call sales never mind", "discarded"), ("clal gloria", "unknown party, misspelled"),
        ("the weather", ""),
    ],
)  # fmt: skip
def test_the_strictest_way_of_reading_counts(text: str, way: str) -> None:
    assert how(text) == way


@pytest.mark.parametrize(
    "text",
    [
        "call john smith no maria rossi", "call john smith, sorry, maria rossi",
        "call john smith i mean call maria rossi", "call 204 no wait maria rossi",
        "call gloria no maria rossi", "cal john smith no maria rossi",
    ],
)  # fmt: skip
def test_whom_was_said_last_is_called(text: str) -> None:
    assert meant(text) == Command("call", {"target": contact("Maria Rossi")})


def test_a_correction_in_the_middle_keeps_the_rest() -> None:
    assert meant("put john smith sorry bob on hold").slots == {"which": contact("Robert Jones")}
    assert meant("transfer to sales, sorry, to billing").slots == {"to": contact("Billing")}


def test_a_correction_may_be_another_command() -> None:
    assert meant("hang up no hold") == Command("hold")
    assert meant("call sales no wait hang up") == Command("hangup")


def test_an_oh_within_a_number_corrects_nothing() -> None:
    assert meant("call two oh one oops two oh two").slots == {"target": {"number": "202"}}


@pytest.mark.parametrize("text", ["don't make it a conference", "don't, rather hold", "no don't"])
def test_nothing_takes_the_place_of_a_refusal(text: str) -> None:
    assert meant(text).intent not in ACTS


def test_a_whole_command_is_not_put_in_the_place_of_a_stranger_before_it() -> None:
    assert meant("please doe't i'd rather have the other unheld").intent not in ACTS


@pytest.mark.parametrize("text", ["jon smith", "joxn smith", "maria rosi"])
def test_a_misspelled_name_alone_is_no_command(text: str) -> None:
    assert meant(text).intent not in ACTS


@pytest.mark.parametrize("text", ["hold your horses", "could you hold", "coudl you hold please"])
def test_an_idiom_is_no_command_even_when_misspelled(text: str) -> None:
    assert meant(text).intent not in ACTS


def test_two_readings_of_a_misspelled_sentence_that_are_as_likely_are_asked_about() -> None:
    one, near = Guess(Command("hold"), 0.84), Guess(Command("hangup"), 0.82)
    assert _doubting([one, near])[0].confidence == IN_DOUBT
    assert _doubting([one, Guess(Command("hangup"), 0.76)]) == [one, Guess(Command("hangup"), 0.76)]
    assert _doubting([one]) == [one]


def test_of_readings_as_likely_an_idiom_comes_first_then_the_simpler_one() -> None:
    one, two = Guess(Command("hold"), 0.9), Guess(Command("hold", {"which": 2}), 0.9)
    idiom = Guess(Command(IDIOM, {"n": 1, "target": 2}), 0.9)
    sure = Guess(Command("answer", {"which": 1}), 1.0)
    assert _best_first([two, one, idiom, one, sure]) == [sure, idiom, one, two]


def test_a_command_is_offered_once() -> None:
    understood = ENGLISH.parse("call john")
    commands = [understood.command, *(guess.command for guess in understood.alternatives)]
    assert all(commands.count(command) == 1 for command in commands)


def test_misspelled_politeness_makes_less_certain_too() -> None:
    assert ENGLISH.parse("coudl you call sales").confidence < 1.0
    assert ENGLISH.parse("call sales plese").confidence < 1.0


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hangu p", "hangup"), ("callj ohn smith", "call"), ("hangupcall 2", "hangup"),
        ("put himo n hold", "hold"), ("hold hold", "hold"),
        ("transfert he call to sales", "transfer"),
    ],
)  # fmt: skip
def test_a_space_may_be_moved_missing_or_too_much_and_a_word_said_twice(
    text: str, intent: str
) -> None:
    assert meant(text).intent == intent
    assert ENGLISH.parse(text).confidence < 1.0


@pytest.mark.parametrize(
    ("code", "text", "intent"),
    [
        ("en", "which line ami active", "list_calls"), ("en", "how do iuse the phone", "help"),
        ("en", "i don'tk now how to use it", "help"),
        ("es", "desvío blind del a llamada al 065030944", "transfer"),
        ("es", "enlázalosa los dos", "attended_transfer"), ("es", "vuelve  aponer otro", "resume"),
        ("fr", "prévenird 'abord Claire Martin", "attended_transfer"),
        ("fr", "interromps l'appeld ' Helen Turner", "hangup"),
        ("fr", "transfert d el'appel Wei Zhang", "transfer"), ("fr", "oùj 'en suis", "list_calls"),
        ("it", "passa l achiamata a Marco Bianchi", "transfer"),
    ],
)  # fmt: skip
def test_a_space_may_be_moved_beside_a_word_of_one_letter_or_an_apostrophe(
    code: str, text: str, intent: str
) -> None:
    understood = Understanding((code,), DIRECTORY).parse(text)
    assert understood.command.intent == intent
    assert understood.confidence < 1.0


def test_a_hesitation_may_be_drawn_out() -> None:
    assert Understanding(("es",), DIRECTORY).parse("ayudar esteee").command.intent == "help"


def test_real_words_keep_their_spaces() -> None:
    assert meant("an swear").intent == "none"


@pytest.mark.parametrize(
    "text",
    [
        "would you mind calling sales", "i'd be very happy if you called sales",
        "i'd appreciate you calling sales", "could you help me with calling sales",
        "would you mind calinlg sales",
    ],
)  # fmt: skip
def test_the_verb_may_have_another_form_after_what_asks_for_it(text: str) -> None:
    assert meant(text) == Command("call", {"target": contact("Sales")})


@pytest.mark.parametrize(
    "text", ["calling sales", "called sales", "i called sales", "he is calling sales"]
)
def test_another_form_of_the_verb_is_no_command_by_itself(text: str) -> None:
    assert meant(text).intent not in ACTS


def test_what_is_meant_anyway_is_in_no_slot() -> None:
    assert command_of(Meaning("hold", {}), [("which", "current")]) == Command("hold")
    assert command_of(Meaning("answer", {}), [("which", "ringing")]) == Command("answer")
    assert command_of(Meaning("resume", {}), [("whom", "held")]) == Command("resume")
    assert command_of(Meaning("hold", {}), [("which", "held")]).slots == {"which": "held"}
    assert command_of(Meaning("conference", {}), [("parties", ["current", "all"])]).slots == {}


def test_slots_have_the_names_of_the_command() -> None:
    assert command_of(Meaning("call", {}), [("known", 1)]).slots == {"target": 1}
    assert command_of(Meaning("transfer", {}), [("owner", 1), ("to_known", 2)]).slots == {
        "which": 1,
        "to": 2,
    }
    assert command_of(Meaning("conference", {}), [("members", [2])]).slots == {"parties": [2]}


def test_a_choice_is_counted_from_nought_and_the_last_is_minus_one() -> None:
    assert command_of(Meaning("choose", {}), [("n", 2)]).slots == {"index": 1}
    assert command_of(Meaning("choose", {}), [("ordinal", -1)]).slots == {"index": -1}


@given(st.text(max_size=120), st.sampled_from(languages()))
def test_no_text_breaks_any_language(text: str, code: str) -> None:
    ALL.parse(text)
    ALL.parse(text, language=code)
    ALL.parse_answer(text, ["John Smith", text], language=code)


NUMBERS = {
    code: NumberWords.read(code, load_language(code).data["numbers"]) for code in languages()
}
SAID = st.sampled_from(
    "call dial ring transfer to sales 2 20 555 0199 +39 *72 one two oh double twenty three"
    " hundred no wait sorry extension x204 , clal phoen plus chiama llama ruf appelle anrufen"
    " uno deux drei".split()
)


@given(st.lists(SAID, max_size=9), st.sampled_from(languages()))
def test_a_number_that_is_called_is_in_the_text(words: list[str], code: str) -> None:
    """In figures, or in words that a number can be read from at some place."""
    text = " ".join(words)
    command = ALL.parse(text, language=code).command
    for name in ("target", "to"):
        number = (command.slots.get(name) or {}).get("number")
        if number is not None:
            assert number in spoken_numbers(text, code), (text, command)


def spoken_numbers(text: str, code: str) -> set[str]:
    """Every number that the text has from some word to some other, corrections left out."""
    said = [token for token in tokens(text) if bare_word(token.text) not in CORRECTING]
    found = set()
    for start in range(len(said)):
        for end in range(start + 1, len(said) + 1):
            number = NUMBERS[code].read_at(said[start:end], 0)
            if number is not None:
                found.add(number[1])
    return found


CORRECTING = {"no", "wait", "sorry"}

COMMANDS = [
    "call maria rossi", "dial 204", "answer", "hang up call 2", "hold the call", "put bob on hold",
    "resume the held call", "transfer him to sales", "warm transfer to billing",
    "conference bob and sue", "list my calls", "take line two off hold",
]  # fmt: skip
PHRASES = {part: load_language("en").data[part] for part in ("before", "after", "hesitations")}
RULES = load_language("en").data["rules"]


def said_of(part: str, random: Random) -> str:
    phrase = random.choice(PHRASES[part])
    # A slip of the tongue before the command is a command itself, taken back.
    said = "" if "<move>" in phrase else sample(parse(phrase, RULES), random, {})
    return "" if said == "first" else said  # "call sales first" announces a transfer


@given(st.sampled_from(COMMANDS), st.randoms(use_true_random=False), st.integers(0, 2))
def test_politeness_and_hesitation_do_not_change_a_command(
    text: str, random: Random, times: int
) -> None:
    before = [said_of("before", random) for _ in range(times)]
    after = [said_of("after", random) for _ in range(times)]
    words = text.split()
    words.insert(random.randint(0, len(words)), random.choice(PHRASES["hesitations"]))
    polite = " ".join([*before, text, *after])
    assert meant(polite) == meant(text), polite
    assert meant(" ".join(words)) == meant(text), words


@given(st.sampled_from(COMMANDS), st.sampled_from([str.upper, str.title, str.lower]), st.data())
def test_case_and_punctuation_around_it_do_not_matter(
    text: str, case: Any, data: st.DataObject
) -> None:
    marks = st.text("!.,;:\"'-()<>…¡¿ \t", max_size=4)
    shown = f"{data.draw(marks)} {case(text)}{data.draw(marks)}"
    assert meant(shown) == meant(text), shown


REFUSALS = [
    "don't", "do not", "please don't", "never", "i don't want to", "you mustn't", "he said",
    "why did you", "did he", "i already", "she will", "we won't", "he might", "there's no need to",
]  # fmt: skip


@given(st.sampled_from(REFUSALS), st.sampled_from(COMMANDS))
def test_a_negated_or_reported_command_is_no_act(refusal: str, text: str) -> None:
    command = meant(f"{refusal} {text}")
    assert command.intent not in ACTS, (refusal, text, command)


@given(st.text(max_size=120))
def test_any_text_has_an_answer(text: str) -> None:
    understood = ENGLISH.parse(text)
    assert 0.0 <= understood.confidence <= 1.0
    json.dumps(understood.to_json())


WORDS = st.sampled_from(
    "call hold hang up transfer to the sales john smith maria on off please no wait 2 201 not"
    " answer other one second all it him don't and merge call's with me back never mind".split()
)


@given(st.lists(WORDS, max_size=9))
def test_any_words_have_an_answer_and_a_known_or_unknown_target(words: list[str]) -> None:
    command = ENGLISH.parse(" ".join(words)).command
    for name in ("target", "to"):
        if name in command.slots:
            allowed = {"number", "contact", "ambiguous", "unknown", "recent"}
            assert set(command.slots[name]) <= allowed


@given(st.lists(WORDS, max_size=6))
def test_a_refusal_to_act_is_never_an_act(words: list[str]) -> None:
    """`don't ...` never acts, unless a correction takes it back."""
    if {"no", "wait", "never"} & set(words):
        return
    command = ENGLISH.parse("don't " + " ".join(words)).command
    assert command.intent not in ACTS - {"hangup"}
