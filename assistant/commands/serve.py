"""`phonebar serve`: the phonebar server, on this computer only, until it is told to end."""

from __future__ import annotations

from pathlib import Path

import click

DEFAULT_PORT = 9888


@click.command("serve")
@click.option(
    "--backend",
    type=click.Choice(["sim", "sip"]),
    default="sim",
    show_default=True,
    help="Who is at the other end: sim simulates it.",
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
def command(
    backend: str, port: int, scenario: Path | None, quirks: bool, token: str | None
) -> None:
    """Run a phonebar that speaks the vendor's API, on 127.0.0.1 only.

    \b
    Examples:
      phonebar serve
      phonebar serve --scenario config/scenario.toml
      curl http://127.0.0.1:9888/api/originate/12498398500 -v
    """  # noqa: D301 - click's own mark for lines to keep as they are
    import signal
    import threading

    from phonebar.line import Line
    from phonebar.scenario import Scenario, ScenarioError, load
    from phonebar.server import PortTaken, Server
    from phonebar.simulator import Simulator

    if backend == "sip":
        raise click.ClickException(
            "Real calls (--backend sip) are not part of this version; "
            "--backend sim has the same interface and simulates the other end."
        )
    if token is not None and not (
        8 <= len(token) <= 200 and token.isascii() and token.isprintable()
    ):
        raise click.BadParameter("it must have 8 to 200 plain characters.", param_hint="--token")
    try:
        script = load(scenario) if scenario is not None else Scenario()
    except ScenarioError as error:
        raise click.ClickException(str(error)) from error

    ending = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):  # the last is Windows' Ctrl+Break
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: ending.set())
    line = Line(Simulator(script))
    server = Server(line, port=port, quirks=quirks, token=token)
    try:
        server.start()
    except PortTaken as error:
        line.close()
        raise click.ClickException(str(error)) from error
    try:
        click.echo(f"Phonebar (simulated) listening on {server.url} - Ctrl+C ends it.")
        # On Windows a wait without an end would not notice Ctrl+C.
        while not ending.wait(0.5):
            pass
    finally:
        server.stop()
        line.close()
