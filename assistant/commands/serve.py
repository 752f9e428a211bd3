"""`phonebar serve`: the phonebar server, on this computer only, until it is told to end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assistant.directory import Directory
    from phonebar.phonebook import Person, Phonebook

DEFAULT_PORT = 9888


@click.command("serve")
@click.option(
    "--backend",
    type=click.Choice(["sim", "sip"]),
    default="sim",
    show_default=True,
    help="Who is at the other end: sim simulates it, sip really calls.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Where to listen; 0 takes a free port.",
)
@click.option(
    "--scenario",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file that says who answers, who is busy, who calls in.",
)
@click.option("--quirks", is_flag=True, help="Be as silent as the vendor's phonebar; no /ext/v1.")
@click.option(
    "--token",
    envvar="PHONEBAR_TOKEN",
    show_envvar=True,
    help="Strict mode: refuse every request without this token.",
)
@click.option("--config", metavar="FILE", help="The configuration file, for [sip].")
@click.option(
    "--contacts",
    metavar="FILE",
    multiple=True,
    help="People for the page: CSV or vCard, or an LDAP server.",
)
def command(
    *,
    backend: str,
    port: int,
    scenario: Path | None,
    quirks: bool,
    token: str | None,
    contacts: tuple[str, ...],
    config: str | None,
) -> None:
    """Run a phonebar that speaks the vendor's API, on 127.0.0.1 only, with a page to run it by.

    \b
    Examples:
      phonebar serve
      phonebar serve --contacts contacts.csv
      phonebar serve --scenario config/scenario.toml
      phonebar serve --backend sip
      curl http://127.0.0.1:9888/api/originate/12498398500 -v
    """  # noqa: D301 - click's own mark for lines to keep as they are
    import signal
    import threading

    from assistant.commands.telephone import telephone
    from phonebar.line import Line
    from phonebar.listening import Listening, PortTaken
    from phonebar.scenario import Scenario, ScenarioError, load
    from phonebar.server import Server
    from phonebar.simulator import Simulator

    if token is not None and not (
        8 <= len(token) <= 200 and token.isascii() and token.isprintable()
    ):
        raise click.BadParameter("it must have 8 to 200 plain characters.", param_hint="--token")
    try:
        script = load(scenario) if scenario is not None else Scenario()
    except ScenarioError as error:
        raise click.ClickException(str(error)) from error
    phonebook = _phonebook(contacts)

    ending = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):  # the last is Windows' Ctrl+Break
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: ending.set())
    if backend == "sip":
        # A second telephone of the account might take the calls from the first: it is not begun.
        try:
            Listening(port).close()
        except PortTaken as error:
            raise click.ClickException(str(error)) from error
    line = Line(telephone(config) if backend == "sip" else Simulator(script))
    server = Server(line, port=port, quirks=quirks, token=token, phonebook=phonebook)
    try:
        server.start()
    except PortTaken as error:
        line.close()
        raise click.ClickException(str(error)) from error
    try:
        kind = "real calls" if backend == "sip" else "simulated"
        page = "" if quirks else "open it in a browser for the page; "
        click.echo(f"Phonebar ({kind}) listening on {server.url} - {page}Ctrl+C ends it.")
        # On Windows a wait without an end would not notice Ctrl+C.
        while not ending.wait(0.5):
            pass
    finally:
        server.stop()
        line.close()


def _phonebook(contacts: tuple[str, ...]) -> Phonebook:
    """The assistant's directory, as the page's.

    Raises:
        click.ClickException: a file cannot be used; says which line.
    """
    from phonebar.phonebook import EMPTY

    if not contacts:
        return EMPTY
    from assistant.build import open_directory
    from assistant.commands.options import configured
    from assistant.contact import DirectoryError

    try:
        return names_of(open_directory(configured({"contacts": contacts})))
    except DirectoryError as error:
        raise click.ClickException(str(error)) from error


def names_of(directory: Directory) -> Phonebook:
    """A directory, as the phonebar's page looks it up."""
    return _Names(directory)


class _Names:
    """The directory's people, in the phonebar's own terms."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def starting(self, text: str, limit: int) -> list[Person]:
        """People whose names begin like `text`."""
        from phonebar.phonebook import Person

        found = self._directory.starting(text, limit)
        return [Person(one.name, tuple((n.number, n.label) for n in one.numbers)) for one in found]

    def name_of(self, number: str) -> str | None:
        """Whose number it is, when it is one person's only."""
        found = self._directory.by_number(number)
        return found.name if found else None
