"""Every card, question, form and App Home is one that Slack takes, whatever the names in it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.cards import ENDS, live_card, over_card
from adapters.slack.forms import dial_form, offered, transfer_form
from adapters.slack.home import Scene, unlinked_view, view
from adapters.slack.message import Message
from adapters.slack.replies import answer
from adapters.slack.store import Link
from adapters.slack.words import words_in
from assistant.actions import actions
from assistant.contact import Contact, Number
from assistant.contract import CallEvent, Choice, EventKind, LiveCall, Reply, Status
from assistant.desk import Habits
from assistant.numbers import found_in
from assistant.settings import CONFIRMABLE
from assistant.wording import Wording
from phonebar.protocol import CallState
from tests.adapters.slack.blocks import check_message, check_options, check_view

FEW = settings(deadline=None, max_examples=40)
NAMES = (
    st.text(min_size=1, max_size=20)
    | st.text(alphabet="<>&*_~`!@|\n\"'\\ é漢😀", min_size=1, max_size=60)
    | st.sampled_from(["<!channel>", "*", " ", "x" * 5000, "&" * 4000, "😀" * 400, "\x00"])
)
NUMBERS = st.from_regex(r"\+?[0-9*#]{1,32}", fullmatch=True) | st.just("anonymous")
REMARKS = st.none() | NAMES
SPOKEN = [words_in(code) for code in ("en", "it", "de", "fr", "es", "pt")]
LANGUAGES = st.sampled_from([words for words in SPOKEN if "slack_who" in words.messages])
STATES = st.sampled_from([int(state) for state in CallState] + [999])


@st.composite
def live_calls(draw: st.DrawFn, key: str = "k1") -> LiveCall:
    return LiveCall(
        key=key,
        line=draw(st.integers(1, 99)),
        session_id=key,
        number=draw(NUMBERS),
        state_id=draw(STATES),
        incoming=draw(st.booleans()),
        duration=draw(st.integers(0, 10**6)),
        answered=draw(st.booleans()),
        name=draw(REMARKS),
        note=draw(REMARKS),
        transfer_error=draw(REMARKS),
    )


TWO = st.tuples(live_calls("k1"), live_calls("k2"))


def wrong(message: Message) -> list[str]:
    body = message.body()
    found = [str(problem) for problem in check_message(body["blocks"])]
    if not body["text"].strip() or "<" in body["text"]:
        found.append(f"the text: {body['text'][:100]!r}")
    return found


@FEW
@given(TWO, LANGUAGES)
def test_the_card_of_any_call_is_taken(calls: tuple[LiveCall, LiveCall], words: Wording) -> None:
    for call in calls:
        assert wrong(live_card(call, calls, words)) == []
        assert wrong(live_card(call, (call,), words)) == []


@FEW
@given(live_calls(), LANGUAGES)
def test_a_card_has_a_button_for_each_thing_that_can_be_done(
    call: LiveCall, words: Wording
) -> None:
    rows = [b for b in live_card(call, (call,), words).blocks if b["type"] == "actions"]
    names = [one["action_id"].split(":")[1] for row in rows for one in row["elements"]]
    assert names == [action.name for action in actions(call, (call,))]


@FEW
@given(live_calls(), st.sampled_from(sorted(ENDS)), st.none() | st.floats(0, 1e6), LANGUAGES)
def test_the_card_of_a_call_that_is_over_is_taken(
    call: LiveCall, kind: EventKind, lasted: float | None, words: Wording
) -> None:
    assert wrong(over_card(CallEvent(kind, call, 1.0), words, lasted)) == []


@FEW
@given(
    st.lists(st.builds(Choice, NAMES, NAMES.map(lambda text: text[:100])), max_size=40),
    NAMES.filter(str.strip),
    st.booleans(),
    LANGUAGES,
)
def test_any_question_is_taken(
    choices: list[Choice], text: str, hide: bool, words: Wording
) -> None:
    reply = Reply(Status.ASKED, text, text, tuple(choices), id="r1")
    assert wrong(answer(reply, words, hide_numbers=hide)) == []


@FEW
@given(live_calls(), st.text(max_size=300), st.booleans(), LANGUAGES)
def test_any_form_is_taken(call: LiveCall, text: str, ringing: bool, words: Wording) -> None:
    assert check_view(dial_form(words, found_in(text))) == []
    assert check_view(transfer_form(call, words, ringing=ringing)) == []


@FEW
@given(
    st.lists(
        st.builds(
            Contact, NAMES, st.lists(st.builds(Number, NUMBERS, NAMES), max_size=3).map(tuple)
        ),
        max_size=60,
    ),
    st.text(max_size=50) | NUMBERS,
    LANGUAGES,
)
def test_any_people_can_be_offered(people: list[Contact], typed: str, words: Wording) -> None:
    assert check_options({"options": offered(people, typed, words)}) == []


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    always = draw(st.lists(st.sampled_from(CONFIRMABLE), unique=True))
    past = st.fixed_dictionaries(
        {
            "key": st.sampled_from(["k1", "p1"]),
            "number": NUMBERS,
            "name": REMARKS,
            "incoming": st.booleans(),
            "answeredAt": st.none() | st.just(1.0),
            "at": st.floats(0, 2e9),
        }
    )
    return Scene(
        Link(
            "T1",
            "U1",
            draw(NAMES),
            draw(st.sampled_from([None, "en", "it", "zz"])),
            tuple(draw(st.lists(st.sampled_from(CONFIRMABLE), unique=True))),
        ),
        Habits(tuple(draw(st.sampled_from([["en"], ["it", "de", "en"]]))), tuple(always)),
        draw(st.none() | TWO | st.just(())),
        draw(st.sampled_from([None, "ready", "pause"])),
        draw(st.lists(past, max_size=15)),
    )


@FEW
@given(scenes(), LANGUAGES)
def test_any_app_home_is_taken(scene: Scene, words: Wording) -> None:
    assert check_view(view(scene, words)) == []


def test_the_app_home_of_somebody_without_a_workstation_is_taken() -> None:
    assert check_view(unlinked_view("how to get one")) == []
