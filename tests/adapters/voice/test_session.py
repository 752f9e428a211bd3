"""What is said becomes what is done, and what nobody asked for does nothing."""

from __future__ import annotations

from pathlib import Path

from adapters.voice.activity import LASTS
from adapters.voice.microphone import CHUNK
from adapters.voice.recogniser import RATE
from tests.adapters.voice.person import speaking
from tests.desk import Desk, desk, eventually


def test_a_command_is_said_after_a_press_and_its_answer_told(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.press()
        person.is_("listening")
        person.says("call Sales")
        person.reads("Calling Sales (200).")
        person.reads('Heard: "call Sales"')
        person.is_("waiting")
        assert person.ears.cues == ["listening", "stopped", "done"]
        assert person.ears.hushed == 1
        assert person.overs >= 1
    assert [line for line in person.lines if "Microphone:" in line] == [
        f"Microphone: {state}"
        for state in ("waiting", "listening", "hearing you", "thinking", "waiting")
    ]


def test_a_key_that_is_held_hears_pauses_and_ends_when_it_is_let_go(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.talk(True, True)
        person.is_("listening")
        person.speaks(10)
        person.quiet(60)
        person.speaks(10)
        person.is_("hearing")
        person.says("call Sales")
        person.quiet(60)
        person.is_("listening")
        assert person.script.lengths == [], "nothing ends it but the key"
        person.session.talk(False, False)
        person.reads("Calling Sales (200).")


def test_nothing_is_said_and_that_is_told(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.talk(True, True)
        person.is_("listening")
        person.session.talk(False, False)
        person.reads("I heard nothing")
        person.session.press()
        person.is_("listening")
        person.reads("I heard nothing", 2)
        person.is_("waiting")
    assert phone.deeds() == []


def test_pressed_again_it_ends(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.press()
        person.is_("listening")
        person.session.talk(False, False)
        person.is_("waiting")
        assert person.ears.cues == ["listening", "stopped"]


def test_what_began_just_before_the_press_is_heard_from_its_beginning(phone: Desk) -> None:
    with speaking(phone) as person:
        person.quiet(30)
        person.speaks(8)
        person.all_heard()
        person.session.press()
        person.is_("hearing")
        person.says("call Sales")
        person.reads("Calling Sales (200).")
    wanted = (8 + 8 + 16) * CHUNK
    assert wanted < person.script.lengths[0] < wanted + RATE


def test_speech_without_a_press_does_nothing(phone: Desk) -> None:
    with speaking(phone) as person:
        person.says("call Sales")
        person.quiet(30)
        person.all_heard()
        person.session.press()
        person.is_("listening")
    assert phone.deeds() == []
    assert person.script.lengths == []


def test_what_is_not_understood_does_nothing_and_examples_are_given(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.press()
        person.says("call Sales", none=0.9)
        person.reads('I did not understand, so nothing was done. You can say, for example: "call')
        assert person.ears.cues[-1] == "failed"
    assert phone.deeds() == []


def test_what_was_not_heard_well_is_asked_about(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.press()
        person.says("call Sales", score=0.6, also="call Sam")
        person.reads("Did you mean: call Sales")
        assert phone.deeds() == []
        person.is_("listening")
        person.says("yes")
        person.reads("Calling Sales (200).")


def test_a_yes_that_was_not_heard_well_is_no_yes(phone: Desk) -> None:
    phone.call("200")
    before = phone.deeds()
    with speaking(phone) as person:
        person.session.press()
        person.says("transfer to support")
        person.reads("Transfer Sales (200)")
        person.is_("waiting")
        person.session.press()
        person.says("yes", score=0.6)
        person.reads("I did not take that as an answer.")
        person.session.press()
        person.is_("listening")
        person.says("cancel", score=0.6)
        person.reads("Cancelled.")
    assert phone.deeds() == before


def test_a_question_listens_for_its_answer_only_when_it_has_been_spoken(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.press()
        person.is_("listening")
        person.ears.speaks = False
        person.says("call 5550199")
        eventually(lambda: "asked" in person.ears.cues)
        person.is_("listening")
        person.ears.speaks = True
        person.speaks(20)
        person.all_heard()
        person.ears.speaks = False
        person.quiet()
        person.says("yes")
        person.reads("Calling 5550199.")


def test_silence_is_never_a_yes(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.press()
        person.says("call 5550199")
        person.is_("listening")
        person.reads("I heard nothing")
        person.is_("waiting")
    assert phone.deeds() == []


def test_it_sleeps_and_wakes_when_told_to(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.press()
        person.says("go to sleep")
        person.is_("asleep")
        person.reads("I am asleep, and do nothing")
        person.session.press()
        person.says("call Sales")
        person.reads("I am asleep, so nothing was done.")
        person.session.press()
        person.says("wake up")
        person.is_("waiting")
        person.reads("I am awake again.")
        person.session.press()
        person.says("wake up")
        person.reads("I am awake already.")
    assert phone.deeds() == []


def test_without_a_command_for_long_it_goes_to_sleep(phone: Desk) -> None:
    with speaking(phone, sleep_after=0.3) as person:
        person.is_("asleep")


def test_a_wake_word_begins_to_listen(phone: Desk) -> None:
    with speaking(phone, wake="phonebar") as person:
        person.quiet()
        person.says("phonebar")
        person.is_("listening")
        person.says("call Sales")
        person.reads("Calling Sales (200).")


def test_what_is_not_the_wake_word_does_nothing_and_is_not_told(phone: Desk) -> None:
    with speaking(phone, wake="phonebar") as person:
        person.quiet()
        person.says("call Sales")
        eventually(lambda: len(person.script.lengths) == 1)
        person.says("phonebar", none=0.8)
        eventually(lambda: len(person.script.lengths) == 2)
        assert person.session.mode == "waiting"
        assert person.script.expected[-1].choices == ("phonebar",)
        assert person.script.expected[-1].intents == ()
    assert phone.deeds() == []
    assert person.ears.cues == []


def test_during_a_call_nobody_but_who_presses_is_heard(phone: Desk) -> None:
    phone.call("200")
    before = phone.deeds()
    with speaking(phone, wake="phonebar") as person:
        person.quiet()
        person.says("phonebar")
        person.says("hang up")
        person.quiet(60)
        person.all_heard()
        assert person.script.lengths == []
        assert person.session.mode == "waiting"
        assert phone.deeds() == before
        person.session.press()
        person.script.next.clear()
        person.says("hold")
        person.reads("Sales (200) is on hold.")


def test_a_call_that_begins_ends_what_the_wake_word_began(phone: Desk) -> None:
    with speaking(phone, wake="phonebar") as person:
        person.quiet()
        person.says("phonebar")
        person.is_("listening")
        phone.call("200")
        person.is_("waiting")
        before = phone.deeds()
        person.says("hang up")
        person.quiet(60)
        person.all_heard()
    assert phone.deeds() == before


def test_speech_that_began_before_waking_is_not_heard(phone: Desk) -> None:
    with speaking(phone, wake="phonebar") as person:
        person.session.sleep()
        person.is_("asleep")
        person.speaks(20)
        person.all_heard()
        person.session.wake()
        person.is_("waiting")
        person.speaks(20)
        person.quiet(60)
        person.all_heard()
    assert person.script.lengths == []


def test_it_does_not_hear_itself(phone: Desk) -> None:
    with speaking(phone, wake="phonebar") as person:
        person.quiet()
        person.ears.speaks = True
        person.says("phonebar")
        person.all_heard()
        person.quiet(round(1 / LASTS))
        person.all_heard()
        assert person.session.mode == "waiting"
    assert person.script.lengths == []


def test_a_microphone_that_is_lost_is_told_of_and_a_press_says_so(phone: Desk) -> None:
    with speaking(phone) as person:
        person.microphone.on_state("lost")
        person.is_("deaf")
        person.reads("There is no microphone")
        person.session.press()
        person.reads("There is no microphone", 2)
        person.microphone.on_state("open")
        person.is_("waiting")
        person.reads("The microphone is ready.", 2)


def test_what_is_typed_counts_as_if_it_were_said(phone: Desk) -> None:
    with speaking(phone) as person:
        person.session.say("call Sales")
        person.reads("Calling Sales (200).")
        person.session.say("go to sleep")
        person.is_("asleep")


def test_who_gives_a_number_is_waited_for_longer(phone: Desk) -> None:
    with speaking(phone, silence=0.3, silence_digits=3.0) as person:
        person.session.say("call a number")
        eventually(lambda: person.session._hearing.digits)
        person.session.press()
        person.is_("listening")
        person.speaks(10)
        person.quiet(40)
        person.says("555")
        person.quiet(100)
        eventually(lambda: len(person.script.lengths) == 1)
        assert person.script.expected[-1].digits
        assert person.script.lengths[0] > 66 * CHUNK


# Said to it on another surface


def test_it_is_sent_to_sleep_and_woken_from_anywhere(phone: Desk) -> None:
    with speaking(phone) as person:
        reply = phone.say("Go to sleep")
        assert reply.status == "done"
        assert "do nothing until" in reply.text
        person.is_("asleep")
        assert "asleep already" in phone.say("go to sleep").text
        refused = phone.say("listen")
        assert (refused.status, "wake up" in refused.text) == ("refused", True)
        assert phone.say("wake up").text == "I am awake again."
        person.is_("waiting")
        assert "awake already" in phone.say("wake up").text


def test_it_understands_that_in_each_of_its_users_languages(tmp_path: Path) -> None:
    with desk(tmp_path, languages=("en", "fr")) as phone, speaking(phone) as person:
        assert "réveille-toi" in phone.say("Arrete d'ecouter !").text
        person.is_("asleep")
        assert phone.say("wake up.").text == "I am awake again."
        person.is_("waiting")


def test_it_listens_once_when_it_is_told_to_anywhere(phone: Desk) -> None:
    with speaking(phone) as person:
        assert phone.say("listen").text == "I am listening. Say what you want."
        person.is_("listening")
        assert phone.say("listen").status == "done"
        person.says("call Sales")
        person.reads("Calling Sales (200).")
        person.is_("waiting")


def test_without_it_nobody_understands_that(phone: Desk) -> None:
    with speaking(phone):
        pass
    for said in ("go to sleep", "wake up", "listen"):
        assert "not understand" in phone.say(said).text, said
