"""Text of strangers is encoded for the place where it is shown."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enforcer.report.sarif_parts import sarif_text
from lineage.shown import (
    LONGEST,
    brief,
    guarded,
    inert,
    json_text,
    plain,
    prose,
    relative_uri,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

ANY_TEXT = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from("\\u{}[]()#:%/.\n\r\t \x1b\x85\u2028\u202e\u200b\ud800vso"),
    ),
    max_size=60,
)
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}


def decoded(shown: str) -> str:
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), shown)


def commands(output: str) -> list[str]:
    """The lines that GitHub's runner or Azure's agent would obey, as these read them."""
    lines = re.split("[\r\n\x0b\x0c\x85\u2028\u2029]", re.sub(r"\x1b\[[\d;]*m", "", output))
    return [
        line
        for line in lines
        if line.lstrip().startswith("::") or "##[" in line or re.search(r"##\w+\[", line)
    ]


def test_no_invisible_character_is_shown() -> None:
    """Every character that this Python's Unicode calls invisible or a blank is written out."""
    everything = (chr(code) for code in range(sys.maxunicode + 1))
    seen = [
        hex(ord(char))
        for char in everything
        if char != " " and unicodedata.category(char) in INVISIBLE and plain(char) == char
    ]
    assert seen == []


@pytest.mark.parametrize(
    "name", ["email", "raw.customers", "straße", "顧客.メール", "a-b_c$#1", "\\d"]
)
def test_ordinary_names_are_left_alone(name: str) -> None:
    """A name in any script is shown as it is written."""
    assert plain(name) == name


@given(ANY_TEXT)
def test_what_was_encoded_can_be_read_back(text: str) -> None:
    """No text looks like the encoding of another: encoding can be undone."""
    assert decoded(plain(text)) == text


@given(ANY_TEXT)
def test_shown_text_is_one_line_that_any_terminal_can_print(text: str) -> None:
    """What is shown is one line, encodes to UTF-8, and holds no control character."""
    shown = plain(text)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", shown)
    assert len(shown.splitlines()) <= 1


@given(st.lists(ANY_TEXT, max_size=5), st.sampled_from(["", "  ", "\x1b[31m", "\x1b[1;34m  "]))
def test_no_line_is_a_command_to_a_build_server(texts: Iterable[str], margin: str) -> None:
    """Whatever words begin a line, no build server obeys it."""
    output = "\n".join(margin + plain(text) for text in texts)
    assert commands(guarded(output)) == []


@pytest.mark.parametrize("line", ["a::b", "x: :: y", "# [a]", "## [a]", "select a::int"])
def test_harmless_lines_are_left_alone(line: str) -> None:
    """A cast or a heading is no command."""
    assert guarded(plain(line)) == line


def test_a_giant_name_is_cut_and_the_rest_counted() -> None:
    """A name of a megabyte does not push the verdict out of the log."""
    shown = brief("a" * 1_000_000)
    assert shown == "a" * LONGEST + f"… ({1_000_000 - LONGEST} more characters)"


def test_running_text_is_one_paragraph() -> None:
    """Line breaks that an author made in YAML are no line breaks in a report."""
    assert prose("  one\n   two\r\n\nthree\x07\n") == "one two three\\u{7}"


@given(ANY_TEXT)
def test_sarif_text_has_no_placeholder_and_no_link(text: str) -> None:
    """A viewer finds nothing to substitute and nothing to click in a message."""
    shown = sarif_text(text)
    assert "](" not in shown
    assert not re.search(r"(?<!\{)(?:\{\{)*\{\d+\}", shown)
    assert shown.replace("{{", "").replace("}}", "").count("{") == 0


@given(st.recursive(ANY_TEXT, lambda inner: st.dictionaries(ANY_TEXT, inner, max_size=3)))
def test_json_is_ascii_and_says_the_same(value: object) -> None:
    """JSON output is printable ASCII without `<` and `&`, and reads back as it was."""
    written = json_text(value)
    assert re.fullmatch(r"[\x20-\x25\x27-\x3b\x3d\x3f-\x7e\n]*", written)
    assert commands(written) == []
    assert json.loads(written) == _without_lone_surrogates(value)


def _without_lone_surrogates(value: object) -> object:
    if isinstance(value, dict):
        return {
            _without_lone_surrogates(key): _without_lone_surrogates(inner)
            for key, inner in value.items()
        }
    return re.sub("[\ud800-\udfff]", lambda match: f"\\u{{{ord(match[0]):x}}}", str(value))


@given(ANY_TEXT)
@example("../../etc/passwd")
@example("/etc/passwd")
@example("//evil.example/x")
@example("a/../../b")
@example("file:///etc/passwd")
@example("javascript:alert(1)")
@example("..")
def test_a_uri_stays_below_its_base(path: str) -> None:
    """No path of a project makes a URI that leaves the project's root."""
    uri = relative_uri(path)
    assert re.fullmatch(r"[A-Za-z0-9._~%/-]+", uri)
    base = "https://host.example/checkout/"
    assert urljoin(base, uri).startswith(base)


def test_a_uri_names_the_same_file() -> None:
    """Percent-encoding is undone by whoever opens the file."""
    assert relative_uri("models/a b/ü%2e:c.sql") == "models/a%20b/%C3%BC%252e%3Ac.sql"
    assert unquote(relative_uri("models/a b/ü%2e:c.sql")) == "models/a b/ü%2e:c.sql"


def test_a_long_output_is_made_harmless_line_by_line() -> None:
    """What a line becomes does not depend on how much stands around it, nor is any line lost."""
    odd = (
        "::error::x\n",
        " \t::debug::\n",
        "##[group]y\n",
        "\x1b[31mred\x1b[0m\n",
        "é\u202e\r\n",
        "\n",
    )
    lines = [
        odd[n % 6] if n % 3_000 < 6 else f"plain line {n}: all :is# well\n" for n in range(20_000)
    ]
    lines.append("::the end")
    for options in (
        {},
        {"colour": True},
        {"annotations": True},
        {"colour": True, "annotations": True},
    ):
        assert inert("".join(lines), **options) == "".join(inert(line, **options) for line in lines)
