"""The OpenAPI document is true: the running server does what it says, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.schemas import BaseSchema
from starlette.routing import Route

from phonebar.clock import ManualClock
from phonebar.ext_api import PREFIX
from phonebar.line import Line
from phonebar.openapi import document
from phonebar.scenario import Scenario
from phonebar.server import Server, create_app
from phonebar.simulator import Simulator

TOKEN = "a token for tests"  # noqa: S105 - the tests' own


@pytest.fixture(scope="module")
def strict() -> Iterator[Server]:
    with Server(Line(Simulator(Scenario()), clock=ManualClock()), token=TOKEN) as server:
        yield server


# Well-formed requests may still be late, stale, or refused by the state of the line.
REFUSED = [401, 403, 404, 409, 410, 412, 422]
bounded = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def described(mode: str) -> BaseSchema:
    """The document, to generate well-formed ("positive") or malformed requests from."""
    config = schemathesis.Config.from_dict(
        {
            "generation": {"mode": mode},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", *REFUSED]},
                "negative_data_rejection": {"expected-statuses": [400, 405, 413, 415, *REFUSED]},
                # Strict mode wants its token on GET too, where the document calls it optional.
                "ignored_auth": {"enabled": False},
            },
        }
    )
    schema = schemathesis.openapi.from_dict(document(), config=config)
    # The stream never ends, and strict mode tells nobody its token: tested by hand elsewhere.
    return schema.exclude(path=["/ext/v1/events", "/ext/v1/session"])


well_formed = described("positive")
# A request without any parameter cannot be malformed.
malformed = described("negative").exclude(
    lambda context: "parameters" not in context.operation.definition.raw
)


@well_formed.parametrize()
@bounded
def test_well_formed_requests_get_the_answers_described(
    case: schemathesis.Case[Any], strict: Server
) -> None:
    case.call_and_validate(base_url=strict.url, headers={"X-Phonebar-Token": TOKEN}, timeout=10)


@malformed.parametrize()
@bounded
def test_malformed_requests_are_refused(case: schemathesis.Case[Any], strict: Server) -> None:
    case.call_and_validate(base_url=strict.url, headers={"X-Phonebar-Token": TOKEN}, timeout=10)


def test_the_document_lists_exactly_what_the_server_has() -> None:
    for quirks in (False, True):
        app = create_app(Line(Simulator(), clock=ManualClock()), quirks=quirks)
        served = {
            (method, route.path.replace(":path", ""))
            for route in app.routes
            if isinstance(route, Route)
            for method in (route.methods or set()) - {"HEAD"}
        }
        # The files of the page are no interface.
        served = {one for one in served if one[1].startswith(("/api/", "/ext/", "/openapi.json"))}
        # Where the number is missing altogether, it is a 400 that tells what to do.
        served -= {("GET", "/openapi.json"), ("GET", "/api/originate")}
        listed = {
            (method.upper(), path)
            for path, operations in document(quirks=quirks)["paths"].items()
            for method in operations
        }
        assert listed == served
        assert any(path.startswith(PREFIX) for _, path in listed) is not quirks
