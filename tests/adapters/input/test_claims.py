"""Which presses a hook swallows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.input.claims import WHOLE_KEYBOARD_SECONDS, Claims
from adapters.input.names import KEYS


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def tap(claims: Claims, *keys: str) -> list[bool]:
    """Press keys one inside the other; whether each was swallowed going down, then coming up."""
    downs = [claims.swallow(key, down=True) for key in keys]
    return downs + [claims.swallow(key, down=False) for key in reversed(keys)]


def test_a_claimed_key_is_swallowed_with_its_repeats_and_its_release() -> None:
    claims = Claims()
    claims.set(["f8"])
    assert [claims.swallow("f8", down=down) for down in (True, True, True, False)] == [True] * 4
    assert tap(claims, "a") == [False, False]


def test_a_key_with_other_modifiers_than_claimed_is_left() -> None:
    claims = Claims()
    claims.set(["f8", "ctrl+alt+h"])
    assert tap(claims, "shift_r", "f8") == [False] * 4
    assert tap(claims, "h") == [False] * 2
    assert tap(claims, "ctrl_l", "h") == [False] * 4
    assert tap(claims, "alt_r", "ctrl_l", "h") == [False, False, True, True, False, False]


def test_a_modifier_can_be_claimed_alone() -> None:
    claims = Claims()
    claims.set(["ctrl_r"])
    assert tap(claims, "ctrl_r") == [True, True]
    assert tap(claims, "ctrl_l") == [False, False]


def test_the_end_of_a_press_goes_where_its_beginning_went() -> None:
    claims = Claims()
    claims.set(["f8"])
    assert claims.swallow("f8", down=True)
    assert not claims.swallow("a", down=True)
    claims.set([])
    assert claims.swallow("f8", down=True)  # a repeat
    assert claims.swallow("f8", down=False)
    claims.set(["a"])
    assert not claims.swallow("a", down=False)


def test_the_whole_keyboard_is_ours_for_a_while_and_the_mouse_is_not() -> None:
    clock = Clock()
    claims = Claims(clock)
    claims.set([*KEYS])
    assert tap(claims, "ctrl_l", "a") == [True] * 4
    assert tap(claims, "mouse_left") == [False] * 2
    for _ in range(3):
        clock.now += WHOLE_KEYBOARD_SECONDS - 0.1
        assert tap(claims, "a") == [True] * 2
    clock.now += WHOLE_KEYBOARD_SECONDS
    assert tap(claims, "a") == [False] * 2


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(["a", "f8", "ctrl_l", "mouse_left"]), st.booleans()),
            st.sets(st.sampled_from(["a", "f8", "ctrl+a", "ctrl_l", "mouse_left"])),
            st.just(KEYS),
        )
    )
)
def test_whatever_is_pressed_and_claimed_no_program_sees_half_a_press(
    steps: list[tuple[str, bool] | set[str]],
) -> None:
    claims = Claims()
    seen: set[str] = set()
    swallowed: set[str] = set()
    for step in steps:
        if not isinstance(step, tuple):
            claims.set(step)
            continue
        key, down = step
        ours = claims.swallow(key, down=down)
        if down:
            if key in swallowed:
                assert ours
            (swallowed if ours else seen).add(key)
        else:
            assert ours == (key in swallowed)
            seen.discard(key)
            swallowed.discard(key)
