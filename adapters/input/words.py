"""What the user should know of the keys, in words."""

from __future__ import annotations

from adapters.input.press import Listening
from adapters.input.trouble import InputTrouble
from assistant.wording import Wording, Words


def explain(trouble: InputTrouble, wording: Wording) -> Words:
    """Why nothing can be heard, and what can be done."""
    return wording.say(trouble.message, trouble.details)


def remarks(listening: Listening, wording: Wording, *, sequences: bool = False) -> list[Words]:
    """What is not as it was wanted: keys that others have, and keys that are not told of.

    Args:
        listening: what listens.
        wording: the user's language.
        sequences: whether there are bindings of several keys, one after the other.
    """
    told = []
    if sequences and not listening.everything:
        told.append(wording.say("input_no_sequences"))
    if listening.taken:
        told.append(wording.say("input_taken", {"keys": _listed(listening.taken)}))
    if listening.unheard:
        told.append(wording.say("input_unheard", {"keys": _listed(listening.unheard)}))
    return told


def _listed(keys: frozenset[str]) -> str:
    return ", ".join(sorted(keys))
