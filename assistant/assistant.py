"""The Assistant: an Utterance in, a Reply out, and the phone in between.

One for each phonebar, for any number of users and surfaces. It holds the parts together and
decides the order: once only, in time, understood, allowed, done, told. What each of these means is
its part's business.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from filelock import Timeout

from assistant.asides import Asides
from assistant.config import Config
from assistant.contract import ACTS, DIALOGUE, ENTRIES, Command, LiveCall, Reply, Status, Utterance
from assistant.conversation import Consultation, Conversations, Question
from assistant.dial_plan import DialPlan
from assistant.dialogue import Answer, Dialogue, Turn
from assistant.dictation import Dictation
from assistant.directory import Directory
from assistant.dispatcher import Dispatcher, Outcome
from assistant.echoes import Echoes
from assistant.entry import FINISH
from assistant.interpreter import Interpreter
from assistant.journal import Journal
from assistant.once import Once
from assistant.phonebar import Phonebar, PhonebarError, Unreachable
from assistant.plan import Already, Asking, Party, Plan, Situation, UnresolvedError
from assistant.policy import Policy
from assistant.possible import Expectation, expectation, has_effect, possible
from assistant.queries import Queries, unreachable
from assistant.resolution import resolve
from assistant.tracker import Tracker
from assistant.understanding import Understanding
from assistant.watcher import Callback, Subscription, Watcher
from assistant.wording import Wording, Words

log = logging.getLogger(__name__)

BESIDES_AN_ENTRY = frozenset({"hold", "resume", "hangup"})
"""What may be done while a number is given, which then goes on."""


class Assistant:
    """The assistant of one phonebar. Safe to use from several threads.

    Args:
        config: everything that can be set.
        directory: people and numbers.
        understanding: text to commands.
        journal: the record shared with this user's other processes.
        wordings: the messages of each language.
        clock: Unix time in seconds.
    """

    def __init__(
        self,
        config: Config,
        directory: Directory,
        understanding: Understanding,
        journal: Journal,
        wordings: Mapping[str, Wording],
        *,
        token: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        where = config.phonebar
        self.config, self.directory, self.journal = config, directory, journal
        self.understanding, self.wordings = understanding, wordings
        self.client = Phonebar(
            where.url,
            connect_timeout=where.connect_timeout,
            read_timeout=where.read_timeout,
            token=token,
        )
        tracker = Tracker(self._name_of)
        tracker.load(journal.noted("calls") or ())
        self.watcher = Watcher(
            self.client,
            tracker,
            fast=where.poll_fast,
            slow=where.poll_slow,
            events=where.events,
            on_change=self._record,
        )
        self.policy = Policy(config.policy, journal.dialled_since)
        self._dial_plan = DialPlan(config.dial_plan, self.policy.is_emergency)
        self._dispatcher = Dispatcher(
            self.client, self.watcher, journal, verify_seconds=where.verify_seconds, clock=clock
        )
        self._conversations = Conversations(journal)
        self._dialogue = Dialogue(self.wording, config.assistant.question_life, clock)
        self._dictation = Dictation(self.wording, directory, config.assistant.question_life, clock)
        self._interpreter = Interpreter(understanding)
        self._queries = Queries(self.wording, understanding, self.calls, self._situation)
        self._echoes = Echoes()
        self._clock = clock
        self._once = Once(journal, self._dispatcher, self.wording, clock, where.verify_seconds)
        self.asides = Asides()
        """What other surfaces understand, wherever it is said."""
        self._problem: str | None = None
        """What is wrong with the contacts, not told yet."""

    def start(self) -> None:
        """Begin to watch the phonebar, and find out what a crash may have interrupted."""
        self.watcher.start()
        threading.Thread(target=self.directory.warm, name="directory", daemon=True).start()
        try:
            with self._once.alone(self._clock()):
                self._once.recover()
        except Timeout:
            log.info("another process is at work; it looks after what was interrupted")

    def close(self) -> None:
        """Stop watching and close the journal."""
        self.watcher.stop()
        self.client.close()
        self.journal.close()

    def subscribe(self, callback: Callback, user: str = "", *surfaces: str) -> Subscription:
        """Have `callback` called with every CallEvent from now on, on a thread of its own.

        Args:
            callback: takes the event.
            user: with `surfaces`, whose own doings come marked as `quiet`.
            surfaces: where that user is; without any, nothing is marked so.
        """
        return self.watcher.subscribe(
            self._echoes.marking(callback, {(user, surface) for surface in surfaces})
        )

    def wording(self, language: str | None = None) -> Wording:
        """The messages of a language, or of the first one configured."""
        return (
            self.wordings.get(language or "") or self.wordings[self.config.assistant.languages[0]]
        )

    def notices(self) -> tuple[Words, ...]:
        """What is to be told although nobody asked, such as what a crash interrupted; once."""
        return self._once.notices()

    def calls(self) -> tuple[LiveCall, ...]:
        """The live calls, asked for now.

        Raises:
            PhonebarError: the phonebar cannot be asked.
        """
        return _live(self.watcher.refresh())

    def sensible(self, commands: Iterable[Command], user: str, surface: str) -> tuple[Command, ...]:
        """Those of the commands that would do something now, or ask about it; nothing is done.

        Raises:
            PhonebarError: the phonebar cannot be asked for its calls.
        """
        calls, now = self.calls(), self._clock()
        talk = self._conversations.load(user, surface, now)
        language = self.config.assistant.languages[0]
        turn = Turn("", Utterance("", user, surface), now, language, Command("none"), talk)
        situation, intents = self._situation(turn, calls), possible(calls)
        return tuple(
            command
            for command in commands
            if has_effect(command, situation)
            and (command.intent in ACTS or command.intent in intents)
        )

    def expectation(self, user: str, surface: str) -> Expectation:
        """What this user may say next on this surface, as far as the calls last seen tell."""
        talk = self._conversations.load(user, surface, self._clock())
        return expectation(talk, _live(self.watcher.calls))

    def handle(self, utterance: Utterance) -> Reply:
        """Do what was said, and tell what became of it. Never raises."""
        now = self._clock()
        turn_id = utterance.id or uuid.uuid4().hex
        deadline = utterance.deadline or now + self.config.assistant.command_life
        language = utterance.language or self.config.assistant.languages[0]
        ours = False
        try:
            aside = None if utterance.command else self.asides.ask(utterance.text, language)
            if aside is not None:
                return Reply(aside.status, *aside.words, id=turn_id)
            talk = self._conversations.load(utterance.user, utterance.surface, now)
            self._problem = self.directory.reload_if_changed() or self._problem
            command, language, confirmed = self._interpreter.understand(utterance, talk, language)
            turn = Turn(turn_id, utterance, deadline, language, command, talk, confirmed)
            acting = command.intent in ACTS | DIALOGUE | {"correct"} or _finishes(command)
            if not acting and utterance.id is None:
                return self._reply(turn, self._answer(turn))
            text = utterance.text if acting else ""
            earlier = self.journal.claim(turn_id, utterance, text, now=now, deadline=deadline)
            if earlier is not None:
                return self._once.duplicate(earlier, language)
            ours = True
            reply = self._reply(turn, self._answer(turn))
            self.journal.finish(turn_id, reply.status, reply.to_json(), self._clock())
        except Exception:
            log.exception("while handling a command")
            text, speech = self.wording(language).say("internal_error")
            reply = Reply(Status.UNKNOWN, text, speech, id=turn_id)
            if ours:
                with suppress(sqlite3.Error):  # it may be what went wrong
                    self.journal.finish(turn_id, reply.status, reply.to_json(), self._clock())
        return reply

    # Answering

    def _answer(self, turn: Turn) -> Answer:
        """What the turn comes to."""
        command, talk = turn.command, turn.talk
        answering = turn.utterance.answering
        asked = {item.reply for item in (talk.question, talk.entry) if item is not None}
        if answering and answering not in asked:
            said = self.wording(turn.language).say("question_over")
            return Answer(Status.REFUSED, said, talk)
        if talk.question is not None and self._dialogue.is_early(turn, talk.question):
            return self._dialogue.repeat(turn, talk.question)
        if talk.entry is not None:
            given = self._dictation.take(turn, talk.entry)
            if given is not None:
                return self._act(given) if isinstance(given, Turn) else given
        elif command.intent == "edit":
            return self._dictation.lapsed(turn, talk.lapsed)
        if talk.question is not None:
            taken = self._dialogue.take(turn, talk.question)
            if isinstance(taken, Turn):
                return self._act(taken, talk.question)
            if taken is not None:
                return taken
        if command.intent in ENTRIES:
            turn = replace(turn, talk=replace(talk, question=None, entry=None))
            if command.slots.get("for") == "transfer" and not _live(self.watcher.calls):
                said = self.wording(turn.language).say("no_calls")
                return Answer(Status.REFUSED, said, turn.talk)
            begun = self._dictation.begin(turn)
            return self._act(begun) if isinstance(begun, Turn) else begun
        if command.intent in ACTS:
            turn = replace(turn, talk=replace(talk, question=None, entry=None))
            if not turn.confirmed:
                return self._dialogue.ask_meaning(turn)
            answer = self._act(replace(turn, confirmed=False))
            if command.intent in BESIDES_AN_ENTRY and answer.status is not Status.ASKED:
                return replace(answer, talk=replace(answer.talk, entry=talk.entry))
            return answer
        messages = self.wording(turn.language)
        if command.intent in {"yes", "no", "choose", "correct"}:
            return Answer(Status.REFUSED, messages.say("nothing_asked"), talk)
        if command.intent == "cancel":
            return Answer(Status.REFUSED, messages.say("nothing_to_cancel"), talk)
        if command.intent == "none":
            said = messages.say("not_understood", {"what": turn.utterance.text.strip()[:80]})
            return Answer(Status.REFUSED, said, talk)
        return self._queries.answer(turn)

    # Acting

    def _act(self, turn: Turn, answered: Question | None = None) -> Answer:
        """Carry out a command, with nobody else at work at the same time.

        Args:
            turn: the command.
            answered: the question whose answer it is; it is answered once.
        """
        messages = self.wording(turn.language)
        self.journal.understood(turn.id, turn.command.intent, turn.command.slots)
        try:
            with self._once.alone(turn.deadline):
                if self._clock() > turn.deadline:
                    return Answer(Status.REFUSED, _late(turn, messages), turn.talk)
                if answered is not None and not self._is_open(turn, answered):
                    return Answer(Status.REFUSED, messages.say("question_over"), turn.talk)
                try:
                    calls = self._look()
                except PhonebarError as error:
                    return unreachable(turn, error, messages)
                self._once.recover(besides=turn.id)
                return self._resolve_and_execute(turn, calls)
        except Timeout:
            return Answer(Status.REFUSED, messages.say("busy_elsewhere"), turn.talk)

    def _situation(self, turn: Turn, calls: tuple[LiveCall, ...]) -> Situation:
        return Situation(
            calls=_live(calls),
            directory=self.directory,
            policy=self.policy,
            surface=turn.utterance.surface,
            now=self._clock(),
            confirmed=turn.confirmed,
            dial=self._dial_plan.dial,
            consultation=turn.talk.consultation,
            recent=partial(self._recent, turn.utterance.since),
            wants_asked=turn.utterance.confirm,
        )

    def _is_open(self, turn: Turn, question: Question) -> bool:
        """Whether nobody has answered meanwhile; from now on it is answered. We are alone."""
        said = turn.utterance
        talk = self._conversations.load(said.user, said.surface, self._clock())
        if talk.question is None or talk.question.reply != question.reply:
            return False
        self._conversations.save(said.user, said.surface, turn.talk)
        return True

    def _resolve_and_execute(self, turn: Turn, calls: tuple[LiveCall, ...]) -> Answer:
        situation = self._situation(turn, calls)
        try:
            plan = resolve(turn.command, situation)
        except Asking as asking:
            return self._dialogue.ask(turn, asking)
        except UnresolvedError as stop:
            status = Status.DONE if isinstance(stop, Already) else Status.REFUSED
            words = self.wording(turn.language).say(stop.message, stop.details)
            return Answer(status, words, turn.talk)
        if not turn.confirmed and (other := _unknown(plan, turn.utterance.known)) is not None:
            named = replace(turn.command, slots={"which": other.line, **turn.command.slots})
            return self._dialogue.ask_meaning(replace(turn, command=named))
        self._echoes.expect(plan, (turn.utterance.user, turn.utterance.surface))
        outcome = self._dispatcher.execute(plan, turn.id, turn.deadline, calls)
        talk = turn.talk
        if outcome.status in {Status.DONE, Status.UNKNOWN}:
            talk = replace(talk, entry=None)
        if outcome.status is not Status.DONE:
            self._echoes.forget(plan)
        else:
            talk = replace(talk, consultation=_consultation(plan, talk.consultation))
        return Answer(outcome.status, self._tell(turn, outcome), talk)

    def _tell(self, turn: Turn, outcome: Outcome) -> Words:
        messages = self.wording(turn.language)
        details = {"what": turn.utterance.text, **outcome.details}
        earlier = details.pop("earlier", ())
        late = outcome.message == "too_late"
        words = _late(turn, messages) if late else messages.say(outcome.message, details)
        for step in earlier:
            words = messages.both(messages.say("resumed", {"who": step.call}), words)
        party = outcome.details.get("to") or outcome.details.get("who")
        if outcome.status is Status.DONE and outcome.details.get("note"):
            number = getattr(party, "number", "")
            if self.policy.is_emergency(number):
                words = messages.both(messages.say("simulated_emergency"), words)
        return words

    def _look(self) -> tuple[LiveCall, ...]:
        """A fresh look at the calls; a question without effect may be asked twice."""
        try:
            return self.watcher.refresh()
        except Unreachable:
            raise
        except PhonebarError:
            return self.watcher.refresh()

    # Remembering

    def _reply(self, turn: Turn, answer: Answer) -> Reply:
        """Make the reply, and keep what the next utterance may refer to."""
        text, speech = answer.words
        if self._problem is not None:
            kept = self.wording(turn.language).say("directory_kept", {"problem": self._problem})
            text, speech = f"{text}\n{kept[0]}", f"{speech} {kept[1]}"
            self._problem = None
        talk = replace(answer.talk, lapsed="")
        if turn.command.intent != "repeat":
            talk = replace(talk, last_text=text, last_speech=speech)
        if talk != turn.talk:
            self._conversations.save(turn.utterance.user, turn.utterance.surface, talk)
        return Reply(
            status=answer.status,
            text=text,
            speech=speech,
            choices=answer.choices,
            calls=_live(self.watcher.calls),
            command=answer.command or turn.command,
            id=turn.id,
            expects=talk.entry.kind if talk.entry else "",
        )

    def _record(self, tracker: Tracker, events: tuple[Any, ...]) -> None:
        self.journal.note("calls", tracker.dump())
        self.journal.record(events)

    def _recent(self, since: float, direction: str) -> Party | None:
        incoming = {"incoming": True, "outgoing": False}.get(direction)
        past = self.journal.calls(1, incoming=incoming)
        if not past or not past[0].number or past[0].started_at < since:
            return None
        return Party(past[0].number, past[0].name)

    def _name_of(self, number: str) -> str | None:
        contact = self.directory.by_number(number)
        return contact.name if contact else None


def _unknown(plan: Plan, known: frozenset[str] | None) -> LiveCall | None:
    """A call that something other than answering would be done to, unknown to the user."""
    if known is None:
        return None
    calls = (step.call for step in plan.steps if step.action != "answer")
    return next((call for call in calls if call is not None and call.key not in known), None)


def _finishes(command: Command) -> bool:
    """Whether it may lead to a question about something to be done."""
    edits = command.slots.get("edits") or ()
    return command.intent in ENTRIES or any(kind == FINISH for kind, _ in edits)


def _late(turn: Turn, messages: Wording) -> Words:
    """That it came too late, and what: whoever hears it may have said something else since."""
    what = turn.utterance.text.strip()[:80]
    return messages.say("too_late_what" if what else "too_late", {"what": what})


def _live(calls: tuple[LiveCall, ...]) -> tuple[LiveCall, ...]:
    return tuple(call for call in calls if not call.ended)


def _consultation(plan: Plan, before: Consultation | None) -> Consultation | None:
    """What is under way after a plan: its own, none once calls were joined, else as before."""
    if plan.consultation is not None:
        return plan.consultation
    ended = {"attended_transfer", "conference"} & {step.action for step in plan.steps}
    return None if ended else before
