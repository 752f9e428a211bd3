"""Where in a TOML file each key stands."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from adapters.keyboard.toml_lines import lines_of
from assistant.config import starter

TEXT = '''# a comment
leader = "f8"

[keys]   # of every layer
"leader a" = "answer"
"leader h" = [
  "hold",   # first
  "resume",
]
"leader x" = { hold = "hang up" }
long = """
[not.a.table]
"""

[layers.left.keys]
f1 = "help"
[layers.left]
leader = "f4"
'''


def test_every_key_and_table_is_found_on_its_first_line() -> None:
    assert lines_of(TEXT) == {
        ("leader",): 2,
        ("keys",): 4,
        ("keys", "leader a"): 5,
        ("keys", "leader h"): 6,
        ("keys", "leader x"): 10,
        ("keys", "leader x", "hold"): 10,
        ("keys", "long"): 11,
        ("layers",): 15,
        ("layers", "left"): 15,
        ("layers", "left", "keys"): 15,
        ("layers", "left", "keys", "f1"): 16,
        ("layers", "left", "leader"): 18,
    }


def test_it_finds_all_that_the_shipped_files_have() -> None:
    for name in ("keys.toml", "assistant.toml"):
        text = starter(name).read_text(encoding="utf-8")
        lines, found = text.splitlines(), lines_of(text)
        for path, line in found.items():
            assert path[-1] in lines[line - 1], (name, path, line)
        for section, table in tomllib.loads(text).items():
            assert (section,) in found
            assert not isinstance(table, dict) or {(section, key) for key in table} <= set(found)


NAMES = st.text(alphabet="abc .", min_size=1, max_size=4)


@given(
    st.lists(
        st.tuples(NAMES, st.sampled_from(["1", '"x"', "[\n1,\n2\n]", "{ y = 1 }"])),
        unique_by=lambda item: item[0],
    ),
    st.lists(st.sampled_from(["", "# x"]), max_size=3),
)
def test_whatever_stands_between(items: list[tuple[str, str]], between: list[str]) -> None:
    lines: list[str] = []
    wanted = {}
    for name, value in items:
        lines += between
        wanted[name,] = len(lines) + 1
        lines += f'"{name}" = {value}'.split("\n")
    found = lines_of("\n".join(lines))
    assert {path: line for path, line in found.items() if len(path) == 1} == wanted
