"""The Assistant: what is asked is done once, on the right call, and told as it happened."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assistant.contract import Command, Utterance
from assistant.settings import DialPlanSection, PolicySection
from tests.desk import SLOW, Desk, desk, eventually

MARIA, JOHN, EMMA = "+390655501104", "+12025550101", "+12025550144"


# One call


def test_a_call_is_done_when_it_is_seen(phone: Desk) -> None:
    reply = phone.do("call", target={"number": "12498398500"})
    assert reply.status == "done"
    assert "12498398500" in reply.text
    assert "1 2 4, 9 8 3" in reply.speech
    assert [entry.what for entry in phone.deeds()] == ["originate"]


def test_a_name_is_called_at_its_number(phone: Desk) -> None:
    reply = phone.do("call", target={"contact": "Maria Rossi"})
    assert "Maria Rossi" in reply.text
    assert phone.wait(MARIA, "active").name == "Maria Rossi"


def test_what_follows_is_told_and_ones_own_doing_is_not_told_twice(phone: Desk) -> None:
    phone.call("200")
    phone.do("hold")
    phone.do("resume")
    phone.do("hangup")
    eventually(lambda: not phone.line.calls())
    assert phone.kinds() == ["connected"]


def test_an_incoming_call_is_answered(phone: Desk) -> None:
    phone.ring(MARIA)
    reply = phone.do("answer")
    assert (reply.status, phone.states()) == ("done", {MARIA: "active"})
    assert phone.kinds() == ["incoming"]


def test_a_declined_call_is_not_missed(phone: Desk) -> None:
    phone.ring(MARIA)
    reply = phone.do("hangup", which="ringing")
    assert "Declined" in reply.text
    eventually(lambda: not phone.line.calls())
    assert phone.kinds() == ["incoming"]


def test_a_call_is_held_once_however_often_it_is_asked(phone: Desk) -> None:
    phone.call("200")
    assert [phone.do("hold").status for _ in range(3)] == ["done"] * 3
    assert phone.states() == {"200": "holding"}
    assert [entry.what for entry in phone.deeds()] == ["originate", "hold"]
    assert "already" in phone.do("hold").text


def test_with_nothing_to_act_on_it_is_refused_and_nothing_is_sent(phone: Desk) -> None:
    for intent in ("answer", "hangup", "hold", "resume", "conference", "attended_transfer"):
        assert phone.do(intent).status == "refused", intent
    assert phone.do("transfer", to={"number": "201"}).status == "refused"
    assert phone.deeds() == []


def test_a_call_that_is_still_being_dialled_can_only_be_ended(phone: Desk) -> None:
    phone.do("call", target={"number": SLOW})
    assert phone.do("hold").status == "refused"
    assert phone.do("call", target={"number": "200"}).status == "refused"
    assert phone.do("hangup").status == "done"


def test_a_number_that_is_busy_was_dialled_and_its_end_says_why(phone: Desk) -> None:
    assert phone.do("call", target={"number": "5550101"}).status == "done"
    event = eventually(lambda: next((e for e in phone.events if e.kind == "released"), None))
    assert phone.assistant.wording().event(event)[0].endswith("busy.")


# Which call


def test_two_ringing_calls_are_asked_about(phone: Desk) -> None:
    phone.ring(MARIA)
    phone.ring(JOHN)
    reply = phone.do("answer")
    assert reply.status == "asked"
    assert [choice.say for choice in reply.choices] == ["1", "2"]
    assert "Maria Rossi" in reply.choices[0].label
    assert phone.do("choose", index=1).status == "done"
    assert phone.states() == {MARIA: "incoming", JOHN: "active"}


def test_references_to_calls(phone: Desk) -> None:
    phone.call(MARIA)
    phone.call(JOHN)
    assert phone.states() == {MARIA: "holding", JOHN: "active"}
    phone.do("resume", which={"contact": "Maria Rossi"})
    assert phone.states() == {MARIA: "active", JOHN: "holding"}
    phone.do("hangup", which="held")
    assert phone.states() == {MARIA: "active"}
    reply = phone.do("hangup", which="other")
    assert (reply.status, phone.states()) == ("refused", {MARIA: "active"})
    reply = phone.do("hangup", which=2)
    assert (reply.status, "Maria Rossi" in reply.text) == ("refused", True)
    assert phone.do("hangup", which=1).status == "done"


def test_a_call_keeps_its_number_while_it_lives(phone: Desk) -> None:
    phone.call(MARIA)
    phone.call(JOHN)
    phone.do("hangup", which=1)
    assert phone.do("hold", which=2).status == "done"
    assert phone.states() == {JOHN: "holding"}


def test_hanging_up_everything_asks_and_ends_just_what_it_asked_about(phone: Desk) -> None:
    phone.call(MARIA)
    phone.call(JOHN)
    asked = phone.do("hangup", which="all")
    assert (asked.status, len(phone.states())) == ("asked", 2)
    phone.ring(EMMA)
    assert phone.do("yes").status == "done"
    assert phone.states() == {EMMA: "incoming"}


def test_cancel_does_nothing(phone: Desk) -> None:
    phone.call(MARIA)
    phone.call(JOHN)
    phone.do("hangup", which="all")
    assert phone.do("cancel").status == "done"
    assert phone.do("yes").status == "refused"
    assert len(phone.states()) == 2


# Transfers and conferences


def test_a_blind_transfer(phone: Desk) -> None:
    phone.call(MARIA)
    reply = phone.do("transfer", to={"contact": "Sales"})
    assert (reply.status, phone.states()) == ("done", {})
    assert phone.line.history()[-1].reason == "transferred"


def test_a_transfer_that_fails_says_so_and_the_call_stays(phone: Desk) -> None:
    phone.call(MARIA)
    reply = phone.do("transfer", to={"number": "5550101"})
    assert (reply.status, phone.states()) == ("failed", {MARIA: "active"})
    assert "still here" in reply.text


def test_a_held_call_is_taken_off_hold_to_be_transferred(phone: Desk) -> None:
    phone.call(MARIA)
    phone.call(JOHN)
    reply = phone.do("transfer", which="held", to={"contact": "Sales"})
    assert (reply.status, phone.states()) == ("done", {JOHN: "holding"})


def test_a_ringing_call_is_sent_on(phone: Desk) -> None:
    phone.ring(MARIA)
    reply = phone.do("transfer", to={"contact": "Voicemail"})
    assert (reply.status, phone.states()) == ("done", {})


def test_an_attended_transfer_as_a_person_does_it(phone: Desk) -> None:
    phone.call(MARIA)
    reply = phone.do("attended_transfer", to={"contact": "Emma Davis"})
    assert reply.status == "done"
    assert "complete the transfer" in reply.text
    phone.wait(EMMA, "active")
    assert phone.states() == {MARIA: "holding", EMMA: "active"}
    assert phone.do("attended_transfer").status == "done"
    assert phone.states() == {}
    assert [item.reason for item in phone.line.history()] == ["transferred"] * 2


def test_a_consultation_that_nobody_answered_is_not_completed(phone: Desk) -> None:
    phone.call(MARIA)
    phone.do("attended_transfer", to={"number": SLOW})
    assert phone.do("attended_transfer").status == "refused"
    assert phone.states()[MARIA] == "holding"


def test_two_live_calls_are_connected_whichever_is_named_first(phone: Desk) -> None:
    phone.call(MARIA)
    phone.call(JOHN)
    reply = phone.do("attended_transfer", a=1, b=2)
    assert (reply.status, phone.states()) == ("done", {})


def test_a_blind_transfer_to_somebody_on_the_line_asks_what_is_meant(phone: Desk) -> None:
    phone.call(MARIA)
    phone.call(JOHN)
    reply = phone.do("transfer", to={"contact": "Maria Rossi"})
    assert (reply.status, len(reply.choices)) == ("asked", 2)
    assert phone.do("choose", index=0).status == "done"
    assert [item.reason for item in phone.line.history()] == ["transferred"] * 2


def test_a_conference_of_the_two_calls(phone: Desk) -> None:
    phone.call(MARIA)
    phone.call(JOHN)
    assert phone.do("conference").status == "done"
    assert phone.states() == {MARIA: "active", JOHN: "active"}


def test_somebody_is_added_by_calling_them_first(phone: Desk) -> None:
    phone.call(MARIA)
    reply = phone.do("conference", parties=[{"contact": "Emma Davis"}])
    assert "conference" in reply.text
    phone.wait(EMMA, "active")
    reply = phone.do("conference", parties=[{"contact": "Emma Davis"}])
    assert (reply.status, phone.states()) == ("done", {MARIA: "active", EMMA: "active"})


def test_with_a_third_call_nobody_guesses_whom_to_join(phone: Desk) -> None:
    for number in (MARIA, JOHN, EMMA):
        phone.call(number)
    assert phone.do("conference").status == "refused"
    assert "conference" not in [entry.what for entry in phone.deeds()]


# Exactly once, in time


def test_the_same_id_is_done_once_and_answered_twice(phone: Desk) -> None:
    command = Command("call", {"target": {"number": "200"}})
    said = Utterance("", surface="cli", command=command, id="one")
    first, second = phone.assistant.handle(said), phone.assistant.handle(said)
    assert (first.status, first.text) == (second.status, second.text)
    assert len(phone.deeds()) == 1


@pytest.mark.parametrize("id_", ["two words", "naïve\n", "x" * 500])
def test_a_command_may_be_named_in_any_characters(phone: Desk, id_: str) -> None:
    command = Command("call", {"target": {"number": "200"}})
    said = Utterance("", surface="cli", command=command, id=id_)
    assert [phone.assistant.handle(said).status for _ in range(2)] == ["done", "done"]
    assert len(phone.deeds()) == 1


def test_a_late_command_is_refused(phone: Desk) -> None:
    command = Command("call", {"target": {"number": "200"}})
    said = Utterance("", surface="cli", command=command, deadline=time.time() - 0.01)
    reply = phone.assistant.handle(said)
    assert (reply.status, reply.text[:19]) == ("refused", "That came too late,")
    reply = phone.assistant.handle(replace(said, text="call 200"))
    assert (reply.status, reply.text[:25]) == ("refused", '"call 200" came too late,')
    assert phone.deeds() == []


def test_without_a_phonebar_it_fails_and_says_what_to_do(tmp_path: Path) -> None:
    with desk(tmp_path) as phone:
        phone.assistant.client.url = "http://127.0.0.1:9"
        reply = phone.do("call", target={"number": "200"})
        assert reply.status == "failed"
        assert "nothing was done" in reply.text


@pytest.mark.parametrize("number", ["../hangup", "sip:x@y", "1\r\n2", "٢٠٠", "%31", "1" * 33, ""])
def test_a_hostile_number_is_refused_and_nothing_is_sent(phone: Desk, number: str) -> None:
    assert phone.do("call", target={"number": number}).status == "refused"
    phone.call("200")
    assert phone.do("transfer", to={"number": number}).status == "refused"
    assert len(phone.deeds()) == 1


def test_a_phonebar_that_says_yes_and_does_nothing_is_not_believed(tmp_path: Path) -> None:
    with desk(tmp_path, quirks=True) as phone:
        phone.call("5550106")
        phone.far.hold = lambda _call_id: None  # type: ignore[union-attr,method-assign]
        reply = phone.do("hold")
        assert reply.status == "unknown"
        assert "connected" in reply.text


def test_everything_works_against_the_vendors_five_fields(tmp_path: Path) -> None:
    with desk(tmp_path, quirks=True) as phone:
        phone.call(MARIA)
        assert phone.do("hold").status == "done"
        phone.ring(JOHN)
        assert phone.do("answer").status == "done"
        assert phone.do("attended_transfer", a=1, b=2).status == "done"
        assert phone.states() == {}


# Policy


def test_an_emergency_number_takes_one_yes(phone: Desk) -> None:
    asked = phone.do("call", target={"number": "112"})
    assert (asked.status, phone.deeds()) == ("asked", [])
    reply = phone.do("yes")
    assert reply.status == "done"
    assert "simulated" in reply.text
    assert "real telephone" in reply.text


def test_a_remote_chat_is_told_what_to_do_instead(phone: Desk) -> None:
    command = Command("call", {"target": {"number": "112"}})
    for _ in range(2):
        reply = phone.assistant.handle(Utterance("", surface="slack", command=command))
        assert reply.status == "refused"
        assert "nearest telephone" in reply.text
    assert phone.deeds() == []


def test_the_limit_of_calls_a_minute_counts_what_was_dialled(tmp_path: Path) -> None:
    with desk(tmp_path, policy=PolicySection(max_calls_per_minute=2)) as phone:
        for number in ("200", "201"):
            phone.call(number)
        assert phone.do("call", target={"number": "202"}).status == "refused"
        assert phone.do("transfer", to={"number": "202"}).status == "done"


def test_what_may_not_be_dialled_is_no_target_of_a_transfer_or_a_deflection(
    tmp_path: Path,
) -> None:
    with desk(tmp_path, policy=PolicySection(forbid=("+1900",))) as phone:
        phone.call("200")
        assert phone.do("transfer", to={"number": "0019005551"}).status == "refused"
        phone.do("hangup")
        phone.ring(JOHN)
        assert phone.do("transfer", to={"number": "+19005551"}).status == "refused"
        assert list(phone.states().values()) == ["incoming"]
        assert not {"transfer", "deflect"} & {entry.what for entry in phone.deeds()}


def test_quiet_hours_say_when(tmp_path: Path) -> None:
    now = datetime.now()  # noqa: DTZ005 - the agent's own wall clock
    hours = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=1):%H:%M}"
    with desk(tmp_path, policy=PolicySection(quiet_hours=hours)) as phone:
        reply = phone.do("call", target={"number": "200"})
        assert (reply.status, hours in reply.text) == ("refused", True)


def test_a_spoken_surface_confirms_a_transfer(phone: Desk) -> None:
    phone.call(MARIA)
    command = Command("transfer", {"to": {"contact": "Sales"}})
    asked = phone.assistant.handle(Utterance("", surface="voice", command=command))
    assert asked.status == "asked"
    assert "Sales" in asked.speech
    phone.assistant.handle(Utterance("", surface="voice", command=Command("yes")))
    assert phone.states() == {}


# Questions


def test_a_question_belongs_to_its_user_and_surface(phone: Desk) -> None:
    phone.do("call", target={"ambiguous": ["John Carter", "John Smith"]})
    other = phone.assistant.handle(Utterance("", surface="headless", command=Command("yes")))
    assert other.status == "refused"
    assert phone.do("choose", index=1).status == "done"


def test_a_question_survives_the_process(tmp_path: Path) -> None:
    with desk(tmp_path) as phone:
        phone.do("call", target={"ambiguous": ["John Carter", "John Smith"]})
        again = Desk(tmp_path, phone.config.phonebar.url, phone.line, PolicySection())
        assert again.do("choose", text="smith").status == "done"
        assert again.wait(JOHN, "active").name == "John Smith"
        again.close()


def test_an_expired_question_is_not_answered(phone: Desk) -> None:
    phone.do("call", target={"ambiguous": ["John Carter", "John Smith"]})
    phone.assistant._clock = lambda: time.time() + 61
    assert phone.do("choose", index=0).status == "refused"
    assert phone.deeds() == []


def test_an_unrelated_sentence_is_asked_again_once_then_drops_the_question(phone: Desk) -> None:
    phone.do("call", target={"ambiguous": ["John Carter", "John Smith"]})
    assert phone.do("none").status == "asked"
    dropped = phone.do("none")
    assert dropped.status == "refused"
    assert phone.do("choose", index=0).status == "refused"
    assert phone.deeds() == []


def test_somebody_unknown_is_not_called(phone: Desk) -> None:
    reply = phone.do("call", target={"unknown": "the pizza place"})
    assert reply.status == "refused"
    assert "pizza" in reply.text
    assert phone.deeds() == []


def test_the_dial_plan_is_applied_and_shown(tmp_path: Path) -> None:
    plan = DialPlanSection(outside_prefix="0", internal_longest=4, country="+39")
    with desk(tmp_path, dial_plan=plan) as phone:
        reply = phone.do("call", target={"contact": "Maria Rossi"})
        assert "00655501104" in reply.text
        assert [call.number for call in phone.line.calls()] == ["00655501104"]
        assert phone.wait("00655501104", "active").name == "Maria Rossi"
        assert phone.do("attended_transfer", to={"contact": "Sales"}).status == "done"
        phone.wait("200", "active")
        assert phone.do("attended_transfer").status == "done"


def test_too_many_people_of_a_name_are_not_read_out(phone: Desk) -> None:
    names = sorted(contact.name for contact in phone.assistant.directory.contacts)[:12]
    reply = phone.do("call", target={"ambiguous": names})
    assert (reply.status, reply.choices) == ("refused", ())
    assert "12 people" in reply.text


def test_contacts_that_change_count_at_once_and_a_broken_file_is_told_once(phone: Desk) -> None:
    contacts = Path(phone.config.assistant.contacts[0])
    contacts.write_text("name,number,aliases\nZora New,4321,\n", encoding="utf-8")
    assert phone.say("call zora").status == "done"
    phone.do("hangup")
    contacts.write_text("nonsense,that,is no directory\n", encoding="utf-8")
    reply = phone.say("call zora new")
    assert reply.status == "done"
    assert "old ones still count" in reply.text
    assert "old ones" not in phone.say("hang up").text


def test_a_programs_command_that_names_nobody_is_refused(phone: Desk) -> None:
    phone.call("200")
    for command in (Command("call"), Command("transfer"), Command("call", {"target": "200"})):
        reply = phone.assistant.handle(Utterance("", surface="cli", command=command))
        assert reply.status == "refused"
    assert len(phone.deeds()) == 1


def test_help_lists_only_what_would_do_something_now(phone: Desk) -> None:
    listed = phone.say("help").text.splitlines()
    assert "call maria rossi" in listed
    assert not {"hang up", "decline", "hold", "answer"} & set(listed)
    phone.call("5550100")
    listed = phone.say("help").text.splitlines()
    assert {"hang up", "hold", "transfer to sales"} <= set(listed)
    assert not {"decline", "hang up call 2", "complete the transfer", "resume"} & set(listed)
