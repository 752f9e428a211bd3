"""Sentences in which a space went astray: `hangu p`, `callj ohn`, `hangupcall 2`, `doa call`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.text import Token, tokens


def respacings(
    said: Sequence[Token],
    known: Callable[[str], bool],
    real: Callable[[str], bool],
    elisions: Sequence[str],
) -> Iterator[tuple[Token, ...]]:
    """The sentence with a space moved by a letter, left out or put in, where that makes words.

    Also without a word that was said twice.

    Args:
        said: the sentence.
        known: whether a folded word is one, or a name.
        real: whether a word as written stands where it should.
        elisions: beginnings of words that are words themselves.
    """

    def words(*parts: str) -> tuple[Token, ...]:
        made = tuple(token for part in parts for token in tokens(part, elisions))
        return made if all(known(token.text) for token in made) else ()

    strange = {n for n, token in enumerate(said) if token.text.isalpha() and not known(token.text)}
    for place, token in enumerate(said):
        if not _is_word(token) or strange - {place, place + 1}:
            continue
        before, one, after = said[:place], token.raw, said[place + 1 :]
        if after and after[0].text == token.text:
            yield (*before, *after)
            continue
        if not real(one):
            for cut in range(1, len(one)):
                if made := words(one[:cut], one[cut:]):
                    yield (*before, *made, *after)
        if not after or not _is_word(after[0]) or one.endswith("'"):
            continue
        two = after[0].raw
        pairs = [(one[:-1], one[-1] + two), (one + two[0], two[1:])]
        if not (real(one) and real(two)):
            pairs.append((one + two, ""))
        if f"{one[-1]}'" in elisions:  # an apostrophe after a space belongs to no word
            pairs.append((one[:-1], f"{one[-1]}'{two}"))
        for pair in pairs:
            if made := words(*pair):
                yield (*before, *made, *after[1:])


def _is_word(token: Token) -> bool:
    return not token.number and token.text.replace("'", "").isalpha()
