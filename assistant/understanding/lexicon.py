"""A language made ready for reading: its sentences as networks, its words as sets."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from assistant.entry import EDITS
from assistant.language import Language, LanguageError, load_language
from assistant.text import bare_word, fold
from assistant.understanding.digits import NumberWords
from assistant.understanding.grammar import Network
from assistant.understanding.letters import LetterWords
from assistant.understanding.spelling import most_wrong_letters
from assistant.understanding.template import TemplateError

IDIOM = "none"
"""The meaning of a sentence that only looks like a command: "hold your horses"."""

REFUSALS = frozenset({"no", "cancel"})
"""The meanings of what takes a command back."""

FAR = 3
"""Wrong letters that make a word another one: `resembling` gives those with fewer."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that reading a sentence of one language takes."""

    code: str
    sentences: Network
    """What commands and answers are; a meaning's name is the intent."""
    refusals: Network
    """Those of the sentences that take a command back."""
    edits: Network
    """What is said while a number or a name is given, besides its digits or letters."""
    before: Network
    before_forms: Network
    """What a command follows in another form: "would you mind"."""
    forms: Network
    """Commands in that form: "calling maria"."""
    after: Network
    corrections: Network
    references: Network
    """Words for live calls; a meaning's name says which."""
    party_forms: Network
    """`bob's extension`."""
    numbers: NumberWords
    letters: LetterWords
    ordinals: Mapping[str, int]
    elisions: tuple[str, ...]
    """Beginnings of words that are words themselves: `l'`."""
    owner_endings: tuple[str, ...]
    """What makes a name a possessive: `'s`."""
    hesitations: frozenset[str]
    articles: frozenset[str]
    party_tails: frozenset[str]
    between_parties: frozenset[str]
    pointing: frozenset[str]
    """Left out of an answer."""
    not_a_party: frozenset[str]
    things: frozenset[str]
    """In no stranger's name: "transfer the money"."""
    accented: frozenset[str]
    """Words that only their accents tell from a command's: `llamé` (I called), `llame` (call)."""
    real_words: frozenset[str]
    """Never taken for misspellings."""
    shared_words: frozenset[str]
    """Those of them that are no misspellings of another language's words either."""
    examples: Mapping[str, tuple[str, ...]]


@cache
def lexicon(code: str) -> Lexicon:
    """A language's lexicon, made once.

    Raises:
        LanguageError: there is no such language, or its file cannot be used.
    """
    language = load_language(code)
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _compile(language)
    except TemplateError as error:
        raise LanguageError(f"{code}.yaml: {error}.") from error
    finally:
        # It stays as long as the process. The garbage collector would look through its hundreds of
        # thousands of parts while it grows, and again at some moment in the middle of a command.
        gc.freeze()
        if collecting:
            gc.enable()


@lru_cache(maxsize=10_000)
def resembling(code: str, word: str) -> tuple[tuple[str, int], ...]:
    """The real words of a language that this may be a misspelling of, with the letters wrong.

    Args:
        code: the language.
        word: folded.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    by_length = _by_length(code)
    return tuple(
        (other, int(letters))
        for length in range(len(word) - FAR + 1, len(word) + FAR)
        for other, letters, _ in process.extract(
            word,
            by_length.get(length, ()),
            scorer=OSA.distance,
            score_cutoff=FAR - 1,
            limit=None,
        )
    )


@lru_cache(maxsize=10_000)
def likeliest(code: str, word: str) -> tuple[tuple[str, int], ...]:
    """Those of a language's real words that a misspelled word most likely is.

    Args:
        code: the language.
        word: folded.
    """
    near = resembling(code, word)
    fewest = min((letters for _, letters in near), default=0)
    return tuple(
        (other, letters)
        for other, letters in near
        if letters == fewest and letters <= most_wrong_letters(word, other)
    )


@cache
def _by_length(code: str) -> Mapping[int, Sequence[str]]:
    """The real words of a language by their length."""
    found: dict[int, list[str]] = {}
    for word in sorted(lexicon(code).real_words):
        found.setdefault(len(word), []).append(word)
    return found


def _compile(language: Language) -> Lexicon:
    data = language.data
    rules: Mapping[str, str] = data["rules"]
    elisions = tuple(fold(item) for item in data["elisions"])
    accented = frozenset(data.get("accented", "").split())

    def network(items: Iterable[tuple[str, Any]]) -> Network:
        made = Network(rules, elisions, accented)
        for name, item in items:
            say, fixed = (item, {}) if isinstance(item, str) else (item["say"], item["slots"])
            made.add(say, name, fixed)
        return made

    def part(name: str) -> Network:
        return network((name, item) for item in data[name])

    def words(name: str) -> frozenset[str]:
        found = data[name]
        items = found.split() if isinstance(found, str) else found
        return frozenset(bare_word(str(item)) for item in items)

    sayings = [(intent, item) for intent, entry in data["intents"].items() for item in entry["say"]]
    refusals = network((name, item) for name, item in sayings if name in REFUSALS)
    edits = network((name, item) for name, item in sayings if name in EDITS)
    sayings = [(name, item) for name, item in sayings if name not in EDITS]
    sentences = network([*sayings, *((IDIOM, item) for item in data.get("idioms", ()))])
    references = network(
        (name, item) for name, items in data["references"].items() for item in items
    )
    before, after, corrections = part("before"), part("after"), part("corrections")
    other_forms = data.get("other_forms", {"after": (), "forms": {}})
    before_forms = network(("", item) for item in other_forms["after"])
    forms = sentences.begun_with(
        {bare_word(form): word for word, said in other_forms["forms"].items() for form in said}
    )
    numbers = NumberWords.read(language.code, data["numbers"])
    ordinals = {fold(str(word)): int(n) for word, n in data["numbers"]["ordinals"].items()}
    letters = LetterWords.read(data["spelling"], numbers.repeats)
    everywhere = [sentences, edits, references, before, before_forms, forms, after, corrections]
    vocabulary = frozenset().union(*(network.vocabulary for network in everywhere))
    little = words("articles") | words("between_parties")
    shared = accented | words("known_words") | vocabulary | numbers.words | ordinals.keys() | little
    return Lexicon(
        code=language.code,
        sentences=sentences,
        refusals=refusals,
        edits=edits,
        before=before,
        before_forms=before_forms,
        forms=forms,
        after=after,
        corrections=corrections,
        references=references,
        party_forms=part("party_forms"),
        numbers=numbers,
        letters=letters,
        ordinals=ordinals,
        elisions=elisions,
        owner_endings=tuple(fold(item) for item in data["owner_endings"]),
        hesitations=words("hesitations"),
        articles=words("articles"),
        party_tails=words("party_tails"),
        between_parties=words("between_parties"),
        pointing=words("pointing"),
        not_a_party=words("not_a_party"),
        things=words("things") if "things" in data else frozenset(),
        accented=accented,
        real_words=shared | (words("common_words") if "common_words" in data else frozenset()),
        shared_words=shared,
        examples={
            intent: tuple(entry.get("examples", ())) for intent, entry in data["intents"].items()
        },
    )
