"""Which test holds which row of the threat model: `python -m tests.hostile.threats`.

Writes docs/threats.md from the rows in `threats.yml` and from the marks of all tests.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "threats.md"
_NOT_YET = "not yet: "
_HEAD = """\
# Threats

A pull request is written by someone whom the gate does not trust, and a verdict is read by someone
who does not trust the gate. This page lists what either may try, what happens then, and the tests
that hold Fieldgate to it. It is written by `python -m tests.hostile.threats`;
[SECURITY.md](../SECURITY.md) says what is promised on the whole.
"""


class Row(msgspec.Struct, frozen=True):
    """A row: the attack, and what happens; where it is `out`, why no test is about it."""

    number: int
    attack: str
    answer: str
    out: bool = False


class Section(msgspec.Struct, frozen=True):
    """Rows about one thing."""

    title: str
    rows: dict[int, str]

    def read(self) -> Iterator[Row]:
        for number, said in self.rows.items():
            attack, _, answer = said.partition(" -> ")
            out = answer.startswith(_NOT_YET)
            yield Row(number, attack, answer.removeprefix(_NOT_YET), out)


def sections() -> list[Section]:
    """The threat model as it is written down."""
    text = Path(__file__).with_name("threats.yml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), list[Section])


def rows() -> list[Row]:
    """All rows in their order."""
    return [row for section in sections() for row in section.read()]


def holders(folder: Path = ROOT / "tests") -> dict[int, list[str]]:
    """The tests that hold each row, as `path::name`, by the marks on them or on their module."""
    found: dict[int, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        where = path.relative_to(folder.parent).as_posix()
        for name, numbers in _marked(ast.parse(path.read_text("utf-8"))):
            for number in numbers:
                found.setdefault(number, []).append(f"{where}::{name}")
    return {number: sorted(set(tests)) for number, tests in found.items()}


def _marked(module: ast.Module) -> Iterator[tuple[str, list[int]]]:
    shared = [
        number
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
        for number in _numbers(node.value)
    ]
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            own = [number for decorator in node.decorator_list for number in _numbers(decorator)]
            yield node.name, [*shared, *own]


def _numbers(node: ast.expr) -> Iterator[int]:
    """The arguments of every `pytest.mark.threat(…)` in an expression."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.threat":
            yield from (ast.literal_eval(argument) for argument in call.args)


def page() -> str:
    """The page in Markdown."""
    found = holders()
    parts = [_HEAD]
    for section in sections():
        parts.append(
            f"\n## {section.title}\n\n| | attack | what happens | held by |\n|--:|---|---|---|\n"
        )
        parts += [_line(row, found.get(row.number, [])) for row in section.read()]
    return "".join(parts)


def _line(row: Row, tests: list[str]) -> str:
    held = "<br>".join(_link(test) for test in tests)
    answer, held = ("not yet", row.answer) if row.out else (row.answer, held)
    return f"| {row.number} | {row.attack} | {answer} | {held} |\n"


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    words = name.removeprefix("test_").replace("_", " ")
    return f"[{words}](../{path})"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
