"""The documents: they name what there is, their links lead somewhere, their examples work."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.cli import COMMANDS
from assistant.commands.options import EXIT
from assistant.config import starter
from assistant.dial_plan import DialPlan
from assistant.directory import Directory
from assistant.entry import EDITS
from assistant.language import HERE, PARTS, load_language
from assistant.settings import DialPlanSection
from assistant.understanding import Understanding
from phonebar.scenario import MAGIC
from tests.desk import Desk

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
TOLD = (
    "Done",
    "So already",
    "Asked",
    "A number or a name, piece by piece",
    "Refused: nothing was done",
    "Failed: the phonebar did not do it",
    "Unknown: it may have happened",
    "What happens to the calls",
)
"""The groups of messages, by their comments in the language file, that answer an agent."""
ANSWERS = re.compile("(choice|say|letter)_|entry_empty")
"""Messages of those groups that are never told alone."""


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def flat(found: str) -> str:
    return " ".join(found.split())


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text(page), re.MULTILINE | re.DOTALL)


def section(page: str, title: str) -> str:
    return re.split(r"^## ", text(page).split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def rows(table: str) -> list[list[str]]:
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    return [row for row in cells if row and not set(row[0]) <= set("-")]


# The README


def test_its_first_block_is_the_demo_and_its_second_the_tests() -> None:
    assert [block.splitlines() for block in blocks("README.md", "sh")] == [
        ["python -m pip install -q .", "phonebar demo"],
        ['python -m pip install -q -e ".[test]"', "python -m pytest -n auto"],
    ]


def test_its_first_screen_has_both_commands() -> None:
    before = text("README.md").split(blocks("README.md", "sh")[1])[0]
    assert before.count("\n") < 60


@pytest.mark.parametrize("command", COMMANDS)
def test_it_names_every_command(command: str) -> None:
    assert f"| `phonebar {command}" in text("README.md")


def test_its_transcript_says_what_the_product_says() -> None:
    messages = load_language("en").messages
    (shown,) = blocks("README.md", "text")
    assert shown.startswith(messages["welcome_demo"])
    assert shown.rstrip().endswith(messages["goodbye"])


# The agent's page


def messages_told() -> list[tuple[str, str]]:
    """Every text that answers an agent, by its name."""
    _, _, source = (HERE / "en.yaml").read_text(encoding="utf-8").partition("\nmessages:\n")
    found: list[tuple[str, str]] = []
    for group in re.split(r"^  # ", source, flags=re.MULTILINE)[1:]:
        title, _, body = group.partition("\n")
        if title in TOLD:
            for name, message in (yaml.safe_load(body) or {}).items():
                if not ANSWERS.match(name):
                    found.append((name, message if isinstance(message, str) else message["text"]))
    return found


def test_every_group_of_messages_is_there() -> None:
    source = (HERE / "en.yaml").read_text(encoding="utf-8")
    assert [title for title in TOLD if f"\n  # {title}\n" not in source] == []
    for title in ("Done", "Asked", "Refused", "Failed", "Unknown"):
        assert f"\n### {title}\n" in text("docs/agent.md")


@pytest.mark.parametrize(("name", "message"), messages_told())
def test_it_explains_every_message(name: str, message: str) -> None:
    page = flat(text("docs/agent.md"))
    parts = [part.strip(" :") for part in re.split(r"\{\w+\}", message)]
    assert [part for part in parts if any(map(str.isalpha, part)) and part not in page] == []


def examples() -> list[tuple[str, str]]:
    table = rows(section("docs/agent.md", "What you can say"))[1:]
    return [(said, row[2].strip("`")) for row in table for said in re.findall("`(.+?)`", row[1])]


@pytest.mark.parametrize(("said", "intent"), examples())
def test_its_examples_are_understood_as_it_says(said: str, intent: str) -> None:
    directory = Directory.load(starter("contacts.csv"))
    understood = Understanding(("en",), directory).parse(said)
    assert (understood.command.intent, understood.confidence) == (intent, 1.0)


def test_it_has_examples_of_every_command() -> None:
    intents = {intent for _, intent in examples()}
    said = {
        name for name, entry in load_language("en").data["intents"].items() if "examples" in entry
    }
    assert intents == said - {*EDITS}


def test_it_knows_every_exit_status() -> None:
    table = rows(section("docs/agent.md", "What it answers"))
    assert {row[0].strip("`"): int(row[2]) for row in table if row[0].strip("`") in EXIT} == EXIT


def test_it_knows_every_magic_number() -> None:
    page = section("docs/agent.md", "Numbers to try in the demo")
    missing = [number for number in MAGIC if not number.startswith("55502") and number not in page]
    assert missing == []
    assert "`5550200` to `5550299`" in page


# The administrator's page


def keys() -> list[str]:
    found: dict[str, Any] = tomllib.loads(text("config/assistant.toml"))
    return [f"{section}.{key}" for section, table in found.items() for key in table]


@pytest.mark.parametrize("key", keys())
def test_it_explains_every_key(key: str) -> None:
    group, _, name = key.partition(".")
    table = text("docs/administrator.md").split(f"**[{group}]**")[1].split("**[")[0]
    assert f"`{name}`" in table


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_a_page(command: str) -> None:
    pages = "".join(text(f"docs/{name}.md") for name in ("agent", "administrator", "developer"))
    assert f"phonebar {command}" in pages


def test_its_dial_plan_dials_as_it_says() -> None:
    (block,) = blocks("docs/administrator.md", "toml")
    plan = DialPlan(DialPlanSection(**tomllib.loads(block)["dial_plan"]), {"112"}.__contains__)
    table = rows(section("docs/administrator.md", "Dial plan"))[1:]
    for written, dialled in table[:-1]:
        assert plan.dial(written.strip("`")) == dialled.strip("`")
    for written in re.findall("`(.+?)`", table[-1][0]):
        assert plan.dial(written) == written


# The developer's pages


def test_every_module_has_its_place() -> None:
    page = section("docs/developer.md", "The house")
    missing = []
    for path in (
        file for room in ("assistant", "phonebar") for file in (ROOT / room).rglob("*.py")
    ):
        folder = path.parent.name
        known = f"`{path.name}`" in page or f"`{path.stem}`" in page or f"`{folder}/`" in page
        if path.name != "__init__.py" and not known:
            missing.append(path.relative_to(ROOT).as_posix())
    assert missing == []


def test_every_part_of_a_language_and_every_slot_is_explained() -> None:
    page = text("docs/languages.md")
    assert [part for part in PARTS if f"| `{part}`" not in page and f", `{part}`" not in page] == []
    templates, _, _ = (HERE / "en.yaml").read_text(encoding="utf-8").partition("\nbrief:")
    slots = set(re.findall(r"\{([a-z_]+)\}", templates)) - {"slot"}
    assert [slot for slot in sorted(slots) if f"`{{{slot}}}`" not in page] == []


def test_the_example_of_a_surface_works(phone: Desk) -> None:
    (code,) = blocks("docs/developer.md", "python")
    made: dict[str, Any] = {}
    exec(code, made)  # noqa: S102 - it is our own page
    shown: list[str] = []
    keys = made["Keys"](phone.assistant, shown.append)
    phone.ring("200")
    for key in "ahxx?":
        keys.press(key)
    phone.assistant.watcher.drain()
    keys.close()
    assert [line.split("\n")[0] for line in shown] == [
        "Sales (200) is calling.",
        "Answered Sales (200).",
        "Sales (200) is on hold.",
        "Hung up Sales (200).",
        'There is no call. Say "call" and a name or a number to make one.',
        "You can say now:",
    ]


# All pages


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        if name.startswith("https://"):
            continue
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_there_is_no_path_of_anybodys_machine(page: Path) -> None:
    found = re.findall(
        r"(?<![\w~%}.])/(?:home|root|tmp|work|opt|mnt|Users|var)/\S*|[A-Z]:\\\S+",
        page.read_text(encoding="utf-8"),
    )
    assert found == []
