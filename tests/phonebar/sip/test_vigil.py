"""A far end that has vanished is noticed; one that is merely silent is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonebar.sip.vigil import PATIENCE, Vigil

moments = st.floats(0, 100)


@given(st.lists(st.tuples(moments, st.booleans())))
def test_whoever_is_asked_has_been_silent_and_whoever_is_gone_was_asked(
    steps: list[tuple[float, bool]],
) -> None:
    vigil, now, received, heard, asked = Vigil(15.0, 0.0), 0.0, 0, 0.0, -1.0
    for pause, sounds in steps:
        now += pause
        received += sounds
        heard = now if sounds else heard
        what = vigil.look(received, now)
        if what == "ask":
            assert now - heard >= 15.0
            asked = now
        if what == "gone":
            assert asked >= heard
            assert now - asked >= PATIENCE
            return


def test_an_answer_begins_anew() -> None:
    vigil = Vigil(15.0, 0.0)
    assert vigil.look(0, 15.0) == "ask"
    vigil.sign(16.0)
    assert vigil.look(0, 30.0) == ""
    assert vigil.look(0, 31.0) == "ask"
    assert vigil.look(0, 31.0 + PATIENCE) == "gone"


def test_0_asks_nobody() -> None:
    assert Vigil(0.0, 0.0).look(0, 1e6) == ""


def test_a_far_end_that_is_killed_is_told_as_vanished_and_a_silent_one_stays(
    tmp_path: Path,
) -> None:
    pytest.importorskip("pjsua2", reason="needs the sip extra")
    from tests.phonebar.sip.baresip import baresip
    from tests.phonebar.sip.phones import phones
    from tests.phonebar.sip.raw import raw

    auto = "regint=0;answermode=auto"
    with baresip(tmp_path, "201", 440, options=auto) as far:
        account = {
            "domain": f"127.0.0.1:{far.port}",
            "codecs": ("PCMA/8000",),
            "sources": ("any",),
            "silence": 1.0,
        }
        with phones(account) as (phone,), raw(phone.backend.standing.port) as silent:
            phone.line.originate("201")
            phone.until("active")
            silent.invite()
            phone.until("active", "incoming")
            phone.line.answer(2)
            silent.picked_up()
            phone.until("holding", "active")
            assert silent.asked("OPTIONS")
            far.kill()
            silent.answers_options(until=lambda: phone.states() == ["released", "active"])
            assert phone.reasons() == ["vanished", None]
