"""`python -m tests.adapters.slack`: the fake Slack with a small console, to try an app by hand."""

from __future__ import annotations

import asyncio
import sys

from tests.adapters.slack.elements import NotPossible
from tests.adapters.slack.fake import Slack
from tests.adapters.slack.person import Person

HELP = """
/command words   a slash command
say words        a message to the app
press label      the newest button of that name; a dialog is answered yes
fill field=value the form that is open, and send it; several fields with commas between
as NAME          somebody else from now on, in the same workspace; john is the first
home             open the App Home
see              what is on the screen
http URL         from now on send everything there, signed, instead of over Socket Mode
problems         what the app did that Slack does not take
quit
""".strip()


async def act(slack: Slack, person: Person, line: str) -> str:
    """Do what was typed; what to print."""
    verb, _, words = line.partition(" ")
    if verb.startswith("/"):
        return (await person.slash(verb, words)).failed or "sent"
    if verb == "say":
        await person.says(words)
        return "sent"
    if verb == "press":
        where = next((one for one in person.screen if words in one.buttons), None)
        if where is None:
            return f"no button {words!r}"
        asked = person.asks(where, words)
        await person.presses(where, words, confirm=True if asked else None)
        return " / ".join(asked) or "sent"
    if verb == "fill":
        if person.view is None:
            return "no form is open"
        fields = (one.partition("=") for one in words.split(","))
        values = {name.strip(): value.strip() for name, _, value in fields}
        return (await person.submits(person.view, values)).failed or "sent"
    if verb == "home":
        await person.opens_home()
        return "sent"
    if verb == "see":
        return "\n--\n".join(one.said for one in reversed(person.screen))
    if verb == "http":
        return "verified" if await slack.use_http(words).verify() else "not verified"
    if verb == "problems":
        return "\n".join(slack.problems) or "none"
    return HELP


async def main() -> None:
    """Run until somebody quits."""
    async with Slack() as slack:
        people = {"john": slack.person("U1", "john")}
        person = people["john"]
        print(f"base_url {slack.api}\nbot token {slack.bot_token}\napp token {slack.app_token}")
        print(f"signing secret {slack.signing_secret}\n{HELP}")
        while (line := await asyncio.to_thread(sys.stdin.readline)).strip() != "quit" and line:
            verb, _, name = line.strip().partition(" ")
            if verb == "as":
                if name not in people:
                    people[name] = slack.person(f"U{len(people) + 1}", name)
                person = people[name]
                print(f"you are {name}", flush=True)
                continue
            try:
                print(await act(slack, person, line.strip()), flush=True)
            except NotPossible as error:
                print(error, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
