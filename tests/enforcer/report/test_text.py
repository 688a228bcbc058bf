"""The report for people at a terminal."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from enforcer.report.lines import paragraph
from enforcer.report.options import wants_colour
from enforcer.report.text import render_text
from enforcer.words import Coverage, ExitCode, Hop, Lang, Report
from lineage import Column, Origin, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
COLOUR = re.compile(r"\x1b\[[\d;]*m")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_whole_report(
    shop: Report, matches_golden: Callable[[str, str], None], width: int
) -> None:
    """The report of the shop reads as it is kept beside this test."""
    name = "shop.txt" if width == 80 else f"shop-{width}.txt"
    matches_golden(render_text(shop, width=width, colour=False), name)


def test_accepted_findings_are_listed_on_request(
    shop: Report, matches_golden: Callable[[str, str], None]
) -> None:
    """Who accepted what, why and until when can be read."""
    text = render_text(shop, width=80, colour=False, include_accepted=True)
    matches_golden(text, "shop-accepted.txt")


def test_colour_changes_nothing_but_the_colour(shop: Report) -> None:
    """With the colours taken away, the coloured report is the plain one."""
    coloured = render_text(shop, width=80, colour=True)
    assert COLOUR.search(coloured)
    assert COLOUR.sub("", coloured) == render_text(shop, width=80, colour=False)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_running_text_keeps_to_the_width(shop: Report, width: int) -> None:
    """A line is longer than the terminal only where a name or one whole sentence must not break."""
    verbatim = re.compile(r"Analysed|Verdict|(error|warning|gap)\[|  -->|   \|      at |   = more")
    lines = render_text(shop, width=width, colour=False).splitlines()
    wide = [line for line in lines if len(line) > width and not verbatim.match(line)]
    assert wide == []


def test_the_whole_report_in_chinese(
    shop: Report, matches_golden: Callable[[str, str], None]
) -> None:
    """All that is ours is in Chinese; names, fingerprints and what others wrote stay."""
    text = render_text(shop, width=80, colour=False, include_accepted=True, lang="zh")
    matches_golden(text, "shop-zh.txt")


@pytest.mark.parametrize("width", [40, 60, 80])
def test_chinese_keeps_to_the_width_in_cells(shop: Report, width: int) -> None:
    """A Chinese character takes two cells, and its line ends where a terminal's would."""
    whole = re.compile(r"中已分析|结论|(错误|警告|未分析)\[|  -->|   \|      位于|   = 详情")
    lines = render_text(shop, width=width, colour=False, lang="zh").splitlines()
    wide = [line for line in lines if cell_len(line) > width and not whole.search(line)]
    assert wide == []


@given(
    text=st.text("个人信息以明文（）：，。 ab.`", max_size=200),
    width=st.sampled_from([40, 60]),
)
def test_marks_stay_with_the_words_they_belong_to(text: str, width: int) -> None:
    """No line of Chinese begins with a mark that closes, and no text is lost by wrapping."""
    lines = [line.plain for line in paragraph(text, width=width)]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for before, line in pairwise(lines):
        assert not line.startswith(tuple("，。：）")) or before.endswith(tuple("（，。：）"))


@pytest.mark.parametrize(
    ("terminal", "environment", "wanted"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"NO_COLOR": ""}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_colour_is_for_terminals_whose_owner_wants_it(
    terminal: bool,  # noqa: FBT001 - a row of the table above
    environment: dict[str, str],
    wanted: bool,  # noqa: FBT001 - likewise
) -> None:
    """No colour in a pipe, with NO_COLOR set to anything, or on a dumb terminal."""
    assert wants_colour(terminal=terminal, environment=environment) is wanted


@pytest.mark.parametrize(
    ("statements", "analysed", "first"),
    [
        (0, 0, "Analysed nothing: no statement was found. Gaps: 1."),
        (1, 1, "Analysed 1 of 1 statement (100 %): 2 relations, 3 columns."),
        (10_000, 9_999, "Analysed 9999 of 10000 statements (99.9 %): 2 relations, 3 columns."),
        (3, 0, "Analysed 0 of 3 statements (0.0 %): 2 relations, 3 columns."),
    ],
)
def test_the_first_line_never_rounds_up(
    shop: Report, statements: int, analysed: int, first: str
) -> None:
    """The first line says how much was analysed; 100 % means every statement."""
    coverage = Coverage(statements=statements, analysed=analysed, relations=2, columns=3)
    text = render_text(msgspec.structs.replace(shop, coverage=coverage), width=80, colour=False)
    assert text.splitlines()[0].startswith(first)


@pytest.mark.parametrize("code", ExitCode)
def test_the_last_line_says_what_the_exit_code_means(shop: Report, code: ExitCode) -> None:
    """Every verdict is in words, and no verdict claims that law is kept."""
    text = render_text(msgspec.structs.replace(shop, exit_code=code), width=80, colour=False)
    assert re.search(rf"^Verdict: .* Exit code {int(code)}: .*\.$", text.splitlines()[-1])
    assert "complian" not in text.lower()


def test_a_report_of_nothing_does_not_look_like_a_pass() -> None:
    """Without statements and rules, the report says that nothing was checked."""
    empty = Report(
        tool="fieldgate 0.1.0",
        coverage=Coverage(statements=0, analysed=0, relations=0, columns=0),
        findings=(),
        accepted=(),
        gaps=(),
        rules=(),
        notes=(),
        exit_code=ExitCode.NOTHING_ANALYSED,
    )
    assert render_text(empty, width=80, colour=False) == (
        "Analysed nothing: no statement was found. Gaps: 0.\n\n"
        "0 rules: nothing was checked.\n\n"
        "Verdict: 0 errors, 0 warnings, 0 notes."
        " Exit code 3: nothing was analysed, so nothing is known.\n"
    )


def test_a_long_path_shows_its_ends_and_counts_the_middle(shop: Report) -> None:
    """A path of fifty hops shows where it starts and ends, and how to see the rest."""
    hops = tuple(
        Hop(Column(f"t{number}", "c"), Origin("a.sql", number + 1, 1), TransformSubtype.IDENTITY)
        for number in range(50)
    )
    finding = msgspec.structs.replace(shop.findings[2], path=hops)
    report = msgspec.structs.replace(shop, findings=(finding,))
    text = render_text(report, width=80, colour=False)
    shown = re.findall(r"-> (t\d+)\.c", text)
    assert shown == [f"t{number}" for number in (*range(6), *range(44, 50))]
    assert f"… 38 more hops: `fieldgate explain {finding.fingerprint}` shows them" in text


def test_findings_in_any_order_make_the_same_report(shop: Report) -> None:
    """The order in which findings are handed over decides nothing."""
    backwards = msgspec.structs.replace(shop, findings=shop.findings[::-1])
    assert render_text(backwards, width=80, colour=False) == render_text(
        shop, width=80, colour=False
    )


@given(data=st.data())
def test_hostile_text_is_inert(
    filled: Callable[[str], Report], hostile: st.SearchStrategy[str], data: st.DataObject
) -> None:
    """Whatever a project calls its things, a build log gets no command and no control."""
    text = data.draw(hostile)
    width = data.draw(st.sampled_from([40, 80]))
    lang = data.draw(st.sampled_from(get_args(Lang)))
    plainly = render_text(filled(text), width=width, colour=False, include_accepted=True, lang=lang)
    assert not COMMAND.search(plainly)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plainly)
    assert plainly.encode("utf-8")
    coloured = render_text(filled(text), width=width, colour=True, include_accepted=True, lang=lang)
    assert COLOUR.sub("", coloured) == plainly
