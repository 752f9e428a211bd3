"""Keys as a file names them become strokes."""

from __future__ import annotations

import itertools

from adapters.input.names import MODIFIERS, SIDED, canonical, covers, nearest
from adapters.keyboard.binding import MODIFIER_NAMES, Stroke, Strokes
from adapters.keyboard.problem import Problem, problem

LEADER = "leader"
"""The word that stands for the leader in a sequence."""


def sequences(
    text: str, leader: tuple[Stroke, ...], line: int
) -> tuple[list[Strokes], Problem | None]:
    """Every sequence that is meant: of `ctrl` the left key and the right one.

    Args:
        text: as it is written: `leader a`, `ctrl+alt+h`.
        leader: what the word stands for.
        line: where it is written.
    """
    parts: list[tuple[Stroke, ...]] = []
    for part in text.split():
        if part == LEADER and leader:
            parts.append(leader)
            continue
        found = strokes(part, line)
        if isinstance(found, Problem):
            return [], found
        parts.append(found)
    if not parts:
        return [], problem(line, "keys_unknown_key", name=text)
    return list(itertools.product(*parts)), None


def strokes(text: str, line: int) -> tuple[Stroke, ...] | Problem:
    """A key with its modifiers; several when it stands for the keys of both sides."""
    *held, last = text.split("+")
    modifiers: list[str] = []
    for item in held:
        name = canonical(item)
        if name is None or name not in SIDED:
            allowed = ", ".join(MODIFIER_NAMES)
            return problem(line, "keys_bad_modifier", name=item, allowed=allowed)
        modifiers.append(name)
    key = canonical(last)
    if key is None:
        near = nearest(last)
        if near:
            return problem(line, "keys_unknown_key_near", name=last, near=near)
        return problem(line, "keys_unknown_key", name=last)
    return tuple(Stroke(name, frozenset(modifiers)) for name in sorted(covers(key)))


def is_modifier(stroke: Stroke) -> bool:
    """Whether it is a key that is held while others are pressed."""
    return stroke.key in MODIFIERS


def is_written_with(stroke: Stroke) -> bool:
    """Whether other programs get it all the time, since people write or click with it."""
    plain = stroke.modifiers <= {"shift"}
    return plain and (len(stroke.key) == 1 or stroke.key in _WRITING)


_WRITTEN_WITH = """
space enter tab backspace delete up down left right home end minus equal comma period slash
semicolon quote bracket_left bracket_right backslash grave mouse_left
"""
_WRITING = frozenset(_WRITTEN_WITH.split())
