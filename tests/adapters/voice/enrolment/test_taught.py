"""The file of what was taught: kept whole, read back, refused with a reason when it is damaged."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.voice.enrolment.features import CEPSTRA
from adapters.voice.enrolment.taught import Damaged, Sample, Taught, load, path_for, save


def sample(label: str = "one", rows: int = 20, seed: int = 1) -> Sample:
    made = np.random.default_rng(seed).normal(0, 5, (rows, CEPSTRA)).astype(np.float32)
    return Sample(label, "digit", made)


def test_what_was_kept_is_read_back(tmp_path: Path) -> None:
    kept = Taught("en", (sample(), sample("déjà vu", 30, 2), sample("one", 9, 3)))
    save(tmp_path / "deep" / "t.npz", kept)
    found = load(tmp_path / "deep" / "t.npz", "en")
    assert found.labels() == {"one": 2, "déjà vu": 1}
    for one, other in zip(kept.samples, found.samples, strict=True):
        assert (one.label, one.role) == (other.label, other.role)
        assert (one.rows == other.rows).all()


def test_nothing_is_kept_and_read_back(tmp_path: Path) -> None:
    save(tmp_path / "t.npz", Taught("en"))
    assert load(tmp_path / "t.npz", "en").samples == ()
    assert load(tmp_path / "none.npz", "en").samples == ()


def test_a_label_can_be_taken_out() -> None:
    taught = Taught("en", (sample(), sample("two"), sample()))
    assert taught.without("one").labels() == {"two": 1}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a user's folder to that user")
def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    save(tmp_path / "t.npz", Taught("en", (sample(),)))
    assert stat.S_IMODE((tmp_path / "t.npz").stat().st_mode) == 0o600


def test_it_lies_in_the_users_folder_a_file_for_each_language() -> None:
    assert path_for("en").name == "taught-en.npz"
    assert path_for("en") != path_for("it")


def written(path: Path, **changed: Any) -> Path:
    parts: dict[str, Any] = {
        "format": np.array(1),
        "language": np.array("en"),
        "labels": np.array(["one"]),
        "roles": np.array(["digit"]),
        "lengths": np.array([20], np.int32),
        "rows": np.zeros((20, CEPSTRA), np.float32),
    }
    parts |= changed
    np.savez(path, **{name: value for name, value in parts.items() if value is not None})
    return path


@pytest.mark.parametrize(
    "changed",
    [
        {"language": np.array("it")},
        {"labels": np.array(["one", "two"])},
        {"labels": np.array([" "])},
        {"labels": np.array([1.0])},
        {"labels": np.array([{"one": 1}], dtype=object)},
        {"roles": None},
        {"format": np.array([1, 2])},
        {"lengths": np.array([21], np.int32)},
        {"lengths": np.array([20.0])},
        {"lengths": np.array([-20], np.int32)},
        {"rows": np.zeros((20, 5), np.float32)},
        {"rows": np.full((20, CEPSTRA), np.nan, np.float32)},
        {"rows": np.zeros((20, CEPSTRA), np.float64)},
    ],
)
def test_a_damaged_file_is_refused_with_a_reason(tmp_path: Path, changed: dict[str, Any]) -> None:
    path = written(tmp_path / "t.npz", **changed)
    with pytest.raises(Damaged) as caught:
        load(path, "en")
    assert caught.value.message == "taught_damaged"
    assert caught.value.details["path"] == path
    assert caught.value.details["why"]


def test_another_format_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(Damaged) as caught:
        load(written(tmp_path / "t.npz", format=np.array(9)), "en")
    assert caught.value.message == "taught_format"
    assert caught.value.details["found"] == 9


def test_a_file_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.npz"
    np.savez_compressed(path, rows=np.zeros((1_500_000, CEPSTRA), np.float32))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Damaged):
        load(path, "en")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_happens_to_the_file_it_is_read_or_refused(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = tmp_path / "t.npz"
    save(path, Taught("en", (sample(), sample("two", 12, 2))))
    whole = bytearray(path.read_bytes())
    cut = data.draw(st.integers(0, len(whole)))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(whole[:cut] if data.draw(st.booleans()) else whole))
    try:
        found = load(path, "en")
    except Damaged:
        return
    assert all(np.isfinite(one.rows).all() and one.label for one in found.samples)


def test_the_old_file_stays_when_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "t.npz"
    save(path, Taught("en", (sample(),)))
    (tmp_path / "t.new").mkdir()
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's business
        save(path, Taught("en"))
    assert load(path, "en").labels() == {"one": 1}
