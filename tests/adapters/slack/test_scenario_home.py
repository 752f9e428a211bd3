"""Conversations in the App Home, with shortcuts, and the user's own status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.slack.house import AGENT, House, conversation


def test_the_app_home_shows_calls_and_calls_back(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.opens_home()
        await here.until(lambda: ann.home and "There has been no call yet" in ann.home.said)
        await ann.says("call 200")
        await here.until(lambda: "Outgoing call: connected" in ann.home.said)
        await ann.presses(ann.home, "Hang up", confirm=True)
        await here.until(lambda: "Call back" in ann.home.buttons)
        await ann.presses(ann.home, "Call back")
        await here.until(lambda: here.phone.states() == {"200": "active"})

    conversation(talk, tmp_path)


def test_an_app_home_that_was_opened_before_the_link_follows_the_calls(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = here.slack.person("U1", "ann")
        await ann.opens_home()
        await here.until(lambda: ann.home and "no workstation" in ann.home.said)
        await ann.slash("/phonebar", f"link {here.store.new_code(AGENT)}")
        await here.until(lambda: f"Phone of {AGENT}" in ann.home.said)
        await ann.slash("/phonebar", "call 200")
        await here.until(lambda: "Outgoing call: connected" in ann.home.said)
        here.store.unlink("T1", "U1")  # as `phonebar slack unlink` does
        await here.until(lambda: "no workstation" in ann.home.said)

    conversation(talk, tmp_path)


def test_ready_and_pause_really_change_the_phonebar(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.opens_home()
        await here.until(lambda: ann.home and "Take a pause" in ann.home.buttons)
        await ann.presses(ann.home, "Take a pause")
        await here.until(lambda: str(here.phone.line.status) == "pause")
        await here.until(lambda: "Be ready" in ann.home.buttons)
        await ann.presses(ann.home, "Be ready")
        await here.until(lambda: str(here.phone.line.status) == "ready")

    conversation(talk, tmp_path)


def test_a_status_that_cannot_be_seen_is_not_said_to_be_set(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.opens_home()
        await here.until(lambda: ann.home and "Take a pause" in ann.home.buttons)
        await here.far(here.phone.server.stop)
        pressed = await ann.presses(ann.home, "Take a pause")
        await ann.sees("cannot see that it did. Look at the phonebar.")
        await here.far(here.phone.server.start)
        await here.slack.deliveries.again(pressed, new_envelope=True)
        await ann.says("calls")
        await ann.sees("There are no calls")
        assert str(here.phone.line.status) == "ready"

    conversation(talk, tmp_path)


def test_what_is_ticked_is_asked_first(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.opens_home()
        await here.until(lambda: ann.home and "hanging up" in ann.home.said)
        await ann.chooses(ann.home, "home:confirm", ["hangup"])
        await here.until(lambda: here.store.linked("T1", "U1").confirm == ("hangup",))
        await ann.says("call 200")
        await ann.sees("Outgoing call: connected")
        await ann.says("hang up")
        asked = await ann.sees_message("Hang up Sales (200)?")
        assert here.phone.states() == {"200": "active"}
        await ann.presses(asked, "Yes")
        await here.until(lambda: not here.phone.states())

    conversation(talk, tmp_path)


def test_italian_chosen_in_the_app_home_is_spoken_everywhere(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.opens_home()
        await here.until(lambda: ann.home and "There are no calls" in ann.home.said)
        await ann.says("call 200")
        card = await ann.sees_message("Outgoing call: connected")
        await here.until(lambda: "Outgoing call: connected" in ann.home.said)
        await ann.chooses(ann.home, "home:language", "Italiano")
        await ann.sees("Chiamata in uscita: in linea")
        await here.until(lambda: "Telefono di" in ann.home.said)
        assert "Outgoing" not in ann.home.said
        assert card.buttons == ["Metti in attesa", "Trasferisci…", "Riaggancia"]
        await ann.slash("/phonebar", "metti in attesa")
        await ann.sees("Sales (200) è in attesa.")
        await here.until(lambda: "Chiamata in uscita: in attesa" in card.said)
        await here.until(lambda: "Chiamata in uscita: in attesa" in ann.home.said)
        await ann.presses(card, "Riaggancia", confirm=True)
        await here.until(lambda: card.buttons == ["Richiama"])
        assert "È durata" in card.said
        await ann.chooses(ann.home, "home:language", "Qualsiasi")
        await here.until(lambda: "There are no calls" in ann.home.said)

    conversation(talk, tmp_path, languages=("en", "it"))


@pytest.mark.parametrize(
    "text", ["no number here", "ring +44 20 7946 0958", "200-5550100 or +39 06 555 0110"]
)
def test_a_number_in_a_message_is_called_from_its_menu(tmp_path: Path, text: str) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        here.slack.channel("C1", "general", [ann])
        message = here.slack.world.post(here.slack.world.channels["C1"], ann.user, text, [])
        await ann.shortcut("call_number", message)
        form = await ann.sees_view("Make a call")
        if "7946" in text:
            await ann.submits(form)
            await here.until(lambda: here.phone.states() == {"+442079460958": "active"})
        elif "555" in text:
            await ann.submits(form, {"found": "+39065550110"})
            await here.until(lambda: here.phone.states() == {"+39065550110": "active"})
        else:
            await ann.submits(form)
            await ann.sees_view("Choose a name, or type a number.")
            await ann.submits(form, {"number": "20x"})
            await ann.sees_view("A number has digits")
            assert here.deeds() == []

    conversation(talk, tmp_path)


def test_of_several_numbers_in_a_message_none_is_called_before_one_is_chosen(
    tmp_path: Path,
) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        here.slack.channel("C1", "general", [ann])
        text = "office +39 06 555 0110, mobile +44 20 7946 0958, at home (202) 555-0142"
        message = here.slack.world.post(here.slack.world.channels["C1"], ann.user, text, [])
        await ann.shortcut("call_number", message)
        form = await ann.sees_view("Make a call")
        (found,) = [one["element"] for one in form.blocks if one["block_id"] == "found"]
        offered = [one["value"] for one in found["options"]]
        assert offered == ["+39065550110", "+442079460958", "2025550142", "other"]
        assert "initial_option" not in found
        await ann.submits(form)
        await ann.sees_view("Choose one of the numbers in the message")
        assert here.deeds() == []
        await ann.submits(form, {"found": "+442079460958"})
        await here.until(lambda: here.phone.states() == {"+442079460958": "active"})
        assert len(here.deeds()) == 1

    conversation(talk, tmp_path)


def test_another_number_than_that_in_the_message_can_be_called(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        here.slack.channel("C1", "general", [ann])
        where = here.slack.world.channels["C1"]
        message = here.slack.world.post(where, ann.user, "ring +44 20 7946 0958", [])
        await ann.shortcut("call_number", message)
        form = await ann.sees_view("Make a call")
        await ann.submits(form, {"number": "200"})
        await ann.sees_view("Give either a name or a number, not both.")
        await ann.submits(form, {"found": "other"})
        await here.until(lambda: here.phone.states() == {"200": "active"})

    conversation(talk, tmp_path)


def test_the_global_shortcut_dials(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.shortcut("dial")
        form = await ann.sees_view("Make a call")
        await ann.submits(form, {"number": "200"})
        await here.until(lambda: here.phone.states() == {"200": "active"})

    conversation(talk, tmp_path)


def test_the_status_is_set_on_a_call_and_cleared_after_it(tmp_path: Path) -> None:
    from tests.adapters.slack.fake import Slack

    slack = Slack()
    ann_before = slack.person("U1", "ann")
    token = slack.allow(ann_before)
    ann_before.user.status_text = "On a call"

    async def talk(here: House) -> None:
        person = here.slack.world.users["U1"]
        await here.until(lambda: person.status_text == "")
        ann = ann_before
        await ann.says(f"link {here.store.new_code('pc')}")
        await ann.sees("Linked with")
        await ann.says("call 200")
        await here.until(lambda: person.status_text == "On a call")
        assert person.status_expiration > 0
        await ann.says("hang up")
        await here.until(lambda: person.status_text == "")
        person.status_text = "At lunch"
        await ann.says("call 200")
        await here.until(here.phone.states)
        await ann.says("hang up")
        await here.until(lambda: not here.phone.states())
        assert person.status_text == "At lunch"

    conversation(talk, tmp_path, slack=slack, user_token=token)
