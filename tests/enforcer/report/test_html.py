"""The report as a page."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.report.html import render_html
from enforcer.words import Lang

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from enforcer.words import Report

Element = tuple[str, tuple[str, ...]]
HAN = re.compile("[\u4e00-\u9fff]")


class Elements(HTMLParser):
    """Collects the elements of a page and the names of their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Element] = []
        self.text: list[str] = []
        self.links: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def elements(page: str) -> list[Element]:
    return Elements(page).found


def test_the_whole_report(shop: Report, matches_golden: Callable[[str, str], None]) -> None:
    """The report of the shop reads as it is kept beside this test."""
    matches_golden(render_html(shop), "shop.html")


def test_the_page_stands_alone(shop: Report) -> None:
    """The page runs nothing, loads nothing, and links to nothing but the rules' pages."""
    page = render_html(shop)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'" in page
    assert not {"script", "img", "link", "iframe", "object"} & {tag for tag, _ in elements(page)}
    links = Elements(page).links
    assert all(
        link.startswith("https://github.com/fieldgate/fieldgate/blob/main/docs/rules/")
        for link in links
    )


def test_the_page_can_be_read_without_seeing_it(shop: Report) -> None:
    """Headings descend step by step, and every table cell has a header with a scope."""
    found = elements(render_html(shop))
    levels = [int(tag[1]) for tag, _ in found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all("scope" in names for tag, names in found if tag == "th")
    tables = [tag for tag, _ in found if tag == "table"]
    assert len(tables) == len([tag for tag, _ in found if tag == "caption"])
    assert ("html", ("lang",)) in found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_its_ground(shop: Report, theme: str) -> None:
    """Every colour of text has WCAG's contrast of 4.5 to 1 on both grounds, by day and night."""
    first, second = re.findall(r":root \{(.*?)\}", render_html(shop), re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#\w{6});", first if theme == "light" else second))
    inks = ["ink", "soft", "link", "error", "warning", "note", "clean"]
    faint = [
        (ink, ground)
        for ink in inks
        for ground in ("paper", "card")
        if _contrast(colours[ink], colours[ground]) < 4.5
    ]
    assert faint == []


@pytest.mark.parametrize(("lang", "said"), [("en", "en"), ("zh", "zh-CN")])
def test_the_page_says_its_language(shop: Report, lang: Lang, said: str) -> None:
    """A screen reader and a browser are told which language they read, and all labels are in it."""
    page = render_html(shop, lang=lang)
    assert f'<html lang="{said}">' in page
    labels = re.findall(r"<(?:h[12][^>]*|dt|caption|th scope=\"col\"[^>]*)>([^<]*)", page)
    assert [label for label in labels if (HAN.search(label) is None) != (lang == "en")] == []


def test_hostile_text_makes_no_element(
    filled: Callable[[str], Report], payloads: tuple[str, ...]
) -> None:
    """Sixty attacks in every field make not one element or attribute more."""
    harmless = elements(render_html(filled("name")))
    attacks = [payload for payload in payloads if payload.strip()]
    assert len(attacks) >= 60
    assert [it for it in attacks if elements(render_html(filled(it))) != harmless] == []


@given(data=st.data())
def test_any_text_is_shown_and_stays_text(
    filled: Callable[[str], Report], hostile: st.SearchStrategy[str], data: st.DataObject
) -> None:
    """No text of a project makes an element, a control character or a build command."""
    # Empty texts are left out of the page, with their labels.
    lang = data.draw(st.sampled_from(get_args(Lang)))
    page = render_html(filled(f"x{data.draw(hostile)}"), lang=lang)
    assert elements(page) == elements(render_html(filled("name"), lang=lang))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", page)
    assert not re.search(r"^\s*::|##\w*\[", page, re.MULTILINE)
    assert page.encode("utf-8")


def test_a_browser_finds_no_new_element(
    shop: Report, filled: Callable[[str], Report], payloads: tuple[str, ...], tmp_path: Path
) -> None:
    """A real browser, whose parser forgives more than ours, makes the same elements."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    attacks = [payload for payload in payloads if payload.strip()]
    harmless = _in_browser(chromium, _together(shop, filled, ["name"] * len(attacks)), tmp_path)
    attacked = _in_browser(chromium, _together(shop, filled, attacks), tmp_path)
    assert attacked.found == harmless.found
    assert "script>alert(1)" in "".join(attacked.text)


def _together(shop: Report, filled: Callable[[str], Report], texts: list[str]) -> str:
    reports = [filled(text) for text in texts]
    whole = msgspec.structs.replace(
        shop,
        findings=tuple(finding for report in reports for finding in report.findings),
        accepted=tuple(accepted for report in reports for accepted in report.accepted),
        gaps=tuple(gap for report in reports for gap in report.gaps),
        rules=tuple(rule for report in reports for rule in report.rules),
        notes=tuple(texts),
    )
    return render_html(whole)


def _in_browser(chromium: str, page: str, folder: Path) -> Elements:
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    done = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder / 'profile'}",
            "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True,
        timeout=120,
        check=True,
        encoding="utf-8",
    )
    return Elements(done.stdout)


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio of two colours `#rrggbb`."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
