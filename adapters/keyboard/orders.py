"""Carries out what keys ask for: one command at a time, on a thread of its own."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from adapters.keyboard.binding import Layout, Say
from adapters.keyboard.help import KeyHelp
from adapters.keyboard.phrases import Phrases
from adapters.keyboard.telling import Telling
from assistant.assistant import Assistant
from assistant.contract import DIALOGUE, QUERIES, Command, Reply, Status, Utterance
from assistant.phonebar import PhonebarError
from assistant.wording import Words

USER, SURFACE = "local", "keyboard"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Order:
    said: Say
    deadline: float


class Orders:
    """Hands sentences to the assistant, and tells what became of them.

    Args:
        assistant: who does it.
        phrases: what sentences mean.
        telling: tells.
        layout: what is bound, for the help.
    """

    def __init__(
        self, assistant: Assistant, phrases: Phrases, telling: Telling, layout: Layout
    ) -> None:
        self._assistant, self._phrases, self._telling = assistant, phrases, telling
        self._help = KeyHelp(phrases, assistant.wording())
        self.layout = layout
        self._waiting: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._pending: list[Say] = []
        """What waits or is being done; asked for again it is not done again."""
        self._question: Reply | None = None
        """The reply that asked something last."""
        self._idle = threading.Event()
        self._idle.set()
        self._thread = threading.Thread(target=self._work, name="key commands", daemon=True)
        self._thread.start()

    def give(self, said: Say) -> None:
        """Have something done; returns at once. What is under way already is not begun again."""
        with self._lock:
            again = said in self._pending
            if not again:
                self._pending.append(said)
                self._idle.clear()
        if again:
            self._telling.say(
                "keys_same_again", "failed", what=self._phrases.shown(said.sentences[0])
            )
            return
        life = self._assistant.config.assistant.command_life
        self._waiting.put(_Order(said, time.time() + life))

    def settled(self, seconds: float) -> None:
        """Wait until nothing is under way, though not longer than so many seconds."""
        self._idle.wait(seconds)

    def close(self) -> None:
        """Finish what is under way, and take nothing more."""
        self._waiting.put(None)
        self._thread.join(timeout=self._assistant.config.phonebar.verify_seconds + 1)

    def _work(self) -> None:
        while (order := self._waiting.get()) is not None:
            try:
                self._carry_out(order)
            except Exception:
                log.exception("while carrying out what a key asked for")
                self._telling.say("keys_failed", "failed")
            with self._lock:
                self._pending.remove(order.said)
                if not self._pending:
                    self._idle.set()

    def _carry_out(self, order: _Order) -> None:
        sentence, command = self._meant(order.said)
        if command.intent == "help":
            self._telling.lasting(self._help_now(), "done")
            return
        if command.intent == "repeat" and self._telling.repeat():
            return
        question = self._question if command.intent in DIALOGUE else None
        reply = self._assistant.handle(
            Utterance(
                sentence,
                USER,
                SURFACE,
                command=command,
                deadline=order.deadline,
                answering=question.id if question else None,
            )
        )
        keys: Words | None = None
        if reply.status is Status.ASKED:
            self._question = reply
            keys = self._help.answers(self.layout, reply.choices)
        elif command.intent not in QUERIES:
            self._question = None
        self._telling.reply(reply, keys)

    def _meant(self, said: Say) -> tuple[str, Command]:
        """The first sentence that would do something now, else the first."""
        found = [(sentence, self._phrases.read(sentence)) for sentence in said.sentences]
        # What only the contacts of yesterday made a command is one no more, and is told so.
        commands = [(text, phrase.command if phrase else Command("none")) for text, phrase in found]
        if len(commands) > 1:
            useful = self._sensible(command for _, command in commands)
            return next((item for item in commands if item[1] in useful), commands[0])
        return commands[0]

    def _help_now(self) -> Words:
        choices = self._question.choices if self._question else None
        return self._help.now(self.layout, self._sensible, choices)

    def _sensible(self, commands: Iterable[Command]) -> tuple[Command, ...]:
        try:
            return self._assistant.sensible(commands, USER, SURFACE)
        except PhonebarError:  # the command itself says so
            return ()
