"""What an utterance is taken for: an answer, an edit of what is being given, or a command."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.contract import DIALOGUE, Command, Utterance
from assistant.conversation import CHOOSE, Conversation
from assistant.understanding import ACT, ASK, Understanding


class Interpreter:
    """Takes what was said for what it most likely is, after what was said before.

    Args:
        understanding: text to commands.
    """

    def __init__(self, understanding: Understanding) -> None:
        self._understanding = understanding

    def understand(
        self, utterance: Utterance, talk: Conversation, language: str
    ) -> tuple[Command, str, bool]:
        """The command, its language, and whether it is sure enough to act upon.

        Args:
            utterance: what was said.
            talk: what its user is in the middle of.
            language: whose it is when nothing tells.
        """
        if utterance.command is not None:
            return utterance.command, language, True
        edit = self._edit((utterance.text,), utterance, talk)
        numbered = talk.question is not None and talk.question.kind == CHOOSE
        if edit is not None and not numbered:
            return edit, language, True
        if talk.question is not None:
            labels = [option.label for option in talk.question.options]
            answer = self._understanding.parse_answer(
                utterance.text, labels, language=utterance.language
            )
            if answer.intent in DIALOGUE | {"correct"}:
                taken = utterance.sure or answer.intent in {"no", "cancel"}
                return (answer if taken else Command("none")), language, True
        if edit is not None:
            return edit, language, True
        for number, text in enumerate((utterance.text, *utterance.alternatives)):
            understood = self._understanding.parse(text, language=utterance.language)
            if understood.command.intent == "none" or understood.confidence < ASK:
                continue
            if number and (edit := self._edit(utterance.alternatives, utterance, talk)) is not None:
                return edit, language, True
            certain = utterance.sure and understood.confidence >= ACT and number == 0
            sure = certain or _asked_anyway(understood.command)
            return understood.command, understood.language, sure
        edit = self._edit(utterance.alternatives, utterance, talk)
        return edit or Command("none"), language, True

    def _edit(
        self, texts: tuple[str, ...], utterance: Utterance, talk: Conversation
    ) -> Command | None:
        """What is said of a number or a name that is being given; None when it is no such thing."""
        kind = talk.entry.kind if talk.entry else talk.lapsed
        if not kind:
            return None
        for text in texts:
            edit = self._understanding.parse_edits(text, kind, language=utterance.language)
            if edit.intent == "edit":
                return edit
        return None


def _asked_anyway(command: Command) -> bool:
    """Whether it leads to a question by itself, for whom it is about is not settled."""
    targets = [command.slots.get(name) for name in ("target", "to")]
    return any(
        isinstance(item, Mapping) and ("unknown" in item or "ambiguous" in item) for item in targets
    )
