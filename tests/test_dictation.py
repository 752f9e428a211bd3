"""A number or a name given in parts, through the whole assistant to a simulated phonebar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.contract import Command, Reply, Utterance
from assistant.language import languages, load_language
from assistant.settings import PolicySection
from tests.desk import Desk, desk


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def heard(phone: Desk, *lines: str) -> Reply:
    """Say one after the other to a microphone; the last reply."""
    for line in lines:
        reply = phone.say(line, surface="voice")
    return reply


def dialled(phone: Desk) -> list[tuple[str, str | None]]:
    return [(deed.what, deed.number) for deed in phone.deeds()]


def test_pieces_are_told_back_and_the_whole_is_asked_about(phone: Desk) -> None:
    assert heard(phone, "dial a number").expects == "number"
    assert heard(phone, "two oh two").speech == "2 0 2."
    reply = heard(phone, "five five six")
    assert (reply.text, reply.speech, reply.status) == ("So far: 202 556", "5 5 6.", "asked")
    assert heard(phone, "no, five").speech == "Now: 2 0 2, 5 5 5."
    assert heard(phone, "oh one double two", "done").speech == (
        "Call 2 0 2, 5 5 5, 0 1 2 2? Say yes, or cancel."
    )
    assert dialled(phone) == []
    assert heard(phone, "yes").status == "done"
    assert dialled(phone) == [("originate", "2025550122")]
    assert heard(phone, "hang up").expects == ""


def test_no_to_what_was_read_back_leads_back_to_it(phone: Desk) -> None:
    reply = heard(phone, "dial a number", "two oh two five", "call", "no")
    assert (reply.status, reply.expects) == ("asked", "number")
    assert reply.text.endswith("So far: 2025.")
    assert heard(phone, "yes").status == "asked"
    assert heard(phone, "no, seven").text == "Now: 2027"
    assert heard(phone, "done").text.startswith("Call 2027?")
    assert heard(phone, "no, eight").text == "Now: 2028"
    assert heard(phone, "yes").status == "asked"
    assert dialled(phone) == []
    assert heard(phone, "call", "yes").status == "done"
    assert dialled(phone) == [("originate", "2028")]


def test_what_is_no_digit_changes_nothing(phone: Desk) -> None:
    reply = heard(phone, "dial a number", "two oh two", "the weather is nice")
    assert (reply.status, reply.expects) == ("asked", "number")
    assert "So far: 202" in reply.text
    assert heard(phone, "plus four").text.endswith("So far: 202.")
    assert heard(phone, "5" * 33).text.endswith("So far: 202.")


def test_an_empty_number_is_not_called(phone: Desk) -> None:
    for said in ("done", "read it back", "scratch that", "plus, done"):
        assert heard(phone, "dial a number", said).text.startswith("There is no digit yet.")
        assert heard(phone, "yes").status == "asked"
    assert dialled(phone) == []


def test_no_without_a_question_takes_the_last_piece_away(phone: Desk) -> None:
    assert heard(phone, "dial a number", "two", "three", "no").text == "Now: 2"


def test_cancel_gives_it_up(phone: Desk) -> None:
    assert heard(phone, "dial a number", "two oh two", "cancel").expects == ""
    assert heard(phone, "done").status == "refused"
    heard(phone, "dial a number", "two oh two", "done", "cancel")
    assert heard(phone, "yes").status == "refused"
    assert dialled(phone) == []


def test_it_expires_and_says_so(phone: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    heard(phone, "dial a number", "two oh two")
    late = phone.assistant._clock() + 61
    monkeypatch.setattr(phone.assistant, "_clock", lambda: late)
    assert phone.assistant.expectation("local", "voice").entry == ""
    reply = heard(phone, "five five")
    assert (reply.status, reply.expects) == ("refused", "")
    assert reply.text.startswith("The number was not finished in time")
    assert heard(phone, "555 0102").text.startswith("I did not understand")
    assert dialled(phone) == []


def test_another_command_takes_its_place(phone: Desk) -> None:
    heard(phone, "dial a number", "two oh two", "call john smith")
    assert dialled(phone) == [("originate", "+12025550101")]
    assert heard(phone, "five").expects == ""


def test_a_call_can_be_held_meanwhile(phone: Desk) -> None:
    phone.call("200")
    assert heard(phone, "dial a number", "two oh two", "hold").status == "done"
    assert heard(phone, "done").text.startswith("Call Billing (202)?")


def test_a_transfer_to_a_number(phone: Desk) -> None:
    assert heard(phone, "transfer to a number").status == "refused"
    phone.call("200")
    heard(phone, "transfer call 1 to another number", "two oh one")
    assert heard(phone, "done").text.startswith("Transfer Sales (200) to Technical Support (201)?")
    assert heard(phone, "yes").status == "done"
    assert dialled(phone)[-1] == ("transfer", "201")


def test_a_refusal_keeps_the_digits(phone: Desk) -> None:
    phone.assistant.policy._rules = replace(phone.assistant.policy._rules, forbid=("900",))
    reply = heard(phone, "dial a number", "nine hundred", "done")
    assert (reply.status, reply.expects) == ("refused", "number")
    assert heard(phone, "no, one", "call").text.startswith("Call 901?")


def test_a_name_is_spelled(phone: Desk) -> None:
    assert heard(phone, "spell a name").expects == "name"
    assert heard(phone, "sierra mike").speech == "S, M."
    reply = heard(phone, "india tango hotel", "done")
    assert reply.speech == "Call John Smith? Say yes, or cancel."
    assert heard(phone, "yes").status == "done"
    assert dialled(phone) == [("originate", "+12025550101")]


def test_a_name_spelled_in_one_breath_is_asked_about_at_once(phone: Desk) -> None:
    reply = heard(phone, "call, spell: sierra mike india tango hotel")
    assert reply.speech == "Call John Smith? Say yes, or cancel."
    assert (
        heard(phone, "no", "start over", "romeo oscar", "done")
        .choices[0]
        .label.startswith("Maria Rossi")
    )
    assert heard(phone, "bravo").text == "Now: ROB"
    assert dialled(phone) == []


def test_nobody_of_that_spelling_is_not_guessed(phone: Desk) -> None:
    assert heard(phone, "spell a name", "x-ray zulu quebec", "done").status == "refused"
    assert dialled(phone) == []


def test_what_can_be_said_next(phone: Desk) -> None:
    def expected() -> tuple[str, bool]:
        found = phone.assistant.expectation("local", "voice")
        return found.entry, "finish" in found.intents

    assert expected() == ("", False)
    heard(phone, "dial a number")
    assert expected() == ("number", True)
    heard(phone, "two", "done")
    assert phone.assistant.expectation("local", "voice").question
    assert "finished" in heard(phone, "help").text.split("\n")
    heard(phone, "cancel", "spell a name")
    assert expected() == ("name", True)
    heard(phone, "cancel", "call john")
    found = phone.assistant.expectation("local", "voice")
    assert found.choices == ("John Carter (+12025550102)", "John Smith (+12025550101)")
    assert {"choose", "cancel", "hangup"} - {*found.intents} == {"hangup"}


def test_a_button_of_an_earlier_piece_does_nothing(phone: Desk) -> None:
    first = heard(phone, "dial a number", "two")
    heard(phone, "three")
    stale = phone.say("scratch that", surface="voice", answering=first.id)
    assert stale.status == "refused"
    assert heard(phone, "read it back").text.startswith("So far: 2 3.")


def test_a_ready_command_with_odd_slots_is_no_way_in(phone: Desk) -> None:
    for slots in ({"letters": "a1+"}, {"letters": 7}, {"for": [], "which": {}}, {"letters": ""}):
        reply = phone.do("spell_name", **slots)
        assert reply.status in {"asked", "refused"}
        assert phone.say("cancel").status in {"done", "refused"}


@pytest.mark.parametrize("code", languages())
def test_each_language_says_it_by_its_own_words(tmp_path: Path, code: str) -> None:
    data = load_language(code).data
    intents, messages = data["intents"], data["messages"]
    with desk(tmp_path, languages=(code,)) as phone:
        heard(phone, intents["enter_number"]["examples"][0], "202 556", "9")
        heard(phone, messages["say_take_back"], intents["replace"]["examples"][0])
        reply = heard(phone, messages["say_finish"])
        assert "202555" in reply.text
        assert heard(phone, messages["say_yes"]).status == "done"
        assert dialled(phone) == [("originate", "202555")]


# A number in one breath


def test_a_number_heard_is_read_back_whatever_the_configuration_says(tmp_path: Path) -> None:
    with desk(tmp_path, policy=PolicySection(confirm_spoken=())) as phone:
        reply = heard(phone, "call 202 555 0102")
        assert reply.speech == "Call 2 0 2, 5 5 5, 0 1 0 2, John Carter? Say yes, or cancel."
        assert dialled(phone) == []
        assert heard(phone, "yes").status == "done"
        for said in ("transfer to 203", "warm transfer to 203", "add 203 to the call"):
            assert heard(phone, said).status == "asked", said
            assert heard(phone, "cancel").status == "done"
        assert dialled(phone) == [("originate", "2025550102")]
        assert heard(phone, "transfer to sales").status == "done"


def test_a_name_heard_is_called_as_the_configuration_says(phone: Desk) -> None:
    assert heard(phone, "call john smith").status == "done"


def test_a_number_typed_is_called_as_the_configuration_says(phone: Desk) -> None:
    assert phone.say("call 2025550122").status == "done"


def test_no_five_corrects_the_last_digit_of_the_question(phone: Desk) -> None:
    heard(phone, "call 2025550102")
    assert heard(phone, "no, five").text.startswith("Call 2025550105?")
    assert heard(phone, "no, three six").text.startswith("Call 2025550136?")
    assert heard(phone, "no, 203").text.startswith("Call Reception (203)?")
    assert heard(phone, "yes").status == "done"
    assert dialled(phone) == [("originate", "203")]


# Whatever is said


SAID = st.one_of(
    st.text("0123456789", min_size=1, max_size=4).map(" ".join),
    st.text("0123456789", min_size=1, max_size=2).map(lambda digits: f"no, {digits}"),
    st.sampled_from(
        "scratch that,start over,read it back,done,done,call,no,yes,yes,what,dial a number,plus,"
        "double five,five no six,cancel,hold".split(",")
    ),
)
READ_BACK = re.compile(r"^Call (?P<said>[^?]+)\? Say yes, or cancel\.$")


def spoken(reply: Reply) -> str | None:
    """The number that a question reads out, from its speech alone."""
    found = READ_BACK.match(reply.speech)
    if found is None:
        return None
    digits = found["said"].replace("plus", "+")
    return re.sub(r"[ ,]", "", re.sub(r"[A-Za-z].*", "", digits))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=st.lists(SAID, min_size=4, max_size=14))
def test_only_what_was_read_back_is_called_and_only_after_a_yes(
    phone: Desk, lines: list[str]
) -> None:
    rules = phone.assistant.policy._rules
    phone.assistant.policy._rules = replace(rules, max_calls_per_minute=1000)
    read_back = None
    for said in ["dial a number", *lines]:
        before = len(phone.deeds())
        reply = heard(phone, said)
        deeds = phone.deeds()[before:]
        if deeds:
            assert said == "yes"
            assert [(deed.what, deed.number) for deed in deeds] == [("originate", read_back)]
            phone.do("hangup", which="all")
        assert bool(deeds) == (said == "yes" and read_back is not None), (said, reply)
        read_back = spoken(reply)
    phone.assistant.handle(Utterance("", surface="voice", command=Command("cancel")))


def test_what_was_heard_first_counts_before_what_it_may_have_been(phone: Desk) -> None:
    def misheard(text: str, other: str) -> Reply:
        said = Utterance(text, "local", "voice", language="en", alternatives=(other,))
        return phone.assistant.handle(said)

    heard(phone, "call a number", "two oh two")
    assert misheard("no", "nine").text == "Now: nothing"
    heard(phone, "two oh two", "finished")
    assert misheard("yes", "six").text == "Calling Billing (202)."
    heard(phone, "call a number", "five five five")
    assert misheard("cancel", "seven").text.startswith("Cancelled.")
