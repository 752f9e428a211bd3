"""Text as typed or heard becomes tokens: folded words and numbers, each with what stood there.

Letters are folded to their base (case, accents, ß, ł, ø), so that a phrase or a name matches
however it is spelled; the original stays at hand, for "IT" is a department and "it" is a call.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 400
"""Characters; nobody commands a telephone with more."""

_NUMBER = r"(?:tel:)?\+?[0-9*#](?:[0-9*#]|[ ().\-/](?=[ ().\-/]{0,2}[0-9(*#]))*"
_TOKEN = re.compile(
    r"(?P<smiley>:[a-z][\w+\-]*:|[:;]-?[DPOdpo]\b)"
    rf"|(?P<number>{_NUMBER}(?![0-9]*[^\W\d_]))|(?P<paren>\((?=\d)[0-9 ().\-/]+\d)"
    r"|(?P<word>[^\W_]+(?:['’ʼ`´][^\W_]+)*['’]?)|(?P<mark>\?|&|\+(?=\s))"
)
_DIGIT_AND_NUMBER = re.compile(r"(\d) (\d+)")
_EXTRA = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_QUOTES = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "´": "'"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number."""

    text: str
    """Folded; a number without separators."""
    raw: str
    """As it stood there."""
    number: bool = False
    comma: bool = False
    """A comma follows."""


def fold(text: str) -> str:
    """Letters without case and accents, quotes made straight."""
    if text.isascii():
        return text.lower().replace("`", "'")
    lowered = text.casefold().translate(_EXTRA).translate(_QUOTES)
    parts = unicodedata.normalize("NFKD", lowered)
    return "".join(char for char in parts if not unicodedata.combining(char))


def bare_word(word: str) -> str:
    """A word without case, accents and apostrophes, for many leave those out: "whats", "dont"."""
    return fold(word).replace("'", "")


def spellings(word: str) -> set[str]:
    """How a word of the grammar may be written, bare: `zurück` also as `zurueck`."""
    return {bare_word(word), bare_word(word.translate(UMLAUTS))}


def split_elision(word: str, elisions: Sequence[str]) -> tuple[str, ...]:
    """`l'appel` is two words where `l'` is an elision of the language."""
    folded = fold(word)
    for elision in elisions:
        if folded.startswith(elision) and len(word) > len(elision):
            return word[: len(elision)], word[len(elision) :]
    return (word,)


def tokens(text: str, elisions: Sequence[str] = ()) -> tuple[Token, ...]:
    """The words and numbers of a text; of an overlong one none.

    Args:
        text: what was said.
        elisions: the language's beginnings of words that are words themselves.
    """
    if len(text) > LONGEST:
        return ()
    found = []
    for match in _TOKEN.finditer(text):
        raw = match.group()
        comma = text[match.end() : match.end() + 1] in {",", ";", "،", "、"}
        if match.lastgroup in {"number", "paren"}:
            found += _numbers(raw, comma=comma)
        elif match.lastgroup == "word":
            parts = split_elision(raw, elisions)
            found += [Token(fold(part), part) for part in parts[:-1]]
            found.append(Token(fold(parts[-1]), parts[-1], comma=comma))
        elif match.lastgroup == "mark":
            found.append(Token(raw, raw))
    return tuple(found)


def _numbers(raw: str, *, comma: bool) -> list[Token]:
    """A number without its separators; `2 201` may be call 2 and 201, and so is two tokens."""
    two = _DIGIT_AND_NUMBER.fullmatch(raw)
    parts = two.groups() if two else (raw,)
    digits = [re.sub(r"[^0-9*#+]", "", part.removeprefix("tel:")) for part in parts]
    return [
        Token(digit, part, number=True, comma=comma and part is parts[-1])
        for digit, part in zip(digits, parts, strict=True)
    ]
