"""Hostile YAML, in each file of a project that Fieldgate reads as YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.documents.compose import MAX_BYTES
from enforcer.documents.compose import compose as compose_own
from enforcer.words import PolicyError
from lineage import InputError, strict_yaml
from lineage.strict_yaml import MAX_DEPTH, Mapping, Scalar, compose
from tests.hostile.running import Case, complaints
from tests.hostile.yaml_texts import Text, all_texts, merge_bomb, nested, tags

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SQL = "create table mart.t as select id from raw.t;\n"
# A file that the configuration names, and how.
NAMED = {
    "labels.yml": "labels: [labels.yml]",
    "places.yml": "places: places.yml",
    "notice.yml": "notice: [notice.yml]",
    "contract.yml": "contracts: [contract.yml]",
    "dataset.yml": "datasets: ['data*.yml']",
    "policies/own.yml": "policies: [policies]",
    "waivers.yml": "waivers: waivers.yml",
}


def config_maker(text: Text) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / "a.sql").write_text(SQL)
        (root / "fieldgate.yml").write_bytes(text.content)

    return make


def named_maker(text: Text, file: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / "a.sql").write_text(SQL)
        (root / "fieldgate.yml").write_text(f"version: 1\n{NAMED[file]}\n")
        (root / file).parent.mkdir(exist_ok=True)
        (root / file).write_bytes(text.content)

    return make


def dbt_maker(text: Text) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / "target").mkdir()
        (root / "target" / "manifest.json").write_text("{}")
        (root / "dbt_project.yml").write_bytes(text.content)

    return make


def where(file: str, text: Text) -> str:
    return f"{file}:{text.line}:"


@pytest.mark.threat(13)
@pytest.mark.threat(19)
@pytest.mark.threat(20)
@pytest.mark.threat(21)
@pytest.mark.threat(22)
@pytest.mark.threat(24)
def test_no_configuration_does_harm(tmp_path: Path) -> None:
    """Each hostile configuration is one line that names the file and the line, and exit 2."""
    cases = [
        Case(text.name, config_maker(text), where("fieldgate.yml", text), 2) for text in all_texts()
    ]
    assert complaints(cases, tmp_path) == []


@pytest.mark.threat(13)
@pytest.mark.threat(19)
@pytest.mark.threat(20)
@pytest.mark.threat(21)
@pytest.mark.threat(22)
@pytest.mark.threat(24)
def test_no_file_that_a_configuration_names_does_harm(tmp_path: Path) -> None:
    """Labels, places, notices, contracts, datasets, rules and waivers are read as strictly."""
    files = [*NAMED][:-1]
    texts = all_texts()
    cases = [
        Case(text.name, named_maker(text, file), where(file, text), 2)
        for number, text in enumerate(texts)
        for file in [files[number % len(files)]]
    ]
    some = [texts[0], texts[9], texts[20]]
    cases += [
        Case(
            f"waivers {text.name}", named_maker(text, "waivers.yml"), where("waivers.yml", text), 2
        )
        for text in some
    ]
    assert complaints(cases, tmp_path) == []


@pytest.mark.threat(13)
@pytest.mark.threat(19)
@pytest.mark.threat(20)
@pytest.mark.threat(21)
@pytest.mark.threat(22)
@pytest.mark.threat(24)
def test_no_dbt_project_file_does_harm(tmp_path: Path) -> None:
    """What dbt itself would read is read, and all else is one line and exit 4."""
    cases = [
        Case(text.name, dbt_maker(text), "dbt_project.yml:", 4)
        for text in all_texts()
        if not text.foreign
    ]
    assert complaints(cases, tmp_path) == []


@pytest.mark.threat(21)
@pytest.mark.parametrize("style", ["flow", "maps", "dashes", "block"])
def test_depth_is_one_number_in_every_style(style: str) -> None:
    """One level fewer than the limit is read, the limit is, one more is not."""
    outer = 0 if style == "block" else 1  # the mapping around
    for depth in (MAX_DEPTH - 1, MAX_DEPTH):
        assert compose(nested(style, depth - outer), "f", InputError)
    with pytest.raises(InputError, match=f"nested more than {MAX_DEPTH} deep"):
        compose(nested(style, MAX_DEPTH + 1 - outer), "f", InputError)


@pytest.mark.threat(19)
def test_a_large_file_without_aliases_is_read() -> None:
    """What is counted is what aliases add: ten megabytes of plain text are no bomb."""
    text = "a: |\n" + "  some words that somebody wrote\n" * 330_000
    assert 10_000_000 < len(text) < MAX_BYTES
    assert compose_own(text, "f")


@pytest.mark.threat(19)
def test_aliases_are_counted_by_what_they_stand_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the limit aliases are read, and values that are written do not count against it."""
    monkeypatch.setattr(strict_yaml, "MAX_ADDED", 100)
    text = "a: &a [b, c, d]\nplain: [" + "x, " * 200 + "]\nuses: [" + "*a, " * 25 + "]\n"
    assert compose(text, "f", InputError)
    with pytest.raises(InputError, match="f:4:7: aliases that stand for more than 100"):
        compose(text + "more: *a\n", "f", InputError)


@pytest.mark.threat(20)
def test_a_merge_bomb_in_dbts_own_files_is_budgeted() -> None:
    """Sixteen doublings are too many, a few are what they say."""
    with pytest.raises(InputError, match="aliases that stand for more"):
        compose(merge_bomb(24), "f", InputError, foreign=True)
    root = compose(merge_bomb(3), "f", InputError, foreign=True)
    assert isinstance(root, Mapping)
    last = root.entries[-1][1]
    assert isinstance(last, Mapping)
    assert sorted(key.text for key, _ in last.entries) == ["k1", "k2", "k3", "x"]


@pytest.mark.threat(22)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("base: &b {a: 1}\na: 2\n<<: *b\n", "2"),
        ("base: &b {a: 1}\n<<: *b\na: 2\n", "2"),
        ("one: &o {a: 1}\ntwo: &t {a: 2}\n<<: [*o, *t]\n", "1"),
        ("base: &b {a: 1}\n'<<': *b\na: 2\n", "2"),
    ],
)
def test_a_merged_key_is_none_that_is_written_twice(text: str, value: str) -> None:
    """In dbt's files what is written goes before what is merged, the first merge first."""
    root = compose(text, "f", InputError, foreign=True)
    assert isinstance(root, Mapping)
    found = [node for key, node in root.entries if key.text == "a"]
    assert [node.text for node in found if isinstance(node, Scalar)] == [value]


@pytest.mark.threat(23)
@pytest.mark.parametrize(
    "written",
    [
        *("no", "NO", "off", "yes", "y", "on", "12:30:45", "190:20:30", "017", "0o17", "0x1F"),
        *("1_000", "2001-13-45", "2001-01-01", "2001-12-14t21:59:43.10-05:00", "1e3", ".inf"),
        *(".nan", "~", "null", "9" * 5000, "1:59" * 50_000, "=", "0b11", "+.inf", "- 0"[2:]),
    ],
)
def test_no_text_becomes_anything_but_text(written: str) -> None:
    """Norway stays Norway, and neither a date nor a number of any size is made of a text."""
    root = compose(f"a: {written}\n", "f", InputError)
    assert isinstance(root, Mapping)
    value = root.entries[0][1]
    assert isinstance(value, Scalar)
    assert value.text == written


@pytest.mark.threat(24)
@pytest.mark.parametrize("text", tags(), ids=lambda text: text.name)
def test_no_tag_is_obeyed(text: Text) -> None:
    """A tag is an error, whatever it would make."""
    for foreign in (False, True):
        with pytest.raises(PolicyError, match="tag `"):
            compose(text.content.decode(), "f", PolicyError, foreign=foreign)


def test_dbts_files_may_say_what_a_value_is_anyway() -> None:
    """The tags of plain values change nothing, so dbt's own files may have them."""
    text = "a: !!str 1\nb: !!seq [!!int 2]\nc: !!map {d: !!bool yes}\n"
    assert compose(text, "f", InputError, foreign=True)
    with pytest.raises(InputError, match="tag"):
        compose(text, "f", InputError)
