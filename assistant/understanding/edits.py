"""What is said while a number or a name is given: pieces of it, corrections, and its end.

"two oh two, no, five" is two edits. All of a sentence must be read, else none of it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.entry import ADD, FINISH, NUMBER, Edit
from assistant.text import Token
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.reading import Reading

_SLOTS = {"number", "letters"}


@dataclass(frozen=True, slots=True)
class EditReader:
    """Reads one language.

    Args:
        lexicon: the language.
        kind: what is being given, `number` or `name`.
    """

    lexicon: Lexicon
    kind: str

    def read(self, said: Sequence[Token], exact: Reading, misspelled: Reading) -> list[Edit]:
        """The edits of a sentence, in order; none when it is anything else.

        Args:
            said: its tokens.
            exact: the reading that lets no misspelling through.
            misspelled: the reading that does.
        """
        for reading, alike in ((exact, False), (exact, True), (misspelled, False)):
            edits = self._edits(said, reading, alike=alike)
            if edits:
                return edits
        return []

    def _edits(self, said: Sequence[Token], reading: Reading, *, alike: bool) -> list[Edit]:
        edits: list[Edit] = []
        at = 0
        while at < len(said):
            if edits and edits[-1][0] == FINISH:
                return edits if self._all_after(reading, at) else []
            # The longest counts: the "i" of "i meant sierra" is no letter.
            found = max(self._edits_at(said, reading, at, alike=alike), default=None)
            if found is not None:
                at, edit = found
                edits.append(edit)
                continue
            end = self._filler(said, reading, at)
            if end == at:
                return edits if edits and self._all_after(reading, at) else []
            at = end
        return edits

    def _piece(self, said: Sequence[Token], at: int, *, alike: bool) -> tuple[int, str] | None:
        if self.kind == NUMBER:
            return self.lexicon.numbers.digits_at(said, at, alike=alike)
        return self.lexicon.letters.read_at(said, at)

    def _edits_at(
        self, said: Sequence[Token], reading: Reading, at: int, *, alike: bool
    ) -> Iterator[tuple[int, Edit]]:
        piece = self._piece(said, at, alike=alike)
        if piece is not None:
            yield piece[0], (ADD, piece[1])
        wanted = "number" if self.kind == NUMBER else "letters"

        def fill(slot: str, place: int) -> Sequence[tuple[int, Any, float]]:
            filling = self._piece(said, place, alike=alike) if slot == wanted else None
            return [(*filling, 0.0)] if filling else []

        for found in self.lexicon.edits.find(reading.words, at, fill, reading.fuzzy):
            text = next((value for name, value in found.slots if name in _SLOTS), "")
            yield found.end, (found.meaning.name, text)

    def _filler(self, said: Sequence[Token], reading: Reading, at: int) -> int:
        """Where what says nothing of the number ends: "okay", "then", "number"."""
        if self.kind == NUMBER and said[at].text in self.lexicon.numbers.extension:
            return at + 1
        found = self.lexicon.before.find(reading.words, at, reading.fill)
        return max((item.end for item in found), default=at)

    def _all_after(self, reading: Reading, at: int) -> bool:
        """Whether nothing but politeness follows."""
        reached, waiting = {at}, [at]
        while waiting:
            place = waiting.pop()
            for found in self.lexicon.after.find(reading.words, place, reading.fill):
                if found.end not in reached:
                    reached.add(found.end)
                    waiting.append(found.end)
        return len(reading.words) in reached
