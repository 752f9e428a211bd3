"""The forms: what was filled in becomes one command, or says what to mend."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.slack.forms import DIAL, TRANSFER, VALUE, Filled, FormError, dial_form, offered
from adapters.slack.words import words_in
from assistant.contact import Contact, Number
from assistant.contract import Command

WORDS = words_in("en")
JOHN = {"number": "201", "name": "John"}


def chosen(value: str) -> dict[str, Any]:
    return {"field": {"selected_option": {"value": value}}}


def typed(value: str | None) -> dict[str, Any]:
    return {"field": {"value": value}}


def command(kind: str = DIAL, **fields: Any) -> Command:
    hidden = json.dumps({"key": "k1"}) if kind == TRANSFER else ""
    view = {"callback_id": kind, "private_metadata": hidden, "state": {"values": fields}}
    return Filled.of(view).command()


def test_a_person_a_typed_number_or_a_found_one_is_called() -> None:
    person = command(person=chosen(json.dumps(JOHN)), number=typed(None))
    assert person == Command("call", {"target": JOHN})
    number = command(number=typed(" (202) 555-0101 "), person={"field": {"selected_option": None}})
    assert number == Command("call", {"target": {"number": "2025550101"}})
    assert command(found=chosen("200")) == Command("call", {"target": {"number": "200"}})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "slack_form_nobody"),
        ({"number": typed("  ")}, "slack_form_nobody"),
        ({"number": typed("john")}, "slack_form_no_number"),
        ({"number": typed("200"), "person": chosen(json.dumps(JOHN))}, "slack_form_two"),
        ({"number": typed("200"), "found": chosen("201")}, "slack_form_two"),
        ({"person": chosen(json.dumps(JOHN)), "found": chosen("200")}, "slack_form_two"),
    ],
)
def test_nobody_two_or_no_number_is_to_be_mended(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(FormError) as caught:
        command(**fields)
    assert (caught.value.block, caught.value.message) == ("number", message)
    assert message in WORDS.messages


@pytest.mark.parametrize(("how", "intent"), [("blind", "transfer"), (None, "transfer")])
def test_a_transfer_is_of_the_call_whose_form_it_is(how: str | None, intent: str) -> None:
    more = {"how": chosen(how)} if how else {}
    made = command(TRANSFER, number=typed("200"), **more)
    assert made == Command(intent, {"to": {"number": "200"}, "which": {"key": "k1"}})


def test_a_transfer_with_a_word_before_it() -> None:
    made = command(TRANSFER, number=typed("200"), how=chosen("attended"))
    assert made.intent == "attended_transfer"


def test_each_number_of_each_person_is_offered_after_the_typed_one() -> None:
    john = Contact("John", (Number("201"), Number("+12025550101", "mobile")))
    lines = offered([john], "555 01", WORDS)
    values = [json.loads(line["value"]) for line in lines]
    assert values == [{"number": "55501"}, JOHN, {"number": "+12025550101", "name": "John"}]
    assert [json.loads(line["value"]) for line in offered([john], "joh", WORDS)] == values[1:]


@pytest.mark.parametrize("name", ["x" * 500, "\\" * 500, '"' * 500, "\x00" * 500])
def test_a_long_name_is_cut_but_never_the_number(name: str) -> None:
    number = "+" + "1" * 31
    (line,) = offered([Contact(name, (Number(number),))], "x", WORDS)
    assert len(line["value"]) <= VALUE
    assert json.loads(line["value"])["number"] == number


def test_the_only_number_of_a_message_is_chosen_beforehand_one_of_several_is_not() -> None:
    one, two = dial_form(WORDS, ["200"]), dial_form(WORDS, ["200", "201"])
    assert one["blocks"][0]["element"]["initial_option"]["value"] == "200"
    assert "initial_option" not in two["blocks"][0]["element"]
    assert len(dial_form(WORDS)["blocks"]) == 2
