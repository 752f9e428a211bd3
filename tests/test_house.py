"""The house: imports point one way, and no room knows more than it must."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("assistant", "adapters", "phonebar")
SHARED = ("adapters.feedback", "adapters.input")
"""What every surface may use: sounds and speech, keys and buttons."""

MODULES = sorted(
    path.relative_to(ROOT).as_posix() for part in PARTS for path in (ROOT / part).rglob("*.py")
)


def imported(path: str) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    package = Path(path).parent.as_posix().split("/")
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{item.name}" for item in node.names)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def puts_parts_together(path: str) -> bool:
    return path == "assistant/cli.py" or path.startswith("assistant/commands/")


def test_the_house_is_where_this_test_looks() -> None:
    assert {"assistant/cli.py", "phonebar/protocol.py", "adapters/headless/console.py"} <= set(
        MODULES
    )
    assert "assistant.contract" in set(imported("adapters/headless/console.py"))
    assert "adapters.headless.session.converse" in set(imported("assistant/commands/run.py"))


@pytest.mark.parametrize("path", [path for path in MODULES if path.startswith("phonebar/")])
def test_the_phonebar_knows_nothing_of_the_assistant(path: str) -> None:
    found = [name for name in imported(path) if name.split(".")[0] in {"assistant", "adapters"}]
    assert found == []


@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if p.startswith("assistant/") and not puts_parts_together(p)],
)
def test_the_assistant_knows_of_the_phonebar_only_the_protocol_and_no_surface(path: str) -> None:
    found = [
        name
        for name in imported(path)
        if within(name, "adapters")
        or (within(name, "phonebar") and not within(name, "phonebar.protocol"))
    ]
    assert found == []


@pytest.mark.parametrize("path", [path for path in MODULES if path.startswith("adapters/")])
def test_a_surface_knows_the_assistant_and_no_other_surface(path: str) -> None:
    own = ".".join(path.split("/")[:2])
    found = [
        name
        for name in imported(path)
        if (within(name, "adapters") and not any(within(name, room) for room in (own, *SHARED)))
        or within(name, "phonebar")
        or within(name, "assistant.commands")
        or within(name, "assistant.cli")
    ]
    assert found == []


def test_the_command_line_itself_needs_nothing_but_click() -> None:
    """So that `phonebar --help` is there at once; see also the imports inside its functions."""
    tree = ast.parse((ROOT / "assistant/cli.py").read_text(encoding="utf-8"))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        name
        for node in top
        for name in (
            [item.name for item in node.names] if isinstance(node, ast.Import) else [node.module]
        )
    }
    assert names <= {"__future__", "click", *sys.stdlib_module_names}


@pytest.mark.parametrize("path", MODULES)
def test_the_product_imports_no_test_and_no_benchmark(path: str) -> None:
    assert not [name for name in imported(path) if name.split(".")[0] in {"tests", "bench"}]
