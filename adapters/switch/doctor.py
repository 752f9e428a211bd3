"""Whether the switch is set up so that it can be used, for `phonebar doctor`."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.switch.session import needs_release, switches
from adapters.switch.trouble import NeedsRelease, SwitchTrouble
from adapters.switch.whom import Whom
from assistant.config import Config
from assistant.directory import Directory
from assistant.finding import Finding
from assistant.wording import Wording


def findings(config: Config, words: Wording, directory: Directory | None) -> Iterator[Finding]:
    """What was found, in words that say how to mend it.

    Args:
        config: its section `switch` counts.
        words: the language to tell it in.
        directory: where favourites are looked up; None when it cannot be read.
    """
    section = config.switch
    needed = "problem" if "switch" in config.run.surfaces else "note"
    try:
        switches(section)
        if needs_release(section):
            raise NeedsRelease(method=section.method)
    except SwitchTrouble as trouble:
        yield Finding("switch", needed, words.say(trouble.message, trouble.details)[0])
        return
    if directory is None:
        return
    lost = [name for name in section.favourites if Whom.favourite(directory, name) is None]
    for name in lost:
        found = words.say("cli_doctor_switch_favourite_unknown", {"name": name})[0]
        mend = words.say("cli_doctor_switch_favourite_unknown_mend")[0]
        yield Finding("switch", needed, found, mend)
    if not lost:
        n = len(section.favourites)
        yield Finding("switch", "ok", words.say("cli_doctor_switch_ready", {"n": n})[0])
