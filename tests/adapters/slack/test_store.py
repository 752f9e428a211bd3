"""What is remembered, by several replicas at once."""

from __future__ import annotations

from pathlib import Path

from adapters.slack.store import CODE_LIFE, DEAD_AFTER, Store


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_code_links_once_and_not_after_its_time(tmp_path: Path) -> None:
    time = Time()
    store = Store(tmp_path / "a.db", time)
    code = store.new_code("pc")
    assert store.link("T", "U", code.lower().replace("-", " "))[0] is not None
    assert store.link("T", "V", code) == (None, None)
    late = store.new_code("pc")
    time.now += CODE_LIFE + 1
    assert store.link("T", "V", late) == (None, None)
    store.close()


def test_settings_made_at_once_are_all_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db", Time())
    store.link("T", "U", store.new_code("pc"))
    store.choose_confirm("T", "U", ("hangup",))
    store.choose_language("T", "U", "it")
    store.opened_home("T", "U")
    kept = store.linked("T", "U")
    assert kept is not None
    assert (kept.confirm, kept.language, kept.home) == (("hangup",), "it", True)
    store.close()


def test_a_request_is_taken_by_one_replica_and_passed_on_when_it_is_gone(tmp_path: Path) -> None:
    time = Time()
    one, other = Store(tmp_path / "a.db", time), Store(tmp_path / "a.db", time)
    one.beat("one")
    other.beat("other")
    assert one.take(("k", "e"), "request", "one")
    assert not other.take(("k2", "e"), "request", "other")
    assert other.abandoned("other") == ()
    assert one.lead("one")
    assert not other.lead("other")
    time.now += DEAD_AFTER + 1
    other.beat("other")
    assert other.abandoned("other") == ("request",)
    assert other.abandoned("other") == ()
    assert other.lead("other")
    other.answered("k")
    one.close()
    other.close()
