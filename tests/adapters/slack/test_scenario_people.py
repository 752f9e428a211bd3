"""Conversations about who may do what, where: links, strangers, channels, questions."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from assistant.settings import SlackSection
from tests.adapters.slack.house import AGENT, House, conversation

SHORT = SlackSection(aliases=("/call", "/park=hold"), channels=("C1",))


def test_which_john_is_answered_by_button(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.slash("/phonebar", "call john")
        asked = await ann.sees_message("Whom do you mean?")
        carter = next(one for one in asked.buttons if "Carter" in one)
        await ann.presses(asked, carter)
        await ann.sees("Calling John Carter")
        await here.until(lambda: here.phone.states() == {"+12025550102": "active"})

    conversation(talk, tmp_path)


def _active(here: House, number: str) -> bool:
    return here.phone.states() == {number: "active"}


def test_which_john_is_answered_in_words(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        answers = {"the second": "+12025550101", "carter": "+12025550102"}
        for said, number in answers.items():
            await ann.says("call john")
            await here.until(lambda: "Whom do you mean?" in ann.last.said)
            await ann.says(said)
            await here.until(partial(_active, here, number))
            await ann.says("hang up")
            await here.until(lambda: not here.phone.states())

    conversation(talk, tmp_path)


def test_a_button_of_an_earlier_question_does_nothing_and_says_so(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.says("call john")
        first = await ann.sees_message("Whom do you mean?")
        await ann.says("cancel")
        await here.until(lambda: "Whom" not in ann.last.said)
        before = len(ann.dm)
        carter = next(one for one in first.buttons if "Carter" in one)
        await ann.presses(first, carter)
        await here.until(lambda: len(ann.dm) > before)
        assert here.deeds() == []

    conversation(talk, tmp_path)


def test_wrong_used_and_expired_codes_link_nobody(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        eve = here.slack.person("U2", "eve")
        await eve.says("link ABCD-EFGH")
        await eve.sees("That code is wrong")
        code = here.store.new_code(AGENT)
        await eve.says(f"link {code}")
        await eve.sees("Linked with")
        await ann.sees("Another Slack user has linked")
        await ann.says(f"link {code}")
        await ann.sees("That code is wrong")
        for _ in range(4):
            await ann.slash("/phonebar", "link ABCD-EFGH")
        await here.until(lambda: sum("That code" in one.said for one in ann.dm) == 5)
        fresh = here.store.new_code(AGENT)
        await ann.slash("/phonebar", f"link {fresh}")
        await ann.sees("Too many wrong codes")
        assert here.store.linked_to(AGENT).user == "U2"

    conversation(talk, tmp_path)


def test_unlinking_by_word_and_in_the_app_home(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.opens_home()
        await here.until(lambda: ann.home and ann.home.buttons)
        await ann.says("unlink")
        await ann.sees("is gone")
        await here.until(lambda: "no workstation" in ann.home.said)
        assert ann.home.buttons == []
        assert here.store.linked_to(AGENT) is None
        await ann.says("call 200")
        await ann.sees("You have no workstation here yet")
        await ann.says(f"link {here.store.new_code(AGENT)}")
        await here.until(lambda: here.store.linked_to(AGENT))
        await ann.opens_home()
        await here.until(lambda: ann.home and "Unlink this workstation" in ann.home.buttons)
        await ann.presses(ann.home, "Unlink this workstation", confirm=True)
        await here.until(lambda: "no workstation" in ann.home.said)
        assert here.store.linked_to(AGENT) is None
        assert here.deeds() == []

    conversation(talk, tmp_path)


def test_the_card_of_a_call_says_that_it_is_no_longer_followed(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.says("call 200")
        card = await ann.sees_message("Outgoing call: connected")
        await ann.says("unlink")
        card = await ann.sees_message("no longer followed here")
        assert card.buttons == []

    conversation(talk, tmp_path)


def test_a_card_that_slack_did_not_take_yet_is_not_posted_after_the_link_is_gone(
    tmp_path: Path,
) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.opens_home()
        here.slack.limits.storm(1000, "chat.postMessage")
        await here.ring("+442079460958")
        await here.until(lambda: here.store.cards("T1", "U1"))
        eve = here.slack.person("U2", "eve")
        await eve.slash("/phonebar", f"link {here.store.new_code(AGENT)}")
        await eve.sees("Linked with")
        await here.until(lambda: ann.home and "no workstation" in ann.home.said)
        here.slack.limits.calm()
        await eve.sees("Incoming call: ringing", 10)
        await ann.sees("Another Slack user has linked", 10)
        assert ann.find("+442079460958") is None

    conversation(talk, tmp_path)


def test_unlinked_people_and_strangers_are_told_and_nothing_is_done(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        await here.linked()
        eve = here.slack.person("U2", "eve")
        await eve.slash("/phonebar", "call 200")
        await eve.sees("You have no workstation here yet")
        await eve.opens_home()
        await here.until(lambda: eve.home and "no workstation" in eve.home.said)
        other = here.slack.team("T9", installed=False)
        mallory = here.slack.person("U9", "mallory", team=other)
        here.slack.channel("C1", "shared", [eve, mallory])
        await mallory.mentions("call 200", "C1")
        await mallory.sees("only the people of its own workspace")
        assert here.deeds() == []

    conversation(talk, tmp_path)


def test_in_a_second_team_that_has_the_app_nobody_is_served(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        await here.linked()
        bob = here.slack.person("U7", "bob", team=here.slack.team("T2", "Other"))
        await bob.slash("/phonebar", f"link {here.store.new_code(AGENT)}")
        await bob.sees("only the people of its own workspace")
        await bob.slash("/phonebar", "call 200")
        await here.until(lambda: sum("only the people" in one.said for one in bob.dm) == 2)
        assert here.store.linked("T2", "U7") is None
        assert here.store.linked_to(AGENT).user == "U1"
        assert here.deeds() == []

    conversation(talk, tmp_path)


def test_a_link_of_a_workspace_that_the_app_was_in_before_shows_nobody_any_calls(
    tmp_path: Path,
) -> None:
    async def talk(here: House) -> None:
        here.store.link("T9", "U9", here.store.new_code("another PC"))
        ann = await here.linked()
        await here.ring("+442079460958")
        await ann.sees("Incoming call: ringing")
        told = {call.given["channel"] for call in here.slack.calls("chat.postMessage")}
        assert told <= {"U1", "DU1"}

    conversation(talk, tmp_path)


def test_a_team_that_is_not_on_the_list_is_refused(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = here.slack.person("U1", "ann")
        await ann.says(f"link {here.store.new_code(AGENT)}")
        await ann.sees("does not let this workspace use the phone")
        assert here.store.linked_to(AGENT) is None
        here.store.link("T1", "U1", here.store.new_code(AGENT))
        await ann.says("call 200")
        await ann.slash("/phonebar", "call 200")
        await here.until(lambda: sum("does not let" in one.said for one in ann.dm) == 3)
        await ann.opens_home()
        await here.until(lambda: ann.home and "does not let" in ann.home.said)
        assert here.deeds() == []

    conversation(talk, tmp_path, settings=SlackSection(teams=("T7",)))


def test_calls_from_before_the_link_are_not_called_back(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        await here.ring("+390655501104")
        await here.far(lambda: here.phone.do("hangup", **{"while": "incoming"}))
        await here.far(lambda: here.phone.call("201"))
        await here.far(lambda: here.phone.do("hangup"))
        await here.until(lambda: not here.phone.states())
        before = len(here.deeds())
        ann = await here.linked()
        for said in ("call back", "redial"):
            await ann.says(said)
            await here.until(lambda: "no such call yet" in ann.last.said)
            await ann.says("help")
            await here.until(lambda: "You can say now" in ann.last.said)
        assert len(here.deeds()) == before
        await here.ring("+12025550101")
        await ann.says("hang up")
        await here.until(lambda: not here.phone.states())
        await ann.says("call back")
        await here.until(lambda: here.phone.states() == {"+12025550101": "active"})

    conversation(talk, tmp_path)


def test_one_user_cannot_act_on_the_calls_of_another(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.says("call 200")
        await ann.sees("Outgoing call: connected")
        eve = here.slack.person("U2", "eve")
        await eve.says("hang up")
        await eve.sees("You have no workstation here yet")
        assert here.phone.states() == {"200": "active"}
        assert eve.find("Sales") is None

    conversation(talk, tmp_path)


def test_in_a_channel_numbers_are_masked_and_only_the_asker_sees_the_reply(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        eve = here.slack.person("U2", "eve")
        here.slack.channel("C1", "general", [ann, eve])
        here.slack.channel("C2", "random", [ann, eve])
        await ann.slash("/call", "+442079460958", channel="C1")
        await here.until(
            lambda: any(o.channel == "C1" and o.only_for == "U1" for o in ann.messages)
        )
        shown = [one.said for one in ann.messages if one.channel == "C1"]
        assert all("0958" not in one.replace(" ", "") for one in shown), shown
        assert not [one for one in eve.messages if one.channel == "C1"]
        await here.until(lambda: here.phone.states() == {"+442079460958": "active"})
        await ann.slash("/park", channel="C1")
        await here.until(lambda: here.phone.states() == {"+442079460958": "holding"})
        await ann.slash("/call", "200", channel="C2")
        await ann.sees("does not let me act from this channel")
        assert len(here.phone.states()) == 1

    conversation(talk, tmp_path, settings=SHORT)


def test_a_mention_in_a_thread_is_answered_in_it(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        here.slack.channel("C1", "general", [ann])
        start = here.slack.world.post(here.slack.world.channels["C1"], ann.user, "a question", [])
        await ann.mentions("call 200", "C1", thread=start.ts)
        await here.until(lambda: here.phone.states() == {"200": "active"})
        await here.until(lambda: any(o.channel == "C1" and o.only_for for o in ann.messages))
        answer = next(one for one in ann.messages if one.channel == "C1" and one.only_for)
        assert answer.thread_ts == start.ts
        assert len(here.deeds()) == 1

    conversation(talk, tmp_path)


def test_a_mentioned_colleague_is_called_by_their_name(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        john = here.slack.person("U5", "john")
        john.user.real_name = "John Carter"
        await ann.slash("/phonebar", "call @john")
        await here.until(lambda: here.phone.states() == {"+12025550102": "active"})

    conversation(talk, tmp_path)


def test_edits_deletions_and_bots_do_nothing(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.says("help")
        await ann.sees("You can say now")
        mine = next(one for one in ann.dm if one.text == "help")
        await ann.edits(mine, "call 200")
        await ann.deletes(mine)
        await here.slack.bot_says("call 200", "DU1")
        await ann.says("what can I say")
        await ann.slash("/phonebar")
        await here.until(lambda: sum("You can say now" in one.said for one in ann.dm) == 3)
        assert here.deeds() == []

    conversation(talk, tmp_path)


def test_an_emergency_number_is_refused_with_what_to_do_instead(tmp_path: Path) -> None:
    async def talk(here: House) -> None:
        ann = await here.linked()
        await ann.says("call 112")
        await ann.sees("Call it now from the nearest telephone")
        assert here.deeds() == []

    conversation(talk, tmp_path)
