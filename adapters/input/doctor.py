"""Whether keys can be heard here, for `phonebar doctor`."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.input.listening import check
from adapters.input.trouble import InputTrouble
from adapters.input.words import explain
from assistant.finding import Finding
from assistant.wording import Wording


def findings(words: Wording, *, needed: bool) -> Iterator[Finding]:
    """What was found, in words that say how to mend it.

    Args:
        words: the language to tell it in.
        needed: whether a surface that wants keys is switched on; else it is no more than a note.
    """
    try:
        way = check()
    except InputTrouble as trouble:
        found = explain(trouble, words)[0]
        yield Finding("keys", "problem" if needed else "note", found)
    else:
        yield Finding("keys", "ok", words.say(f"cli_doctor_keys_{way}")[0])
