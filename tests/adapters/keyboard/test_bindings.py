"""The file of bindings: what can be written, and how what is wrong is told, by its line."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from adapters.keyboard.binding import Binding, Hush, Number, Say, Stroke, Strokes, Talk
from adapters.keyboard.bindings import Bindings, load
from adapters.keyboard.help import KeyHelp, entries
from adapters.keyboard.phrases import Phrases
from adapters.keyboard.problem import BindingsError
from assistant.config import starter
from assistant.directory import Directory
from assistant.language import languages, load_language
from assistant.understanding import Understanding
from assistant.wording import Wording

DIRECTORY = Directory.load(starter("contacts.csv"))
LAYERS = ("both", "left", "right", "one", "pad")


def phrases(*codes: str) -> Phrases:
    return Phrases(codes, DIRECTORY, Understanding(codes, DIRECTORY))


ENGLISH, ITALIAN = phrases("en"), phrases("it")
WORDS = Wording(load_language("en").messages)


def read(folder: Path, text: str, said: Phrases = ENGLISH) -> Bindings:
    """The layer `x` of a file; a text without a layer is that layer's keys."""
    if "[layers." not in text:
        text = 'leader = "f8"\n[layers.x.keys]\n' + text
    path = folder / "keys.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, "x", said)


def wrong(folder: Path, text: str, said: Phrases = ENGLISH) -> list[str]:
    """What is told of a file that cannot be used, without the file's own name."""
    with pytest.raises(BindingsError) as caught:
        read(folder, text, said)
    return caught.value.told(WORDS).replace(f"{caught.value.path}, ", "").split("\n")


def keys(text: str) -> Strokes:
    strokes = []
    for part in text.split():
        *modifiers, key = part.split("+")
        strokes.append(Stroke(key, frozenset(modifiers)))
    return tuple(strokes)


# What can be written


@pytest.mark.parametrize(
    ("line", "pressed", "binding"),
    [
        ('"leader a" = "answer"', "f8 a", Binding(Say(("answer",)))),
        ('"Leader A" = "answer"', "", None),
        ('"leader h" = ["hold", "resume"]', "f8 h", Binding(Say(("hold", "resume")))),
        ('"leader Page-Up" = "hold"', "f8 page_up", Binding(Say(("hold",)))),
        ('"ctrl+alt+h" = "hold"', "ctrl+alt+h", Binding(Say(("hold",)))),
        ('"leader shift+Esc" = "hold"', "f8 shift+escape", Binding(Say(("hold",)))),
        ('"f6 f7 a" = "transfer to sales"', "f6 f7 a", Binding(Say(("transfer to sales",)))),
        ('mouse_back = "answer"', "mouse_back", Binding(Say(("answer",)))),
        ('f9 = { talk = "hold" }', "f9", Binding(Talk("hold"))),
        ('ctrl_r = { talk = "hold" }', "ctrl_r", Binding(Talk("hold"))),
        ("f9 = { hush = true }", "f9", Binding(Hush())),
        ('f9 = { hold = "hang up" }', "f9", Binding(None, Say(("hang up",)))),
        (
            'f9 = { press = "answer", hold = "hang up", seconds = 2 }',
            "f9",
            Binding(Say(("answer",)), Say(("hang up",)), 2.0),
        ),
    ],
)
def test_a_binding(tmp_path: Path, line: str, pressed: str, binding: Binding | None) -> None:
    if binding is None:
        assert wrong(tmp_path, line)
        return
    assert read(tmp_path, line).layout.bindings == {keys(pressed): binding}


def test_a_key_of_both_sides_is_either(tmp_path: Path) -> None:
    bound = read(tmp_path, 'alt = { talk = "hold" }').layout.bindings
    assert set(bound) == {keys("alt_l"), keys("alt_r")}


DIGITS = (
    "[digits]\n"
    + "\n".join(f'"{n}" = ["{n}"]' for n in range(10))
    + ('\nenter = ["enter"]\ncancel = ["escape"]\n')
)


def test_a_number_goes_where_the_sentence_has_its_place(tmp_path: Path) -> None:
    text = f'{DIGITS}[layers.x.keys]\nf9 = {{ number = "transfer to {{number}}" }}'
    layout = read(tmp_path, text).layout
    assert layout.bindings == {keys("f9"): Binding(Number("transfer to {number}"))}
    assert (layout.digits["7"], layout.digits["escape"]) == ("7", "cancel")


def test_speed_dial_has_its_slots_once_for_every_key_that_uses_them(tmp_path: Path) -> None:
    text = """
    leader = "f8"
    [speed_dial]
    1 = "sales"
    2 = "+39 06 5550 1104"
    [layers.x.keys]
    "leader s" = { speed_dial = "call {who}" }
    "leader m" = { speed_dial = "transfer to {who}" }
    """
    bound = read(tmp_path, text).layout.bindings
    assert bound[keys("f8 s 1")] == bound[keys("f8 s kp_1")] == Binding(Say(("call sales",)))
    assert bound[keys("f8 m 2")] == Binding(Say(("transfer to +39 06 5550 1104",)))
    assert len(bound) == 8


def test_a_layer_has_its_own_leader_and_may_change_what_all_have(tmp_path: Path) -> None:
    text = """
    leader = "f8"
    [keys]
    "leader y" = "yes"
    "leader n" = "no"
    [layers.x]
    leader = "kp_subtract"
    [layers.x.keys]
    "leader n" = "cancel"
    """
    assert read(tmp_path, text).layout.bindings == {
        keys("kp_subtract y"): Binding(Say(("yes",))),
        keys("kp_subtract n"): Binding(Say(("cancel",))),
    }


def test_sentences_are_in_the_users_language_or_in_english(tmp_path: Path) -> None:
    text = 'f1 = "rispondi"\nf2 = "hang up"\nf3 = "trasferisci a sales"'
    bound = read(tmp_path, text, ITALIAN).layout.bindings
    assert len(bound) == 3
    assert wrong(tmp_path, text)[0].startswith('line 3: "rispondi" is not understood.')


# What is wrong


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '"leader zzz" = "hold"',
            'line 3: there is no key called "zzz".',
        ),
        ('"leader entr" = "hold"', 'line 3: there is no key called "entr". Did you mean "enter"?'),
        ('"" = "hold"', 'line 3: there is no key called "".'),
        (
            'f1 = "help"\nf2 = "hodl"',
            'line 4: "hodl" is not understood. Did you mean "hold"?',
        ),
        (
            'f1 = ["answer", "frobnicate the widget"]',
            'line 3: "frobnicate the widget" is not understood. `phonebar parse` tries',
        ),
        (
            '"leader a" = "answer"\nf2 = "help"\n"leader  A" = "hold"',
            'line 5: "f8 a" already does something, see line 3.',
        ),
        (
            '"leader a" = "answer"\n"leader a b" = "hold"',
            (
                'line 4: "f8 a b" can never be finished, because "f8 a" acts before; see line 3.'
                " Change one of them."
            ),
        ),
        (
            '"a+b" = "hold"',
            'line 3: "a" cannot be held with another key.',
        ),
        (
            'ctrl = "hold"',
            (
                'line 3: "ctrl_l" is used with other keys all the time, so it can only be'
                ' { talk = "hold" } here. Choose another key.'
            ),
        ),
        ("f1 = 5", "line 3: what a key does is a sentence in quotes,"),
        ("f1 = []", "line 3: what a key does is a sentence in quotes,"),
        (
            'f1 = { hold = "hang up", talk = "hold" }',
            "line 3: braces hold press,",
        ),
        ("f1 = {}", "line 3: braces hold press,"),
        ("f1 = { hush = false }", "line 3: braces hold press,"),
        ('f1 = { talk = "on" }', 'line 3: talk is "hold" or "toggle".'),
        (
            'f1 = { hold = "hang up", seconds = 99 }',
            "line 3: seconds goes with hold, and is a number from 0.1 to 10.0.",
        ),
        (
            'f1 = { press = "answer", seconds = 1 }',
            "line 3: seconds goes with hold, and is a number from 0.1 to 10.0.",
        ),
        ('f1 = { number = "call" }', "line 3: this sentence needs {number} once,"),
        ('f1 = { speed_dial = "call" }', "line 3: this sentence needs {who} once,"),
        (
            'f1 = { number = "call {number}" }',
            (
                "line 3: a number cannot be entered, because [digits] has no key for:"
                " 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, enter, cancel."
            ),
        ),
        ("f1 = \n", "line 3: this is not valid TOML: Invalid value."),
        (
            'f1 = "hold"\nf1 = "help"',
            "line 4: this is not valid TOML: Cannot overwrite a value.",
        ),
        ("[layers.x]\nkeyz = 1", 'line 2: "keyz" has no meaning here. Did you mean "keys"?'),
        ("speeddial = 1\n[layers.x.keys]", 'line 1: "speeddial" has no meaning here. Did you mean'),
        (
            "leader = 8\n[layers.x.keys]",
            "line 1: the leader must be a key in quotes",
        ),
        (
            'leader = "f88"\n[layers.x.keys]',
            'line 1: there is no key called "f88". Did',
        ),
        ("keys = 1\n[layers.x.keys]", 'line 1: "keys" must be a section of its own, not a value.'),
        ("[layers]\nx = 1 # [layers.x]", 'line 2: "x" must be a section of its own, not a value.'),
        (
            '[speed_dial]\n12 = "sales"\n[layers.x.keys]',
            'line 2: "12" must be one digit, with a name or a number in quotes,',
        ),
        (
            '[digits]\n"1" = "1"\n[layers.x.keys]',
            'line 2: "1" needs a list of single keys in quotes, such as ["1", "kp_1"].',
        ),
        (
            '[digits]\n"1" = ["a"]\n"2" = ["b", "a"]\n[layers.x.keys]',
            'line 3: "a" already does something, see line 2.',
        ),
        (
            '[digits]\nentr = ["a"]\n[layers.x.keys]',
            'line 2: "entr" has no meaning here. Did you mean "enter"?',
        ),
        (
            (
                '[speed_dial]\n1 = "sales"\n2 = "please hold"\n[layers.x.keys]\n'
                'f1 = { speed_dial = "call {who}" }\nf2 = { speed_dial = "frob {who}" }'
            ),
            'line 6: "frob 200" is not understood.',
        ),
    ],
)
def test_what_is_wrong_is_told_by_its_line(tmp_path: Path, text: str, told: str) -> None:
    assert [line for line in wrong(tmp_path, text) if line.startswith(told)], wrong(tmp_path, text)


def test_everything_that_is_wrong_is_told_at_once_in_order(tmp_path: Path) -> None:
    text = 'f1 = "frob"\nf77 = "hold"\nf2 = 1\nf3 = "frob"'
    assert [line.split(":")[0] for line in wrong(tmp_path, text)] == [
        f"line {n}" for n in (3, 4, 5, 6)
    ]


def test_a_layer_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text('[layers.a.keys]\nf1 = "help"\n[layers.b.keys]\nf1 = "help"')
    with pytest.raises(BindingsError) as caught:
        load(path, "x", ENGLISH)
    assert 'no layer "x", which [keyboard] layer names. There are: a, b.' in caught.value.told(
        WORDS
    )


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(BindingsError, match=r"keys\.toml") as caught:
        load(tmp_path / "keys.toml", "x", ENGLISH)
    assert "it cannot be read (No such file or directory)" in caught.value.told(WORDS)
    (tmp_path / "keys.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BindingsError):
        load(tmp_path / "keys.toml", "x", ENGLISH)


def test_who_is_in_no_contact_list_is_noted_but_no_error(tmp_path: Path) -> None:
    found = read(tmp_path, 'f1 = "call zorro"')
    assert [(note.line, note.message, note.details) for note in found.notes] == [
        (3, "keys_nobody", {"who": "zorro"})
    ]


def test_a_key_that_people_write_with_is_noted(tmp_path: Path) -> None:
    found = read(
        tmp_path, 'a = "answer"\nf5 = "answer"\n"ctrl+alt+b" = "hold"\n"leader c" = "hold"'
    )
    assert [(note.line, note.message) for note in found.notes] == [(3, "keys_typing")]


# What is shipped


@pytest.mark.parametrize(("code", "layer"), list(itertools.product(languages(), LAYERS)))
def test_the_shipped_file_can_be_used_in_every_language(code: str, layer: str) -> None:
    found = load(starter("keys.toml"), layer, phrases(code))
    assert found.notes == ()
    assert len(found.layout.bindings) > 20


@pytest.mark.parametrize("code", languages())
def test_its_sentences_mean_the_same_whatever_is_spoken(code: str) -> None:
    said = phrases(code)
    for layer in LAYERS:
        layout = load(starter("keys.toml"), layer, ENGLISH).layout
        for entry in entries(layout):
            if isinstance(entry.action, Say):
                for sentence in entry.action.sentences:
                    assert said.read(sentence) == ENGLISH.read(sentence), sentence


@pytest.mark.parametrize("layer", LAYERS)
def test_hanging_up_always_needs_holding(layer: str) -> None:
    for entry in entries(load(starter("keys.toml"), layer, ENGLISH).layout):
        if isinstance(entry.action, Say) and "hang up" in entry.action.sentences:
            assert entry.held


RIGHT_OF_THE_LEFT_HAND = set("6789yuiophjklnm") | {"enter", "backspace", "f8", "f9"}


def test_the_left_hand_can_do_everything_that_both_can() -> None:
    def commands(layer: str, *, reachable: bool) -> set[str]:
        found = set()
        layout = load(starter("keys.toml"), layer, ENGLISH).layout
        for entry in entries(layout):
            ways = [{stroke.key for stroke in keys} for keys in entry.keys]
            if not reachable or any(not way & RIGHT_OF_THE_LEFT_HAND for way in ways):
                found.add(str(entry.action))
        return found

    more = {str(Say((text,))) for text in ("6", "7", "8", "9", "no")}
    assert commands("both", reachable=False) - more <= commands("left", reachable=True)


def test_the_help_shows_own_words_for_the_shipped_ones() -> None:
    layout = load(starter("keys.toml"), "both", ITALIAN).layout
    shown = KeyHelp(ITALIAN, WORDS)
    lines = [shown.line(entry)[0] for entry in entries(layout)]
    assert "f8 a: rispondi" in lines
    assert "f8 w: chi chiama" in lines
