"""`phonebar simulate`: play the other end of a simulated phonebar's calls."""

from __future__ import annotations

import json as json_module
import os
import sys
from typing import Any

import click

DEFAULT_URL = "http://127.0.0.1:9888"
FAILED = 5
"""Exit status: the phonebar was not reached, or refused; nothing was done."""
SECONDS = (3.0, 10.0)
"""To connect, and to answer."""


@click.group("simulate")
@click.option(
    "--url",
    envvar="PHONEBAR_URL",
    show_envvar=True,
    default=DEFAULT_URL,
    show_default=True,
    help="Where the phonebar listens.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the phonebar's answer as JSON.")
@click.pass_context
def command(context: click.Context, url: str, as_json: bool) -> None:
    """Play the other end of the calls of `phonebar serve --backend sim`.

    \b
    Examples:
      phonebar simulate incoming 2025550101
      phonebar simulate hangup 1
      phonebar simulate advance 60
    """  # noqa: D301 - click's own mark for lines to keep as they are
    context.obj = (url, as_json)


def _play(context: click.Context, operation: str, body: dict[str, Any], done: str) -> None:
    """Ask the phonebar to play it; end with status 5 and a plain message when it does not."""
    import requests

    url, as_json = context.find_object(tuple) or (DEFAULT_URL, False)
    url = url.rstrip("/")
    try:
        with requests.Session() as http:
            http.trust_env = False  # no proxy stands between this computer and itself
            token = os.environ.get("PHONEBAR_TOKEN")
            if token is None:
                told = http.get(f"{url}/ext/v1/session", timeout=SECONDS)
                if told.status_code == 404:
                    _fail(f"{url} is no simulated phonebar, or runs with --quirks.")
                token = str(told.json().get("token", ""))
            answer = http.post(
                f"{url}/ext/v1/simulate/{operation}",
                json=body,
                headers={"X-Phonebar-Token": token},
                timeout=SECONDS,
            )
            told_back = answer.json()
    except requests.exceptions.JSONDecodeError:
        _fail(f"What listens on {url} is no phonebar.")
    except (requests.exceptions.ConnectionError, requests.exceptions.Timeout):
        _fail(f"No phonebar answers on {url}. Start one: phonebar serve --backend sim")
    except requests.exceptions.RequestException as error:
        _fail(f"{url} cannot be asked: {error}")
    if answer.status_code != 200:
        detail = told_back.get("detail") if isinstance(told_back, dict) else None
        _fail(str(detail or f"The phonebar refused: {answer.status_code}."))
    if as_json:
        click.echo(json_module.dumps(told_back, ensure_ascii=False))
    else:
        session = told_back.get("sessionId") if isinstance(told_back, dict) else None
        click.echo(done.format(session=session))


def _fail(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(FAILED)


_SESSION = click.argument("session", metavar="ID", type=click.IntRange(min=1))


@command.command()
@click.argument("number")
@click.pass_context
def incoming(context: click.Context, number: str) -> None:
    """Somebody calls from NUMBER."""
    _play(context, "incoming", {"number": number}, f"Call {{session}} comes in from {number}.")


@command.command()
@_SESSION
@click.pass_context
def answer(context: click.Context, session: int) -> None:
    """The number that call ID dials answers."""
    _play(context, "answer", {"session": session}, f"The other end of call {session} answered.")


@command.command()
@_SESSION
@click.pass_context
def hangup(context: click.Context, session: int) -> None:
    """The other end of call ID hangs up, or gives up calling."""
    _play(context, "hangup", {"session": session}, f"The other end of call {session} hung up.")


@command.command()
@_SESSION
@click.pass_context
def ring(context: click.Context, session: int) -> None:
    """The number that call ID dials begins to ring."""
    _play(context, "ring", {"session": session}, f"The other end of call {session} rings.")


@command.command()
@_SESSION
@click.pass_context
def busy(context: click.Context, session: int) -> None:
    """The number that call ID dials is busy."""
    _play(context, "busy", {"session": session}, f"The other end of call {session} is busy.")


@command.command()
@_SESSION
@click.argument("number")
@click.pass_context
def transfer(context: click.Context, session: int, number: str) -> None:
    """The other end of call ID transfers us: from now on it is NUMBER."""
    body = {"session": session, "number": number}
    _play(context, "transfer", body, f"The other end of call {session} is now {number}.")


@command.command()
@_SESSION
@click.pass_context
def vanish(context: click.Context, session: int) -> None:
    """Call ID is gone at once, without a trace in the list of calls."""
    _play(context, "vanish", {"session": session}, f"Call {session} is gone.")


@command.command()
@click.argument("seconds", type=click.FloatRange(0, 86_400))
@click.pass_context
def advance(context: click.Context, seconds: float) -> None:
    """Let SECONDS pass at once: for ringing that ends, and calls that are shown no more."""
    _play(context, "advance", {"seconds": seconds}, f"{seconds:g} seconds passed.")
