"""The words: every message there is can be said, every message that is said is there."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from adapters.feedback.feedback import Cue
from adapters.input.listening import Way
from adapters.slack.trouble import KINDS, REFUSALS
from adapters.voice.enrolment.lesson import End
from adapters.voice.enrolment.sounding import Fault
from assistant.contact import Number
from assistant.contract import ACTS, CallEvent, Command, EventKind, LiveCall, Status
from assistant.language import languages, load_language
from assistant.plan import Party
from assistant.settings import CONFIRMABLE, EARCONS
from assistant.wording import Wording
from phonebar.leg import Reason
from phonebar.protocol import CallState

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = load_language("en").messages

NUMBER, SPOKEN = "+12498398500", "plus, 1 2 4, 9 8 3, 9 8 5, 0 0"
ACTIONS = (
    "originate",
    "answer",
    "hangup",
    "hold",
    "resume",
    "transfer",
    "attended_transfer",
    "conference",
)

RISKY = ("hangup", "decline", "connect", "conference")
ON_BUTTONS = ("answer", "hold", "resume", *RISKY)
"""What can be done with a call in one press, and which of it is asked about first."""

DYNAMIC: Mapping[str, tuple[str, ...]] = {
    "voice_mode_": ("deaf", "asleep", "waiting", "listening", "hearing", "thinking"),
    "action_": (*ON_BUTTONS, "transfer"),
    "choice_": ("yes", "cancel", "finish", "take_back"),
    "say_": ("yes", "cancel", "finish", "take_back"),
    **{
        f"entry_{name}_": ("number", "name")
        for name in ("begin", "begun_anew", "lapsed", "not_understood", "nothing", "too_long")
    },
    "cli_": ("answered", "not_answered"),
    "cli_check_": (
        "bindings",
        "configuration",
        "contacts",
        "journal",
        "keys",
        "phonebar",
        "screen_reader",
        "service",
        "sip",
        "slack",
        "slack_api",
        "slack_clock",
        "slack_scopes",
        "slack_link",
        "slack_socket",
        "slack_status",
        "slack_tokens",
        "sound",
        "speech",
        "microphone",
        "switch",
        "voice",
    ),
    "cli_cue_": EARCONS,
    "cli_sip_": ("stranger", "flood"),
    "cli_doctor_keys_": get_args(Way),
    "cli_doctor_slack_error_": (*sorted(set(REFUSALS.values())), "not_slack", "refuses"),
    "cli_doctor_slack_mend_": (
        *sorted({*REFUSALS.values()} - {"invalid"}),
        "not_slack",
        "refuses",
    ),
    "cli_doctor_slack_way_": (*(message for _, message in KINDS), "lost"),
    "cli_how_": ("up", "missed", "released", "ended"),
    "cli_status_": (*Status, "received", "sent"),
    "cli_verdict_": ("ok", "note", "problem"),
    "confirmable_": CONFIRMABLE,
    "consulting_": ("attended_transfer", "conference"),
    "do_": (
        *ACTS,
        "attended_transfer_connect",
        "attended_transfer_complete",
        "conference_with",
    ),
    "doing_": ACTIONS,
    "event_": tuple(EventKind),
    "label_": ("mobile", "work", "home", "main"),
    "no_call_": ("all", "held", "other", "ringing"),
    "nothing_to_": ("hold", "resume"),
    "slack_home_": ("ready", "pause"),
    "slack_past_": ("incoming", "outgoing"),
    "slack_set_": ("ready", "pause"),
    "state_": (*(state.name.lower() for state in CallState), "unknown"),
    "sure_": RISKY,
    "train_": get_args(Fault),
    "train_ended_": get_args(End),
    "which_": ("all", "held", "key", "other", "recent", "ringing"),
    "why_": (*Reason, "vanished"),
}
"""Names that the code puts together: what they begin with, and how they may go on."""


# What the code says


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("assistant", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def nodes(kind: type[ast.AST]) -> Iterator[Any]:
    return (node for _, tree in trees() for node in ast.walk(tree) if isinstance(node, kind))


def texts(node: ast.AST | None) -> list[str]:
    """Every text that an expression may be: one, or either side of an `if ... else`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return texts(node.body) + texts(node.orelse)
    if isinstance(node, ast.JoinedStr) and len(node.values) == 2:
        begin, _value = node.values
        names = DYNAMIC.get(begin.value, ()) if isinstance(begin, ast.Constant) else ()
        return [begin.value + name for name in names if isinstance(begin, ast.Constant)]
    return []


PLACES = {
    "say": 0,
    "Refusal": 0,
    "ManifestError": 0,
    "SlackSetupError": 0,
    "Already": 0,
    "Asking": 0,
    "_confirm": 0,
    "_which_party": 0,
    "FormError": 1,
    "tell": 1,
    "_words": 1,
    "Verdict": 1,
    "Outcome": 1,
    "Plan": 1,
}
"""Who takes a message's name, and as which argument."""


def spoken_of() -> dict[str, list[ast.Call]]:
    """The messages that the code says by name, each with the calls that do."""
    found: dict[str, list[ast.Call]] = {}
    for call in nodes(ast.Call):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        place = PLACES.get(name)
        given = call.args[place] if place is not None and len(call.args) > place else None
        for text in filter(None, texts(given)):
            if name == "tell" and text in get_args(Cue):
                continue  # an announcer's earcon stands where others have a message
            found.setdefault(text, []).append(call)
    for chosen in nodes(ast.Assign):
        if [getattr(target, "id", "") for target in chosen.targets] == ["message"]:
            found |= {text: found.get(text, []) for text in texts(chosen.value)}
    return found


def test_every_message_that_the_code_says_exists() -> None:
    said = spoken_of()
    assert len(said) > 100  # else this test has lost sight of the code
    assert sorted(set(said) - set(ENGLISH)) == []


def test_every_name_that_the_code_puts_together_exists() -> None:
    found = {
        node.values[0].value
        for node in nodes(ast.JoinedStr)
        if len(node.values) == 2
        and isinstance(node.values[0], ast.Constant)
        and any(key.startswith(node.values[0].value) for key in ENGLISH)
        and re.fullmatch(r"[a-z]+(_[a-z]+)*_", node.values[0].value)
    }
    assert found == set(DYNAMIC)
    missing = {begin + name for begin, names in DYNAMIC.items() for name in names} - set(ENGLISH)
    assert missing == set()


def test_no_message_is_there_that_nobody_says() -> None:
    said = {node.value for node in nodes(ast.Constant) if isinstance(node.value, str)}
    said |= {begin + name for begin, names in DYNAMIC.items() for name in names}
    assert sorted(set(ENGLISH) - said) == []


# What a message may be filled with


def forms(message: Any) -> tuple[str, ...]:
    return tuple(message.values()) if isinstance(message, Mapping) else (message,)


def blanks(message: Any) -> set[str]:
    parsed = (part for form in forms(message) for part in string.Formatter().parse(form))
    return {name for _, name, _, _ in parsed if name is not None}


def given_by(call: ast.Call) -> set[str] | None:
    """The names of what a call fills its message with; None when that is not written out there."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    keywords = {item.arg for item in call.keywords if item.arg}
    if name in {"Verdict"}:
        return {"to", "detail"}
    if name in {"Outcome", "Plan"} or any(item.arg is None for item in call.keywords):
        return None
    if name == "say" and len(call.args) > 1:
        details = call.args[1]
        if not isinstance(details, ast.Dict):
            return None
        return {key.value for key in details.keys if isinstance(key, ast.Constant)}
    implied = {"_confirm": {"to"}, "tell": {"command"}, "_words": {"command"}}.get(name, set())
    return keywords | implied


def test_a_message_needs_nothing_but_what_the_code_gives() -> None:
    checked = 0
    for message, calls in spoken_of().items():
        for given in filter(lambda names: names is not None, map(given_by, calls)):
            assert blanks(ENGLISH[message]) <= (given or set()), message
            checked += 1
    assert checked > 100


OF_ONE_CALL = {"who", "doing", "what"}
OF_TWO = OF_ONE_CALL | {"to"}
OUTCOMES: Mapping[str, set[str]] = {
    "answered": OF_ONE_CALL,
    "calling": OF_TWO | {"note"},
    "changed_meanwhile": OF_ONE_CALL,
    "connected_them": OF_TWO,
    "consulting_attended_transfer": OF_TWO | {"note"},
    "consulting_conference": OF_TWO | {"note"},
    "declined": OF_ONE_CALL,
    "deflected": OF_TWO,
    "ended_before": OF_ONE_CALL,
    "held": OF_ONE_CALL,
    "held_all": {"n", "what"},
    "hung_up": OF_ONE_CALL,
    "hung_up_all": {"n", "what"},
    "interrupted_before": {"what"},
    "joined": OF_TWO,
    "nothing_to_do": {"what"},
    "phonebar_refused": OF_ONE_CALL | {"why"},
    "recovered_done": {"what"},
    "recovered_failed": {"what"},
    "recovered_unknown": {"what"},
    "resumed": OF_ONE_CALL,
    "some_left": {"n", "calls", "what"},
    "too_late": OF_ONE_CALL,
    "transfer_failed": OF_TWO | {"why"},
    "transferred": OF_TWO,
    "unknown_effect": OF_ONE_CALL | {"calls"},
    "unknown_unseen": OF_ONE_CALL | {"calls"},
    "unreachable": OF_ONE_CALL,
}
"""What the dispatcher gives for the outcome of a plan."""


def test_a_message_of_an_outcome_needs_nothing_but_what_the_dispatcher_gives() -> None:
    outcomes = {
        message
        for message, calls in spoken_of().items()
        for call in calls
        if getattr(call.func, "id", "") in {"Plan", "Outcome"}
    }
    chosen_before = {message for message, calls in spoken_of().items() if not calls}
    assert outcomes <= set(OUTCOMES) <= outcomes | chosen_before
    for message, given in OUTCOMES.items():
        assert blanks(ENGLISH[message]) <= given, message
    for action in ACTIONS:
        needs_other = action in {"originate", "transfer", "attended_transfer", "conference"}
        given = {"who", "to"} if needs_other else {"who"}
        assert blanks(ENGLISH[f"doing_{action}"]) <= given, action


@pytest.mark.parametrize("code", languages())
def test_every_language_has_the_messages_of_english_with_the_same_blanks(code: str) -> None:
    messages = load_language(code).messages
    assert set(messages) == set(ENGLISH)
    for name, message in messages.items():
        assert blanks(message) <= blanks(ENGLISH[name]), name
        if isinstance(message, Mapping):
            assert set(message) == {"text", "speech"}, name


SLACK_CUTS: Mapping[str, int] = {
    "choice_cancel": 24,
    "slack_form_dial": 24,
    "slack_form_call": 24,
    "action_transfer": 24,
    "slack_no": 30,
    "slack_unlink": 30,
    **{f"action_{name}": 30 for name in ON_BUTTONS},
    **{f"slack_set_{name}": 75 for name in ("ready", "pause")},
    "slack_call_back": 75,
    "slack_form_blind": 75,
    "slack_form_attended": 75,
    "slack_home_any_language": 75,
    **{f"confirmable_{name}": 75 for name in CONFIRMABLE},
}
"""How many characters Slack shows of what stands on a button or over a form."""


@pytest.mark.parametrize("code", languages())
def test_slack_shows_every_label_in_full(code: str) -> None:
    messages = load_language(code).messages
    for name, longest in SLACK_CUTS.items():
        assert len(messages[name].format(to="")) <= longest, name


def call(number: str = NUMBER, name: str | None = None, **more: Any) -> LiveCall:
    return LiveCall(
        **{
            "key": "k",
            "line": 1,
            "session_id": "1",
            "number": number,
            "state_id": 8,
            "incoming": False,
            "duration": 65,
            "answered": True,
            "name": name,
            **more,
        }
    )


WITH_BRACES = {"bad_json_line", "keys_bad_value", "keys_modifier_alone"}
"""Messages that show how something is written in JSON or TOML."""


@pytest.mark.parametrize("code", languages())
def test_every_message_can_be_said_and_its_numbers_heard_digit_by_digit(code: str) -> None:
    wording = Wording(load_language(code).messages)
    one, other = call(), Party(NUMBER)
    filled = {"who": one, "to": other, "calls": (one, call(line=2)), "parties": other}
    for name in sorted(wording.messages):
        needed = blanks(wording.messages[name])
        details = {blank: filled.get(blank, "7") for blank in needed}
        text, speech = wording.say(name, details)
        assert not re.search(r"[{}]", text + speech.replace("{{", "")) or name in WITH_BRACES
        assert text == text.strip(), name
        assert "\n" not in speech, name
        if needed & set(filled):
            assert NUMBER in text, name
            assert NUMBER not in speech, name
            assert "1 2 4, 9 8 3, 9 8 5, 0 0" in speech, name


# How things are called


@pytest.fixture
def wording() -> Wording:
    return Wording(ENGLISH)


def test_a_name_is_read_with_its_number_and_heard_alone(wording: Wording) -> None:
    said = wording.say("held", {"who": call("200", "Sales")})
    assert said == ("Sales (200) is on hold.", "Sales is on hold.")
    said = wording.say("held", {"who": call(NUMBER)})
    assert said == (f"{NUMBER} is on hold.", f"{SPOKEN} is on hold.")
    said = wording.say("held", {"who": call("")})
    assert said == ("a hidden number is on hold.", "a hidden number is on hold.")
    assert wording.say("held", {"who": Party("*97#")})[1] == "star 9 7 hash is on hold."


def test_a_list_of_calls_is_a_line_each_to_read_and_one_sentence_each_to_hear(
    wording: Wording,
) -> None:
    calls = (call("200", "Sales"), call(NUMBER, line=2, state_id=32, incoming=True, answered=False))
    text, speech = wording.say("calls_some", {"calls": calls})
    assert text.splitlines() == [
        "1: Sales (200), outgoing, connected, 1:05",
        f"2: {NUMBER}, incoming, ringing",
    ]
    assert speech.startswith("Call 1: Sales, outgoing, connected")
    assert f". Call 2: {SPOKEN}, incoming, ringing." in speech
    assert wording.say("calls_some", {"calls": ()})[0] == ENGLISH["calls_none"]


def test_a_call_in_a_state_that_nobody_knows_is_told_so(wording: Wording) -> None:
    text, _ = wording.say("calls_some", {"calls": (call(state_id=77),)})
    assert ENGLISH["state_unknown"] in text


def test_the_choices_of_a_question_are_numbered(wording: Wording) -> None:
    labels = wording.choices(
        [
            Party("+12025550101", "John Smith"),
            Number("+12025550102", "mobile"),
            Number("200"),
            call("201", "Support", line=3),
            "option_blind",
        ]
    )
    text, speech = wording.question(("Whom do you mean?", "Whom do you mean?"), labels)
    assert text.splitlines() == [
        "Whom do you mean?",
        "1: John Smith (+12025550101)",
        "2: mobile, +12025550102",
        "3: 200",
        "4: Support (201), call 3, connected",
        "5: Transfer to that number as a new call",
        ENGLISH["choose_hint"]["text"],
    ]
    assert "1: John Smith. 2: mobile, plus, 1 2 0, 2 5 5, 5 0 1, 0 2. 3: 2 0 0." in speech


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("reason", [None, *Reason, "of another phonebar"])
def test_every_event_can_be_told(wording: Wording, kind: EventKind, reason: str | None) -> None:
    of_phonebar = kind in {EventKind.PHONEBAR_LOST, EventKind.PHONEBAR_BACK}
    about = None if of_phonebar else call("200", "Sales", reason=reason)
    text, speech = wording.event(CallEvent(kind, about, 0.0))
    assert ("Sales (200)" in text) is ("Sales" in speech) is (about is not None)
    why = ENGLISH.get(f"why_{reason}", "")
    if kind in {EventKind.RELEASED, EventKind.ENDED}:
        assert text.endswith(f"{why}.")


# A command in words

TARGETS: list[tuple[dict[str, Any], str]] = [
    ({"number": "200"}, "200"),
    ({"number": "200", "name": "Sales"}, "Sales (200)"),
    ({"contact": "John Smith"}, "John Smith"),
    ({"ambiguous": ["John Smith", "John Carter"]}, "John Smith or John Carter"),
    ({"unknown": "the pizza place"}, "the pizza place"),
    ({"recent": "incoming"}, "the last caller"),
    ({"key": "k"}, "that call"),
]
REFERENCES: list[tuple[Any, str]] = [
    *TARGETS,
    (2, "call 2"),
    (-1, "the last call"),
    ("other", "the other call"),
    ("held", "the call on hold"),
    ("ringing", "the ringing call"),
    ("all", "all calls"),
    ({"keys": ["k", "m"]}, "that call"),
]


@pytest.mark.parametrize(("target", "words"), TARGETS)
def test_a_call_in_words(wording: Wording, target: dict[str, Any], words: str) -> None:
    assert wording.describe(Command("call", {"target": target}))[0] == f"call {words}"


def test_a_number_in_a_command_is_heard_digit_by_digit(wording: Wording) -> None:
    assert wording.describe(Command("call", {"target": {"number": NUMBER}}))[1] == f"call {SPOKEN}"


@pytest.mark.parametrize(("which", "words"), [*REFERENCES, (None, "the current call")])
@pytest.mark.parametrize("intent", ["answer", "hangup", "hold", "resume"])
def test_a_reference_in_words(wording: Wording, intent: str, which: Any, words: str) -> None:
    slots = {} if which is None else {"which": which}
    assert words in wording.describe(Command(intent, slots))[0]


@pytest.mark.parametrize("intent", ["transfer", "attended_transfer"])
@pytest.mark.parametrize(("which", "words"), REFERENCES)
@pytest.mark.parametrize(("target", "to"), TARGETS)
def test_a_transfer_in_words(
    wording: Wording, intent: str, which: Any, words: str, target: dict[str, Any], to: str
) -> None:
    text, _ = wording.describe(Command(intent, {"to": target, "which": which}))
    assert text.startswith(f"transfer {words} to {to}")


@pytest.mark.parametrize(("one", "words"), REFERENCES)
def test_connecting_two_calls_in_words(wording: Wording, one: Any, words: str) -> None:
    text, _ = wording.describe(Command("attended_transfer", {"a": one, "b": 2}))
    assert text == f"connect {words} with call 2"
    assert wording.describe(Command("attended_transfer"))[0] == "complete the transfer"


@pytest.mark.parametrize(("party", "words"), REFERENCES)
def test_a_conference_in_words(wording: Wording, party: Any, words: str) -> None:
    text, _ = wording.describe(Command("conference", {"parties": [party, 1]}))
    assert text == f"start a conference with {words} and call 1"
    assert wording.describe(Command("conference", {"parties": []}))[0] == "start a conference"
    assert wording.describe(Command("conference"))[0] == "start a conference"


def test_every_command_that_may_be_asked_about_has_words(wording: Wording) -> None:
    for intent in ACTS:
        text, speech = wording.describe(Command(intent))
        assert text, intent
        assert speech, intent


def test_a_name_is_spoken_as_the_directory_says_and_written_as_it_is() -> None:
    words = Wording(ENGLISH, lambda name: "Shivawn" if name == "Siobhan" else name)
    assert words.say("calling", {"who": Party("200", "Siobhan"), "note": ""}) == (
        "Calling Siobhan (200).",
        "Calling Shivawn.",
    )
    assert words.say("no_number", {"who": "Siobhan"})[1].count("Shivawn") == 1
    said = Party("200", "Siobhan", said=True)
    assert words.say("confirm_call", {"to": said}) == (
        "Call Siobhan (200)?",
        "Call 2 0 0, Shivawn?",
    )


# How much is said


@pytest.mark.parametrize("code", languages())
def test_what_is_said_in_brief_is_said_of_what_there_is(code: str) -> None:
    language = load_language(code)
    assert set(language.brief) == set(load_language("en").brief)
    for name, brief in language.brief.items():
        whole = language.messages[name]
        assert blanks(brief) <= blanks(whole) | blanks(ENGLISH[name]), name


def test_what_must_be_decided_is_never_said_in_brief() -> None:
    brief = load_language("en").brief
    assert [name for name in brief if re.match(r"(confirm|ask)_(?!hint|again)", name)] == []


def test_brief_and_full_change_what_is_spoken_and_not_what_is_shown() -> None:
    who = {"who": Party("200", "Sales")}
    brief, full = Wording(ENGLISH, brief=load_language("en").brief), Wording(ENGLISH, full=True)
    assert brief.say("held", who) == ("Sales (200) is on hold.", "On hold.")
    assert full.say("held", who) == ("Sales (200) is on hold.", "Sales, 2 0 0 is on hold.")
    asked = brief.both(brief.say("confirm_call", {"to": Party("200")}), brief.say("confirm_hint"))
    assert asked == ('Call 200? Answer "yes" or "cancel".', "Call 2 0 0?")
    question = brief.question(brief.say("ask_which_party"), [("John", "John")])
    assert question[1] == "Whom do you mean? 1: John."
