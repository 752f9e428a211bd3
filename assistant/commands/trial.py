"""`phonebar voice test`: tries loudspeaker, microphone, engine and key, by ear."""

from __future__ import annotations

import contextlib
import json
import queue
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import as_json, configured, shared
from assistant.commands.train import on_microphone, taking_orders
from assistant.commands.words import speaking, wording
from assistant.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.voice.enrolment.lesson import Order
    from adapters.voice.trial import Asked
    from assistant.commands.words import Say
    from assistant.config import Config


@click.command(
    "test",
    epilog="""\b
Examples:
  phonebar voice test
  phonebar voice test --engine whisper
  phonebar voice test --json""",
)
@click.option("--engine", metavar="NAME", help="What makes words of speech, e.g. ctc, whisper.")
@click.option("--microphone", metavar="NAME", help="Another than that of the configuration.")
@as_json
@shared
def trial(engine: str | None, microphone: str | None, json_: bool, **options: Any) -> None:
    """Try the voice by ear: you say a sentence back, and are told how well it was heard.

    Nothing is done on the phone. Enter goes on, `stop` ends it; silence is enough to go on, too.
    Exit status 1 when something needs mending.
    """
    config = configured(options)
    say = speaking(config)
    voice = replace(
        config.voice,
        engine=engine or config.voice.engine,
        microphone=microphone or config.voice.microphone,
        lexicon=str(config.lexicon_path),
    )
    config = replace(config, voice=voice)
    try:
        from adapters.feedback.device import NoLibrary, library
        from adapters.feedback.doctor import findings as sound_findings
        from adapters.feedback.session import open_feedback
        from adapters.voice.engines import open_recogniser
        from adapters.voice.enrolment.telling import Told
        from adapters.voice.recogniser import RecogniserError
        from adapters.voice.trial import Trial
    except ImportError as error:
        raise click.ClickException(say("voice_not_installed", library=error.name)) from error
    words = wording(config)
    bad = []
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    with contextlib.closing(open_feedback(config, words)) as feedback:

        def tell(item: Finding, details: dict[str, object] | None = None) -> None:
            if item.verdict == "problem":
                bad.append(item)
            if json_:
                shown: dict[str, object] = {
                    "check": item.check,
                    "verdict": item.verdict,
                    "found": item.found,
                }
                shown |= {"mend": item.mend, **(details or {})}
                click.echo(json.dumps(shown, ensure_ascii=False))
            else:
                verdict = say(f"cli_verdict_{item.verdict}")
                check = say(f"cli_check_{item.check}")
                line = say("cli_doctor_line", verdict=verdict, check=check, found=item.found)
                click.echo(f"{line} {item.mend}".rstrip())
            feedback.say(f"{item.found} {item.mend}".rstrip())

        def found(check: str, verdict: str, message: str, details: dict[str, object]) -> None:
            tell(Finding(check, verdict, words.say(message, details)[0]), details)

        def show(line: str) -> None:
            click.echo(json.dumps({"told": line}, ensure_ascii=False) if json_ else line)

        told = Told(words, feedback, show)
        told.tell("trial_begin")
        for item in sound_findings(config, words):
            if item.check != "screen_reader":
                tell(item)
        tell(_key(config, say))
        end = "badly"
        try:
            library()
            recogniser = open_recogniser(voice, config.assistant.languages[0])
        except NoLibrary as error:
            tell(Finding("voice", "problem", say("voice_not_installed", library=error)))
        except RecogniserError as error:
            tell(Finding("voice", "problem", say(error.message, **error.details)))
        else:
            tell(Finding("voice", "ok", say("cli_doctor_engine", engine=recogniser.name)))
            with (
                on_microphone(voice.microphone) as source,
                taking_orders(config, orders, feedback.hush),
            ):
                asked = _asked(config, say)
                end = Trial(
                    source, told, orders, asked=asked, recogniser=recogniser, found=found
                ).run()
        if end == "stopped":
            told.tell("trial_stopped")
        elif end == "well" and not bad:
            told.tell("trial_well")
        else:
            told.tell("trial_badly")
        feedback.wait()
    sys.exit(end == "badly" or (end == "well" and bool(bad)))


def _asked(config: Config, say: Say) -> Asked:
    """What is to be said, among all that could be.

    Raises:
        click.ClickException: the directory or a language cannot be read.
    """
    from adapters.voice.meaning import expected
    from adapters.voice.trial import Asked
    from assistant.build import open_directory
    from assistant.contact import DirectoryError
    from assistant.language import LanguageError
    from assistant.understanding import Understanding

    language = config.assistant.languages[0]
    try:
        directory = open_directory(config)
        understanding = Understanding(config.assistant.languages, directory)
    except (DirectoryError, LanguageError) as error:
        raise click.ClickException(str(error)) from error
    return Asked(say("trial_sentence"), language, expected(directory, language), understanding)


def _key(config: Config, say: Say) -> Finding:
    """Which keys begin to listen, and what is missing for them to do so."""
    keys = ", ".join(_talking(config))
    if not keys:
        return Finding("keys", "note", say("trial_no_key"))
    if not {"voice", "keyboard"} <= set(config.run.surfaces):
        return Finding("keys", "note", say("trial_key_unused", keys=keys))
    return Finding("keys", "ok", say("trial_key", keys=keys))


def _talking(config: Config) -> Iterator[str]:
    from adapters.keyboard.binding import Talk, written
    from adapters.keyboard.problem import BindingsError
    from assistant.commands.keys import bindings_of
    from assistant.contact import DirectoryError
    from assistant.language import LanguageError

    with contextlib.suppress(BindingsError, DirectoryError, LanguageError):  # the doctor's to tell
        bindings, _ = bindings_of(config)
        for strokes, binding in bindings.layout.bindings.items():
            if isinstance(binding.tap, Talk) or isinstance(binding.hold, Talk):
                yield written(strokes)
