"""What a person sees: messages, the modal on top, the App Home."""

from __future__ import annotations

from tests.adapters.slack.elements import NotPossible
from tests.adapters.slack.surface import Message, Surface, View
from tests.adapters.slack.world import User, World


class Screen:
    """Somebody's screen. To look for a text waits for it."""

    def __init__(self, user: User, world: World) -> None:
        self.user = user
        self._world = world

    @property
    def id(self) -> str:
        """Their user id."""
        return self.user.id

    @property
    def messages(self) -> list[Message]:
        """Every message that they can see, the oldest first."""
        return self._world.visible(self.user)

    @property
    def dm(self) -> list[Message]:
        """What is in their conversation with the app, what only they see included."""
        channel = self._world.dm(self.user)
        return [one for one in self.messages if channel is not None and one.channel == channel.id]

    @property
    def last(self) -> Message:
        """The newest message that they did not write themselves."""
        found = [one for one in self.messages if one.user != self.id]
        if not found:
            raise NotPossible(f"{self.user.name} sees no message")
        return found[-1]

    @property
    def view(self) -> View | None:
        """The modal that is on top."""
        stack = self._world.stacks.get(self.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """Their App Home."""
        return self._world.homes.get(self.id)

    @property
    def screen(self) -> list[Surface]:
        """All that they can look at: the modal on top, the home, the messages, newest first."""
        views = [one for one in (self.view, self.home) if one is not None]
        return [*views, *reversed(self.messages)]

    def find(self, text: str) -> Surface | None:
        """Where they read this."""
        return next((one for one in self.screen if text in one.said), None)

    async def sees(self, text: str, timeout: float = 20.0) -> Surface:
        """Wait until they read this; where. AssertionError with what they see instead."""
        try:
            await self._world.changes.until(lambda: self.find(text), timeout)
        except TimeoutError:
            there = "\n--\n".join(one.said for one in self.screen)
            problems = "\n".join(self._world.problems)
            raise AssertionError(
                f"{self.user.name} does not see {text!r}, but:\n{there}\nProblems:\n{problems}"
            ) from None
        found = self.find(text)
        assert found is not None
        return found

    async def sees_message(self, text: str, timeout: float = 20.0) -> Message:
        """The same, and it must be a message."""
        found = await self.sees(text, timeout)
        assert isinstance(found, Message), f"{text!r} is in a view"
        return found

    async def sees_view(self, text: str = "", timeout: float = 20.0) -> View:
        """Wait until a modal is on top that says this (any, if nothing is said)."""

        def there() -> bool:
            return self.view is not None and text in self.view.said

        try:
            await self._world.changes.until(there, timeout)
        except TimeoutError:
            found = self.view.said if self.view else "no modal"
            problems = "\n".join(self._world.problems)
            raise AssertionError(f"not {text!r}, but {found}\n{problems}") from None
        assert self.view is not None
        return self.view

    async def no_longer_sees(self, text: str, timeout: float = 20.0) -> None:
        """Wait until this is nowhere on their screen."""
        try:
            await self._world.changes.until(lambda: not self.find(text), timeout)
        except TimeoutError:
            raise AssertionError(f"{self.user.name} still sees {text!r}") from None
