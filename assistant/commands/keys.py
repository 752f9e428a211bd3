"""`phonebar keys`: the phone by hotkeys, and what is bound to them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import configured, shared
from assistant.commands.words import Say, speaking, wording

if TYPE_CHECKING:
    from adapters.feedback.feedback import Feedback
    from adapters.feedback.news import News
    from adapters.keyboard.bindings import Bindings
    from adapters.keyboard.phrases import Phrases
    from adapters.keyboard.session import Session
    from adapters.voice.session import Session as VoiceSession
    from assistant.assistant import Assistant
    from assistant.config import Config


@click.command(
    epilog="""\b
Examples:
  phonebar keys
  phonebar keys --check
  phonebar keys --layer left --check"""
)
@click.option("--check", is_flag=True, help="Print what is bound, or what is wrong; exit status 1.")
@click.option("--layer", metavar="NAME", help="Another layer: both, left, right, one, pad, yours.")
@shared
def command(check: bool, layer: str | None, **options: Any) -> None:
    """Run the phone by hotkeys until Ctrl+C; docs/keys.md says which and how to change them."""
    from adapters.feedback.ringing import ringing
    from adapters.feedback.session import open_feedback
    from assistant.commands.ending import until_told
    from assistant.commands.reach import building

    config = configured(options)
    if layer:
        config = replace(config, keyboard=replace(config.keyboard, layer=layer))
    if check:
        _check(config)
        return
    with until_told() as ending, building(config) as assistant:
        assistant.start()
        with (
            contextlib.closing(open_feedback(config, assistant.wording())) as feedback,
            ringing(assistant, feedback),
            keyboard_session(config, assistant, feedback) as session,
        ):
            # On Windows a wait without an end would not notice Ctrl+C.
            while not ending.wait(0.5) and session.error is None:
                pass
            if session.error is not None:
                raise click.ClickException(why_it_ended(session.error, speaking(config)))


@contextlib.contextmanager
def keyboard_session(
    config: Config,
    assistant: Assistant,
    feedback: Feedback,
    news: News | None = None,
    voice: VoiceSession | None = None,
) -> Iterator[Session]:
    """The keyboard surface, up while the context lasts; says so once it is.

    Args:
        config: says which keys, and how they are heard.
        assistant: started already.
        feedback: sounds and speaks.
        news: what other surfaces of the same person tell; None when there are none.
        voice: whom the keys for talking begin and end; None when nobody listens.

    Raises:
        click.ClickException: the bindings cannot be used, or keys cannot be heard; says why.
    """
    from adapters.feedback.announcer import Announcer
    from adapters.input.listening import listen
    from adapters.input.trouble import InputTrouble
    from adapters.keyboard.bindings import load
    from adapters.keyboard.engine import Timing
    from adapters.keyboard.phrases import Phrases
    from adapters.keyboard.problem import BindingsError
    from adapters.keyboard.session import Session
    from adapters.keyboard.telling import Telling

    keys, words = config.keyboard, assistant.wording()
    switches = frozenset[str]() if news is None else _switches(config)
    phrases = Phrases(config.assistant.languages, assistant.directory, assistant.understanding)
    try:
        session = Session(
            assistant,
            lambda on_press, wanted: listen(on_press, wanted, grab=keys.grab),
            lambda: load(config.keys_path, keys.layer, phrases, switches),
            phrases,
            telling=Telling(Announcer(click.echo, feedback, words, news), feedback),
            timing=Timing(
                debounce=keys.debounce,
                digits_debounce=keys.digits_debounce,
                acceptance=keys.acceptance,
                timeout=keys.timeout,
                hold=keys.hold,
                talk=keys.talk_longest,
            ),
            on_talk=voice.talk if voice else None,
            any_key_hushes=keys.hush == "any",
        )
    except BindingsError as error:
        raise click.ClickException(error.told(words)) from error
    except InputTrouble as trouble:
        raise click.ClickException(why_it_ended(trouble, speaking(config))) from trouble
    if voice is not None:
        voice.on_over = session.talked
    with contextlib.closing(session):
        click.echo(words.say("cli_keys_up", {"path": config.keys_path, "layer": keys.layer})[0])
        yield session


def _switches(config: Config) -> frozenset[str]:
    """The keys that are the switch, where both are heard.

    What is wrong with the switch by itself, its own session tells.
    """
    everywhere = config.switch.listen == "everywhere" or not config.keyboard.grab
    if not everywhere or "switch" not in config.run.surfaces:
        return frozenset()
    from adapters.switch.session import switches
    from adapters.switch.trouble import SwitchTrouble

    try:
        return frozenset(switches(config.switch))
    except SwitchTrouble:
        return frozenset()


def why_it_ended(error: Exception, say: Say) -> str:
    """In words, with what to do."""
    from adapters.input.trouble import InputTrouble

    if isinstance(error, InputTrouble):
        return say(error.message, **error.details)
    return say("cli_keys_ended", why=f"{type(error).__name__}: {error}")


def bindings_of(config: Config) -> tuple[Bindings, Phrases]:
    """The bindings of a configuration, and what reads their sentences.

    Raises:
        BindingsError: they cannot be used.
        DirectoryError, LanguageError: the contacts or a language cannot be read.
    """
    from adapters.keyboard.bindings import load
    from adapters.keyboard.phrases import Phrases
    from assistant.build import open_directory
    from assistant.understanding import Understanding

    languages, directory = config.assistant.languages, open_directory(config)
    phrases = Phrases(languages, directory, Understanding(languages, directory))
    return load(config.keys_path, config.keyboard.layer, phrases), phrases


def _check(config: Config) -> None:
    from adapters.keyboard.help import KeyHelp, entries
    from adapters.keyboard.problem import BindingsError
    from assistant.contact import DirectoryError
    from assistant.language import LanguageError

    words = wording(config)
    try:
        bindings, phrases = bindings_of(config)
    except BindingsError as error:
        raise click.ClickException(error.told(words)) from error
    except (DirectoryError, LanguageError) as error:
        raise click.ClickException(str(error)) from error
    shown = KeyHelp(phrases, words)
    for entry in entries(bindings.layout):
        click.echo(shown.line(entry)[0])
    for note in bindings.notes:
        click.echo(note.told(bindings.path, words), err=True)
    details = {"path": bindings.path, "layer": config.keyboard.layer}
    click.echo(words.say("cli_keys_good", details)[0])
