"""What an app offers somebody who types into an `external_select`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.adapters.slack.delivery import Delivery

Json = dict[str, Any]


@dataclass
class Suggestions:
    """The options, in order."""

    options: list[Json] = field(default_factory=list)
    delivery: Delivery | None = None

    @property
    def texts(self) -> list[str]:
        """What somebody reads."""
        return [one["text"]["text"] for one in self.options]

    @property
    def took(self) -> float:
        """Seconds until they were there."""
        assert self.delivery is not None
        return self.delivery.took
