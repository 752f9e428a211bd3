"""Which key does what: all of them, those that make sense now, and those that answer a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from adapters.keyboard.binding import (
    Action,
    Binding,
    Hush,
    Layout,
    Number,
    Say,
    Strokes,
    Talk,
    written,
)
from adapters.keyboard.phrases import Phrases
from assistant.contract import DIALOGUE, Choice, Command
from assistant.wording import Wording, Words

Sensible = Callable[[Iterable[Command]], tuple[Command, ...]]
Choices = tuple[Choice, ...] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What one key, or several alike, do."""

    keys: tuple[Strokes, ...]
    action: Action
    held: bool
    """They do it when they are held."""


def entries(layout: Layout) -> tuple[Entry, ...]:
    """Everything that is bound, in the order of the file."""
    found: dict[Binding, list[Strokes]] = {}
    for keys, binding in layout.bindings.items():
        found.setdefault(binding, []).append(keys)
    return tuple(
        Entry(tuple(keys), action, held)
        for binding, keys in found.items()
        for action, held in ((binding.tap, False), (binding.hold, True))
        if action is not None
    )


class KeyHelp:
    """Says which key does what.

    Args:
        phrases: what sentences mean.
        wording: the user's language.
    """

    def __init__(self, phrases: Phrases, wording: Wording) -> None:
        self._phrases, self._wording = phrases, wording

    def line(self, entry: Entry) -> Words:
        """`f8 a: answer`."""
        return self._line(entry, self.what(entry.action))

    def what(self, action: Action) -> str:
        """What an action does, in the words that somebody would type."""
        if isinstance(action, Say):
            return " / ".join(map(self._phrases.shown, action.sentences))
        if isinstance(action, Number):
            return action.sentence.replace("{number}", "…")
        name = "keys_does_talk" if isinstance(action, Talk) else "keys_does_hush"
        return self._wording.say(name)[0]

    def leads(self) -> str:
        """What a key does that others follow."""
        return self._wording.say("keys_does_lead")[0]

    def now(self, layout: Layout, sensible: Sensible, choices: Choices) -> Words:
        """What can be pressed now.

        Args:
            layout: what is bound.
            sensible: picks the commands that would do something now.
            choices: the answers to the open question; None when none is open.
        """
        listed = entries(layout)
        read = [list(self._commands(entry.action)) for entry in listed]
        useful = sensible(command for commands in read for _, command in commands)
        lines = []
        for entry, commands in zip(listed, read, strict=True):
            said = [text for text, command in commands if command in useful]
            answer = next((_answer(command, choices) for _, command in commands), None)
            if answer is not None:
                lines.append(self._line(entry, answer or self.what(entry.action)))
            elif isinstance(entry.action, Say) and said:
                lines.append(self._line(entry, self.what(Say(tuple(said[:1])))))
            elif said or isinstance(entry.action, Hush):
                lines.append(self._line(entry, self.what(entry.action)))
        return self._listed("keys_help", lines)

    def answers(self, layout: Layout, choices: tuple[Choice, ...]) -> Words | None:
        """Which keys answer the question that was just asked; None when none does."""
        lines = [
            self._line(entry, answer or self.what(entry.action))
            for entry in entries(layout)
            for _, command in self._commands(entry.action)
            if (answer := _answer(command, choices)) is not None
        ]
        return self._listed("keys_answers", lines) if lines else None

    def _commands(self, action: Action) -> Iterator[tuple[str, Command]]:
        sentences: tuple[str, ...] = ()
        if isinstance(action, Say):
            sentences = action.sentences
        elif isinstance(action, Number):
            sentences = (action.sentence.replace("{number}", "200"),)
        for sentence in sentences:
            phrase = self._phrases.read(sentence)
            if phrase is not None:
                yield sentence, phrase.command

    def _line(self, entry: Entry, what: str) -> Words:
        message = "keys_line_held" if entry.held else "keys_line"
        shown = [written(keys) for keys in entry.keys]
        text = self._wording.say(message, {"keys": ", ".join(shown), "what": what})[0]
        spoken = {"keys": shown[0].replace("_", " "), "what": what}
        return text, self._wording.say(message, spoken)[1]

    def _listed(self, message: str, lines: Iterable[Words]) -> Words:
        listed = list(lines)
        head = self._wording.say(message, {"keys": ""})[0]
        text = "\n".join([head, *(line[0] for line in listed)])
        heard = self._wording.say(message, {"keys": ". ".join(line[1] for line in listed)})[1]
        return text, heard


def _answer(command: Command, choices: Choices) -> str | None:
    """Which choice a command stands for, in words if there are some; None when for none.

    A question that is to be confirmed has choices that no number chooses.
    """
    if choices is None or command.intent not in DIALOGUE:
        return None
    numbered = [choice.label for choice in choices if choice.say.isdigit()]
    if command.intent == "choose":
        place = int(command.slots.get("index", -1))
        return numbered[place] if place in range(len(numbered)) else None
    return "" if command.intent == "cancel" or not numbered else None
