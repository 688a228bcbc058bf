"""The report as the summary of a job, judged by GitHub's own parser of Markdown."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options as CMarkOptions
from hypothesis import given
from hypothesis import strategies as st

from enforcer.report.markdown import render_markdown
from enforcer.words import Finding, Lang, Severity
from lineage import Column, Gap, GapReason, Origin
from lineage.shown import inert

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.words import Report

MEBIBYTE = 1 << 20


class Page(HTMLParser):
    """The elements of a page, and its text outside of code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, int]] = []
        self.prose: list[str] = []
        self._depth = 0
        # With raw HTML, as the runner has it; what that may do is for others to filter.
        self.feed(github_flavored_markdown_to_html(markdown, CMarkOptions.CMARK_OPT_UNSAFE))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, len(attrs)))
        self._depth += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "code"

    def handle_data(self, data: str) -> None:
        if not self._depth:
            self.prose.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append(("!--", len(data)))


def test_the_whole_report(shop: Report, matches_golden: Callable[[str, str], None]) -> None:
    """The report of the shop reads as it is kept beside this test."""
    matches_golden(render_markdown(shop), "shop.md")


@pytest.mark.parametrize("lang", get_args(Lang))
def test_findings_and_gaps_are_tables(shop: Report, lang: Lang) -> None:
    """GitHub's parser makes a table of the findings and one of the gaps."""
    found = [tag for tag, _ in Page(render_markdown(shop, lang=lang)).elements]
    assert found.count("table") == 2
    assert found.count("tr") == 2 + len(shop.findings) + len(shop.gaps)
    assert not {"a", "img", "script"} & set(found)


def test_hostile_text_makes_no_element(
    filled: Callable[[str], Report], payloads: tuple[str, ...]
) -> None:
    """No attack in any field makes a link, an image, markup, or a cell more."""
    harmless = Page(render_markdown(filled("name"))).elements
    attacks = [payload for payload in payloads if payload.strip()]
    more = (
        "@org/team",
        "org/repo#1",
        "#1",
        "GH-1",
        "bob@evil.example",
        "www.evil.example",
        "http://evil.example",
        "a | b",
        "`a` ``b`` ```c",
        "```\nx\n```",
        "$x$",
        "- [x] done",
        "> x",
        "# x",
        "a\n\n# b",
        "\\`x\\`",
        ":+1:",
        "| - | - |",
    )
    wrong = [
        it for it in (*attacks, *more) if Page(render_markdown(filled(it))).elements != harmless
    ]
    assert wrong == []


@given(data=st.data())
def test_any_text_stays_in_code(
    filled: Callable[[str], Report], hostile: st.SearchStrategy[str], data: st.DataObject
) -> None:
    """No text makes an element, and nothing outside of code is of the project."""
    lang = data.draw(st.sampled_from(get_args(Lang)))
    written = render_markdown(filled(f"x{data.draw(hostile)}"), lang=lang)
    harmless = Page(render_markdown(filled("name"), lang=lang))
    page = Page(written)
    assert page.elements == harmless.elements
    assert page.prose == harmless.prose
    assert not re.search(r"[@#<]", "".join(page.prose))
    assert inert(written) == written


def test_a_summary_is_never_too_large(shop: Report) -> None:
    """Of 30,000 findings and gaps with long names the heaviest are there and the rest counted."""
    name = "\U000e0041" * 400
    model = shop.findings[0]
    card = msgspec.structs.replace(model.rule, severity=Severity.ERROR, id="heavy")
    heavy = msgspec.structs.replace(model, rule=card)
    light = [
        Finding(
            rule=model.rule,
            field=Column(name, ""),
            category="",
            sink=str(number),
            flow="",
            message=model.message,
            origin=Origin(name, number, 1),
        )
        for number in range(30_000)
    ]
    gaps = tuple(
        Gap(GapReason.PARSE_ERROR, name, (name,), Origin(name, 1, 1)) for _ in range(1_000)
    )
    report = msgspec.structs.replace(
        shop, findings=(*light, heavy), gaps=gaps, notes=shop.notes * 10_000
    )
    written = render_markdown(report)
    assert len(written.encode()) < MEBIBYTE
    assert "| error | `heavy` |" in written
    assert len(re.findall(r"\d+ more do not fit here", written)) == 3
