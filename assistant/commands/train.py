"""`phonebar voice train`: teach the voice how you say things."""

from __future__ import annotations

import contextlib
import functools
import json
import queue
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import as_json, configured, shared
from assistant.commands.words import speaking, wording

if TYPE_CHECKING:
    from adapters.voice.enrolment.items import Item
    from adapters.voice.enrolment.lesson import Order
    from adapters.voice.enrolment.taught import Taught
    from assistant.commands.words import Say
    from assistant.config import Config
    from assistant.directory import Directory

_NUMBERED = re.compile(r"(.+?)(?:[-_ ]\d{1,3})?", re.DOTALL)
"""`hang up-2` is the second recording of `hang up`."""


@click.command(
    epilog="""\b
Examples:
  phonebar voice train
  phonebar voice train hold "hang up" --samples 5
  phonebar voice train --name "Maria Rossi"
  phonebar voice train --from recordings
  phonebar voice train --list
  phonebar voice train --delete hold"""
)
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--name", "names", multiple=True, metavar="NAME", help="Somebody in the directory.")
@click.option("--samples", type=click.IntRange(1, 20), default=3, show_default=True, metavar="N")
@click.option("--microphone", metavar="NAME", help="Another than that of the configuration.")
@click.option("--from", "folder", type=click.Path(), metavar="FOLDER", help="WAVs named by label.")
@click.option("--list", "list_", is_flag=True, help="What was taught.")
@click.option("--delete", "deleted", multiple=True, metavar="WORD", help="Forget one.")
@click.option("--delete-all", is_flag=True, help="Forget everything.")
@as_json
@shared
def train(
    *,
    words: tuple[str, ...],
    names: tuple[str, ...],
    samples: int,
    microphone: str | None,
    folder: str | None,
    list_: bool,
    deleted: tuple[str, ...],
    delete_all: bool,
    json_: bool,
    **options: Any,
) -> None:
    """Teach the voice how you say digits, commands and names; by ear alone, as often as you like.

    Without WORD what is still missing of the digits and common commands. Enter goes on, `again`,
    `skip`, `play` and `stop` do what they say; silence is enough to go on, too.
    """
    config = configured(options)
    if microphone:
        config = replace(config, voice=replace(config.voice, microphone=microphone))
    say = speaking(config)
    try:
        from adapters.voice.enrolment.taught import load, path_for
        from adapters.voice.recogniser import RecogniserError
    except ImportError as error:
        raise click.ClickException(say("voice_not_installed", library=error.name)) from error
    language = config.assistant.languages[0]
    place = _Place(path_for(language), language, say, json_)
    if delete_all:
        place.delete_all()
        return
    try:
        taught = load(place.path, language)
    except RecogniserError as error:
        raise click.ClickException(say(error.message, **error.details)) from error
    if deleted:
        place.delete(taught, deleted)
    elif list_:
        place.list(taught)
    elif folder is not None:
        place.take(taught, Path(folder), _Resolver(config, say, names))
    else:
        resolver = _Resolver(config, say, names)
        lesson(config, taught, place.path, resolver.items(words), samples)


class _Resolver:
    """Finds out what a label is."""

    def __init__(self, config: Config, say: Say, names: tuple[str, ...]) -> None:
        self._config, self._say, self._names = config, say, names
        self._language = config.assistant.languages[0]

    def items(self, words: Sequence[str]) -> tuple[Item, ...]:
        """What is to be taught: what is named, or everything usual.

        Raises:
            click.UsageError: something named is nothing that can be taught.
        """
        from adapters.voice.enrolment import items

        if not (words or self._names):
            return (*items.digits(self._language), *items.commands(self._language))
        found = [self.item(word) for word in words]
        return (*found, *(self._name(name) for name in self._names))

    def item(self, label: str) -> Item:
        """What one label is.

        Raises:
            click.UsageError: nothing that can be taught.
        """
        from adapters.voice.enrolment import items
        from assistant.text import fold
        from assistant.understanding import ACT, Understanding

        usual = items.known(label, self._language)
        if usual is not None:
            return usual
        if fold(label) in self._people:
            return self._name(label)
        understanding = Understanding((self._language,), self._directory)
        understood = understanding.parse(label, language=self._language)
        if understood.command.intent == "none" or understood.confidence < ACT:
            raise click.UsageError(self._say("train_unknown", word=label))
        return items.Item(label, f"{items.ALONE}{understood.command.intent}")

    def _name(self, name: str) -> Item:
        from adapters.voice.enrolment import items
        from assistant.text import fold

        known = self._people.get(fold(name))
        if known is None:
            raise click.UsageError(self._say("train_unknown_name", name=name))
        return items.Item(known, items.NAME)

    @functools.cached_property
    def _directory(self) -> Directory:
        from assistant.build import open_directory
        from assistant.contact import DirectoryError

        try:
            return open_directory(self._config)
        except DirectoryError as error:
            raise click.ClickException(str(error)) from error

    @functools.cached_property
    def _people(self) -> dict[str, str]:
        """Names and aliases as they are written, by their folded form."""
        from assistant.text import fold

        return {
            fold(name): name
            for person in self._directory.contacts
            for name in (person.name, *person.aliases)
        }


@dataclass(frozen=True, slots=True)
class _Place:
    """Where what was taught is kept, and what can be done with it there."""

    path: Path
    language: str
    say: Say
    json_: bool

    def list(self, taught: Taught) -> None:
        """Each label, and what it sounds like."""
        from adapters.voice.enrolment.matcher import Matcher

        matcher = Matcher(taught.samples) if taught.samples else None
        rows = [
            {
                "label": label,
                "role": taught.of(label)[0].role,
                "samples": count,
                "alike": matcher.alike(label) if matcher else "",
            }
            for label, count in taught.labels().items()
        ]
        if self.json_:
            click.echo(json.dumps({"language": self.language, "taught": rows}, ensure_ascii=False))
            return
        if not rows:
            click.echo(self.say("train_list_empty"))
        for row in rows:
            message = "train_list_alike" if row["alike"] else "train_list_line"
            click.echo(self.say(message, word=row["label"], n=row["samples"], other=row["alike"]))

    def delete(self, taught: Taught, labels: Sequence[str]) -> None:
        """Forget labels.

        Raises:
            click.UsageError: one of them was not taught; then nothing is forgotten.
        """
        from assistant.text import fold

        known = {fold(label): label for label in taught.labels()}
        for label in labels:
            if fold(label) not in known:
                raise click.UsageError(self.say("train_never_taught", word=label))
        for label in labels:
            taught = taught.without(known[fold(label)])
        self.keep(taught)
        if self.json_:
            click.echo(json.dumps({"deleted": list(labels)}, ensure_ascii=False))
        else:
            click.echo(self.say("train_deleted", words=", ".join(labels)))

    def delete_all(self) -> None:
        """Forget everything, the file too, whatever state it is in."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise self.unkept(error) from error
        click.echo(json.dumps({"deleted": "all"}) if self.json_ else self.say("train_deleted_all"))

    def take(self, taught: Taught, folder: Path, resolver: _Resolver) -> None:
        """Take recordings; exit status 1 when one of them is of no use."""
        from adapters.voice.enrolment.features import cepstra
        from adapters.voice.enrolment.sounding import trimmed
        from adapters.voice.enrolment.taught import Sample
        from adapters.voice.recording import RecordingError, read_recording

        try:
            files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".wav")
        except OSError as error:
            raise click.UsageError(self.say("train_no_folder", folder=folder)) from error
        refused: list[dict[str, str]] = []
        before = taught.labels()
        for file in files:
            numbered = _NUMBERED.fullmatch(file.stem)
            label = numbered[1] if numbered else file.stem
            try:
                item = resolver.item(label)
                speech = trimmed(read_recording(file))
            except click.UsageError as error:
                refused.append({"file": file.name, "why": error.message})
                continue
            except RecordingError as error:
                why = self.say("voice_unreadable", file=file.name, why=str(error))
                refused.append({"file": file.name, "why": why})
                continue
            if speech.fault is not None:
                why = self.say(f"train_{speech.fault}", word=item.label)
                refused.append({"file": file.name, "why": why})
                continue
            taught = taught.plus(Sample(item.label, item.role, cepstra(speech.sound)))
        self.keep(taught)
        added = {
            label: count - before.get(label, 0)
            for label, count in taught.labels().items()
            if count > before.get(label, 0)
        }
        if self.json_:
            rows = [{"label": label, "samples": count} for label, count in added.items()]
            click.echo(json.dumps({"taught": rows, "refused": refused}, ensure_ascii=False))
        else:
            for label, count in added.items():
                click.echo(self.say("train_list_line", word=label, n=count))
            for refusal in refused:
                click.echo(f"{refusal['file']}: {refusal['why']}", err=True)
            if not (added or refused):
                click.echo(self.say("train_no_recordings", folder=folder))
        if refused or not added:
            sys.exit(1)

    def keep(self, taught: Taught) -> None:
        """Write it.

        Raises:
            click.ClickException: it cannot be written.
        """
        from adapters.voice.enrolment.taught import save

        try:
            save(self.path, taught)
        except OSError as error:
            raise self.unkept(error) from error

    def unkept(self, error: OSError) -> click.ClickException:
        why = error.strerror or str(error)
        return click.ClickException(self.say("train_unkept", path=self.path, why=why))


def lesson(config: Config, taught: Taught, path: Path, items: Sequence[Item], samples: int) -> None:
    """The lesson, from beginning to end.

    Raises:
        click.ClickException: nothing can be heard, or what was taught cannot be kept.
    """
    from adapters.feedback.session import open_feedback
    from adapters.voice.enrolment.lesson import Lesson
    from adapters.voice.enrolment.telling import Told

    words = wording(config)
    place = _Place(path, taught.language, speaking(config), json_=False)
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    with contextlib.closing(open_feedback(config, words)) as feedback:
        told = Told(words, feedback, click.echo)
        with (
            on_microphone(config.voice.microphone) as source,
            taking_orders(config, orders, feedback.hush),
        ):
            teaching = Lesson(taught, place.keep, source, told, orders, samples=samples)
            left = len(teaching.missing(items))
            if not left:
                told.tell("train_nothing_left", whole=len(items))
                feedback.wait()
                return
            told.tell("train_begin", n=left, samples=samples)
            end = teaching.run(items)
            done = len(items) - len(teaching.missing(items))
            told.tell(f"train_ended_{end}", done=done, whole=len(items))
            feedback.wait()
    if end == "deaf":
        sys.exit(1)


@contextlib.contextmanager
def on_microphone(name: str) -> Iterator[Any]:
    """The microphone of this name, while the context lasts."""
    from adapters.voice.microphone import Microphone

    with contextlib.closing(Microphone(name)) as microphone:
        yield microphone


@contextlib.contextmanager
def taking_orders(config: Config, orders: queue.SimpleQueue[Order], hush: Any) -> Iterator[None]:
    """Takes orders from the terminal's keys, a pipe's lines, and a switch heard everywhere."""
    from adapters.voice.enrolment.telling import order_of

    def give(pressed: str) -> None:
        order = order_of(pressed)
        if order is not None:
            orders.put(order)
            hush()

    with contextlib.ExitStack() as stack:
        if sys.stdin.isatty():
            from adapters.switch.terminal import TerminalKeys

            keys = TerminalKeys(
                lambda press: give(press.key) if press.down else None,
                gap=config.switch.repeat,
                leave=lambda: give("stop"),
            )
            stack.enter_context(contextlib.closing(keys))
        else:

            def read() -> None:
                for line in sys.stdin:
                    give(line)

            threading.Thread(target=read, name="orders", daemon=True).start()
        if config.switch.listen == "everywhere":
            stack.enter_context(_switch(config, give))
        yield


@contextlib.contextmanager
def _switch(config: Config, give: Any) -> Iterator[None]:
    """The switch means: again."""
    from adapters.input.listening import listen
    from adapters.input.trouble import InputTrouble

    try:
        listening = listen(
            lambda press: give("again") if press.down and press.key == config.switch.key else None,
            {config.switch.key: speaking(config)("train_switch")},
        )
    except InputTrouble as error:
        click.echo(speaking(config)(error.message, **error.details), err=True)
        yield
        return
    with contextlib.closing(listening):
        yield
