"""The engine `ctc`: listens for nothing but what can be said now, and says so when that was not it.

posteriors   sounds in speech, by hama's acoustic model
sounds       English sounds, and what the model takes them for
pronouncing  how words and names are spoken
sentences    what can be said, as automata of words
graph        the same as a graph of sounds
search       the likeliest sentences in it
ctc          the engine: graphs kept, speech taken in as it comes, likelihoods made of scores
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from adapters.voice.graph import Graph, compiled
from adapters.voice.pausing import Pausing
from adapters.voice.posteriors import BETWEEN, FRAME, AcousticModel, spelled
from adapters.voice.pronouncing import Pronouncing
from adapters.voice.recogniser import RATE, Expected, Heard, Hearing, Missing, Name
from adapters.voice.search import Path as Found
from adapters.voice.search import Search
from adapters.voice.sentences import (
    COMMAND,
    DIGITS,
    NAME,
    NUMBER,
    OWNER,
    SPELLING,
    STRING,
    Automaton,
    anybody,
    grammar,
)
from adapters.voice.spelling_memory import Remembered
from assistant.config import state_dir
from assistant.language import load_language
from assistant.understanding.letters import LetterWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from adapters.voice.pronouncing import Sounds
    from adapters.voice.recogniser import Listener, Recogniser, Samples
    from assistant.settings import VoiceSection

LANGUAGES = frozenset({"en"})
"""Those whose sounds it has, and a dictionary."""
KEPT = 16
"""Graphs, for as many states of the calls."""
MOST = 8
"""Sentences that are looked at."""
LONGEST = 6.0
"""Seconds that the acoustic model is given at once; of what is longer, the beginning is settled."""
SETTLED = 3.0
"""Seconds settled at a time, with as much speech after them."""
CONTEXT = 1.0
"""Seconds before what is not settled yet that the acoustic model is given again."""
PAUSE = 0.24
"""Seconds of quiet after which all may have been said, so that the work is done meanwhile."""

SILENCE = 0.25
"""How much it counts that silence was likelier: the model hears little of a short word."""
SHARPNESS = 0.7
"""How much a difference of scores counts; with 1 the model would be believed in full."""


def open_ctc(section: VoiceSection) -> Recogniser:
    """The engine.

    Raises:
        Missing: hama cannot be used here, or the CMU dictionary is not there.
        LexiconError: a line of the user's lexicon cannot be read.
    """
    return Ctc([Path(section.lexicon)] if section.lexicon else [])


class Ctc:
    """The engine. Safe to use from several threads.

    Args:
        lexicons: the user's own.

    Raises:
        Missing, LexiconError: as `open_ctc`.
    """

    name = "ctc"

    def __init__(self, lexicons: Sequence[Path] = ()) -> None:
        self.model = AcousticModel()
        self.pronouncing = Pronouncing(
            lexicons, Remembered(spelled, state_dir() / "voice" / "spoken-en.tsv")
        )
        self._graphs: OrderedDict[Expected, Graph] = OrderedDict()
        self._lock = threading.Lock()
        self._usual = usual_sentences()

    @staticmethod
    def supports(language: str) -> bool:
        """Whether it can hear a language."""
        return language in LANGUAGES

    def prepare(self, expected: Expected) -> None:
        """Make the graph."""
        self.graph(expected)

    def listen(self, expected: Expected) -> Listener:
        """Begin to hear."""
        return _CtcListener(self.model, self.graph(expected), expected)

    def graph(self, expected: Expected) -> Graph:
        """The graph of what can be said, kept from the last time if there is one.

        Raises:
            Missing: the language is not among LANGUAGES.
        """
        if expected.language not in LANGUAGES:
            raise Missing("voice_not_this_language", engine=self.name, language=expected.language)
        with self._lock:
            if expected not in self._graphs:
                self._graphs[expected] = self._made(expected)
            self._graphs.move_to_end(expected)
            while len(self._graphs) > KEPT:
                self._graphs.popitem(last=False)
            return self._graphs[expected]

    def _made(self, expected: Expected) -> Graph:
        data = load_language(expected.language).data
        letters = expected.letters or LetterWords.read(data["spelling"], {}).words
        known = self.pronouncing.known
        automata = grammar(
            data, expected.intents, known, expected.choices, letters, usual=self._usual
        )
        called = {name.said: name for name in _all_names(expected.names, automata)}
        automata[NAME] = automata[OWNER] = anybody(called)
        ways = partial(_ways, self.pronouncing, called)
        begin = DIGITS if expected.digits else SPELLING if expected.letters else COMMAND
        return compiled(automata, begin, ways)


def usual_sentences() -> tuple[tuple[str, str], ...]:
    """What is usually said: intents and templates."""
    text = resources.files("adapters.voice").joinpath("usual.txt").read_text(encoding="utf-8")
    lines = (line.partition(":") for line in text.splitlines() if line and line[0] != "#")
    return tuple((intent, template.strip()) for intent, _, template in lines)


def _ways(
    pronouncing: Pronouncing, called: Mapping[str, Name], automaton: str, label: str
) -> Sequence[Sounds]:
    if automaton == OWNER:
        return pronouncing.owners(label, called[label].sounds)
    return pronouncing.ways(label, called[label].sounds if automaton == NAME else "")


def _all_names(names: Sequence[Name], automata: Mapping[str, Automaton]) -> list[Name]:
    """The names, and each part of one that is no word of the commands."""
    words = {
        label.casefold()
        for automaton in automata.values()
        for leads in automaton.steps
        for label in leads
    }
    parts = {
        part: None
        for name in names
        for part in name.said.split()
        if part != name.said and len(part) > 2 and part.casefold() not in words
    }
    known = {name.said.casefold() for name in names}
    return [*names, *(Name(part) for part in parts if part.casefold() not in known)]


class _CtcListener:
    """Hears one stretch of speech."""

    def __init__(self, model: AcousticModel, graph: Graph, expected: Expected) -> None:
        self._model, self._graph, self._expected = model, graph, expected
        self._speech = np.zeros(0, np.float32)
        """From the context of what is not settled on."""
        self._context = 0
        """How many of its samples are context."""
        self._settled = _Progress(Search(graph))
        self._meanwhile: _Progress | None = None
        """As if all had been said, and nothing but quiet came after it."""
        self._pausing = Pausing(PAUSE)

    def feed(self, samples: Samples) -> None:
        """Take what was spoken; the work is done here, before it returns."""
        self._speech = np.concatenate([self._speech, samples])
        self._pausing.feed(samples)
        while len(self._speech) - self._context > LONGEST * RATE:
            self._settle()
        if not self._pausing.now:
            self._meanwhile = None
        elif self._meanwhile is None:
            self._meanwhile = self._whole()

    def finish(self) -> Hearing:
        """What it was."""
        progress = self._meanwhile or self._whole()
        return heard(progress, self._graph, self._expected)

    def _settle(self) -> None:
        raw = self._model.raw(self._speech[: self._context + int(LONGEST * RATE)])
        first = self._context // FRAME
        frames = int(SETTLED * RATE) // FRAME
        self._settled.take(self._model, raw[first : first + frames])
        end = self._context + frames * FRAME
        kept = max(0, end - int(CONTEXT * RATE))
        self._speech, self._context = self._speech[kept:], end - kept
        self._meanwhile = None

    def _whole(self) -> _Progress:
        raw = self._model.raw(self._speech)[self._context // FRAME :]
        progress = self._settled.copy()
        progress.take(self._model, raw)
        return progress


class _Progress:
    """How far a search has come, and what the best would be if anything could be said."""

    def __init__(self, search: Search, best: float = 0.0, sounds: float = 0.0) -> None:
        self.search, self.best, self.sounds = search, best, sounds

    def copy(self) -> _Progress:
        """Another that goes on from here."""
        return _Progress(self.search.copy(), self.best, self.sounds)

    def take(self, model: AcousticModel, raw: NDArray[np.float32]) -> None:
        """Go on by what the acoustic model said."""
        scores = model.scores(raw)
        self.search.take(scores)
        self.best += float(model.best(raw).sum())
        self.sounds += float((1 - np.exp(scores[:, BETWEEN])).clip(0).sum())


def heard(progress: _Progress, graph: Graph, expected: Expected) -> Hearing:
    """What the search comes to, as likelihoods."""
    paths = progress.search.paths(MOST)
    if not paths:
        return Hearing(engine=Ctc.name)
    known = likelihood(progress.best - paths[0].score, progress.sounds, len(paths[0].labels))
    known *= math.exp(SILENCE * min(0.0, paths[0].score - progress.search.silence))
    shares = [math.exp(SHARPNESS * (path.score - paths[0].score)) for path in paths]
    texts: dict[str, float] = {}
    for path, share in zip(paths, shares, strict=True):
        text = written(path, graph, expected)
        texts[text] = texts.get(text, 0.0) + known * share / sum(shares)
    candidates = tuple(Heard(text, score) for text, score in texts.items())
    ordered = tuple(sorted(candidates, key=lambda one: -one.score))
    return Hearing(ordered, none=1 - known, engine=Ctc.name)


def likelihood(worse: float, sounds: float, words: int) -> float:
    """How likely it is that something that can be said was said.

    Args:
        worse: by how much the best sentence is less likely than any sounds would be.
        sounds: how many there were, about.
        words: how many the sentence has.
    """
    # Fitted by logistic regression on 581 synthetic commands and 240 other sentences.
    x = 4.4 - 0.383 * worse + 0.2 * sounds + 0.16 * words
    return 1 / (1 + math.exp(-x))


def written(path: Found, graph: Graph, expected: Expected) -> str:
    """The sentence as it would be typed: numbers as digits, names as the directory has them."""
    numbers = load_language(expected.language).data["numbers"]
    words: list[str] = []
    number, times = False, 1
    for label in path.labels:
        automaton, word = graph.labels[label]
        if automaton not in {NUMBER, STRING}:
            words.append(f"{word}'s" if automaton == OWNER else word)
            number = False
        elif word in numbers["repeats"]:
            times = int(numbers["repeats"][word])
        else:
            digits = numbers["digits"][word] * times
            words[-1:] = [words[-1] + digits] if number else [*words[-1:], digits]
            number, times = True, 1
    return " ".join(words)
