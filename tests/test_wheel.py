"""The wheel, as `pip install` gets it: the whole product, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("adapters", "assistant", "phonebar")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    assert built.name.endswith("-py3-none-any.whl")
    return zipfile.ZipFile(built)


def test_it_has_every_source_language_file_and_file_of_the_page(wheel: zipfile.ZipFile) -> None:
    kinds = {".py", ".yaml", ".typed", ".html", ".css", ".js", ".json", ".svg"}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.suffix in kinds
    }
    assert wanted <= set(wheel.namelist())
    assert {"assistant/language/en.yaml", "phonebar/page/main.js"} <= wanted


@pytest.mark.parametrize("name", ["assistant.toml", "contacts.csv", "keys.toml"])
def test_it_has_the_files_that_init_writes(wheel: zipfile.ZipFile, name: str) -> None:
    assert wheel.read(f"assistant/starter/{name}") == (ROOT / "config" / name).read_bytes()


def test_it_has_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    (record,) = tops - set(ROOMS)
    assert record.startswith("phonebar_assistant-")
    assert record.endswith(".dist-info")
    assert not [name for name in wheel.namelist() if name.endswith(".pyc")]


def test_it_makes_the_command_and_carries_the_licence(wheel: zipfile.ZipFile) -> None:
    (points,) = (name for name in wheel.namelist() if name.endswith("/entry_points.txt"))
    assert "phonebar = assistant.cli:main" in wheel.read(points).decode()
    assert any(name.endswith("/licenses/LICENSE") for name in wheel.namelist())


def test_it_needs_only_what_the_demo_needs(wheel: zipfile.ZipFile) -> None:
    (file,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    metadata = HeaderParser().parsestr(wheel.read(file).decode())
    assert metadata["Requires-Python"] == ">=3.11"
    plain = [need for need in metadata.get_all("Requires-Dist", []) if "extra ==" not in need]
    assert not [need for need in plain if need.startswith(("pytest", "hatchling", "mypy", "ruff"))]
