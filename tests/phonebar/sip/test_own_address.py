"""Under which address the telephone is known on the network."""

from __future__ import annotations

import pytest

from phonebar.sip.gate import chosen, looked_up, own_address


def test_an_address_that_was_chosen_is_it() -> None:
    assert own_address("127.0.0.5", ("127.0.0.1:5060",)) == "127.0.0.5"


@pytest.mark.parametrize("bind", ["", "0.0.0.0"])  # noqa: S104 - nothing is bound
def test_else_it_is_the_one_that_leads_to_the_registrar(bind: str) -> None:
    assert not chosen(bind)
    assert own_address(bind, ("127.0.0.1:5060",)) == "127.0.0.1"


def test_without_a_network_it_is_the_loopback() -> None:
    assert own_address("", ("nowhere.invalid",)) == "127.0.0.1"


def test_homes_are_known_only_when_all_of_them_can_be_looked_up() -> None:
    assert looked_up(("127.0.0.1:5060", "127.0.0.2")) == {
        "127.0.0.1": ["127.0.0.1"],
        "127.0.0.2": ["127.0.0.2"],
    }
    assert looked_up(("127.0.0.1", "nowhere.invalid")) == {}
