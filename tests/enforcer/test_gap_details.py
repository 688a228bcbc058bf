"""What lineage says of gaps, in the language of the reader."""

from __future__ import annotations

import ast
import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import lineage
from enforcer.messages import spoken_detail, words_in
from enforcer.report import Options, render
from enforcer.run import Request, run_check

if TYPE_CHECKING:
    from collections.abc import Iterator

chinese = words_in("zh")
SOURCE = Path(lineage.__file__).parent
REASONS = {"GapReason", "Reason"}
# The names under which texts of gaps are put together before they are given.
MADE = {"message", "why"}
# Where texts are spotted, and told one after another.
SPOTTED = "disguises.py"
# What the parser and the operating system say, and what other commands say of a whole input.
OTHERS = {
    "lineage/readers/dbt_artifacts.py",
    "lineage/readers/discover.py",
    "lineage/readers/openlineage.py",
}


def _said(path: Path) -> Iterator[str]:
    """The texts that a file gives to gaps, with `X` for what differs."""
    made = MADE if path.relative_to(SOURCE.parent).as_posix() not in OTHERS else set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for reason, text in pairwise(_given(node)):
            if _names(reason) & REASONS:
                yield from _texts(text)
        if path.name == SPOTTED and isinstance(node, ast.Yield) and node.value is not None:
            yield from _texts(node.value)
            yield from (text for part in _given(node.value)[:1] for text in _texts(part))
        if isinstance(node, ast.Assign) and any(_names(target) & made for target in node.targets):
            yield from _texts(node.value)


def _given(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        return [*node.args, *(keyword.value for keyword in node.keywords)]
    return node.elts if isinstance(node, ast.Tuple) else []


def _names(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (v.value if isinstance(v, ast.Constant) else _filled(v) for v in node.values)
        yield "".join(map(str, parts))
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _filled(value: ast.expr) -> str:
    named = ast.unparse(value)
    return "run `dbt compile`" if "COMPILE" in named else "X"


TEXTS = sorted({text for path in SOURCE.rglob("*.py") for text in _said(path)})


def test_there_are_many_texts() -> None:
    """The walk over the source finds what it looks for."""
    assert len(TEXTS) > 70


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_of_a_gap_is_said_in_chinese(text: str) -> None:
    """Whatever lineage says by itself of a gap has a sentence in the catalogue."""
    said = chinese(spoken_detail(text))
    assert not said.isascii(), text
    assert said.count("X") == text.count("X")


def test_a_detail_in_a_detail_is_said_too() -> None:
    """What is passed on is put into the language as well; what differs stays as it is."""
    text = "the body of a function is not analysed: more than 5 tokens"
    assert chinese(spoken_detail(text)) == "未分析 function 的主体：超过 5 个词元"
    assert words_in("en")(spoken_detail(text)) == text


@pytest.mark.parametrize("text", ["Expecting )", "the columns of " + "x" * 5000 + " are not known"])
def test_what_nobody_wrote_down_stays_as_it_is(text: str) -> None:
    """The words of a parser, and what is too long to be looked for."""
    assert chinese(spoken_detail(text)) == text


@pytest.mark.parametrize("notation", ["text", "json", "sarif", "html"])
def test_reports_say_gaps_in_the_language_asked_for(tmp_path: Path, notation: str) -> None:
    """No report says half a line in one language and half in another."""
    (tmp_path / "a.sql").write_text("execute immediate q;\n")
    (tmp_path / "fieldgate.yml").write_text("version: 1\ndialect: snowflake\nlang: zh\n")
    report = run_check(Request(path=tmp_path)).report
    said = render(report, notation, options=Options(lang="zh"))
    wanted = "执行的内容由计算得出"
    assert wanted in said or json.dumps(wanted)[1:-1] in said
