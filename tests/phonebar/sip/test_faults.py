"""Random commands under random faults over real calls: a short run of `bench.faults --sip`."""

from __future__ import annotations

import pytest

pytest.importorskip("pjsua2", reason="needs the sip extra: pip install phonebar-assistant[sip]")

from tests import sip_fault_run


def test_nothing_is_dialled_twice_and_every_lost_call_is_told() -> None:
    report = sip_fault_run.run(8, seed=4)
    assert report.wrongs == []
    assert report.commands == 8
    assert "the telephone is killed" in report.by_fault()
