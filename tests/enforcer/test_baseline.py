"""What a baseline absorbs, what it never absorbs, and how its file reads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from enforcer.baseline import (
    apply_baseline,
    baseline_text,
    parse_baseline,
    read_baseline,
    write_baseline,
)
from enforcer.words import Finding, Phase, PolicyError, RuleCard, Severity, verbatim
from lineage import Column, InputError, Origin

if TYPE_CHECKING:
    from pathlib import Path


def make_finding(column: str, file: str = "models/a.sql", sink: str = "mart.mailing") -> Finding:
    card = RuleCard(id="r", title="", pack="gdpr", phase=Phase.USE, severity=Severity.ERROR)
    return Finding(
        rule=card,
        field=Column("crm.customers", column),
        category="user.contact",
        sink=sink,
        flow="direct",
        message=verbatim(""),
        origin=Origin(file, 1, 1),
    )


EMAIL, PHONE = make_finding("email"), make_finding("phone")
BASELINE = baseline_text((PHONE, EMAIL))


def test_what_stood_is_absorbed_and_what_is_new_is_left() -> None:
    """A finding of the baseline is accepted, any other is left."""
    new = make_finding("fax")
    left, accepted = apply_baseline((EMAIL, new, PHONE), parse_baseline(BASELINE, "b.yml"))
    assert left == (new,)
    assert [(item.finding, item.by) for item in accepted] == [
        (EMAIL, "baseline"),
        (PHONE, "baseline"),
    ]


def test_another_sink_in_the_same_file_is_new() -> None:
    """The same column that reaches another sink is not absorbed."""
    new = make_finding("email", sink="mart.ads")
    left, _ = apply_baseline((EMAIL, PHONE, new), parse_baseline(BASELINE, "b.yml"))
    assert left == (new,)


def test_a_moved_file_changes_nothing() -> None:
    """The same flow in another file is still absorbed."""
    moved = make_finding("email", file="models/marketing/b.sql")
    left, _ = apply_baseline((moved, PHONE), parse_baseline(BASELINE, "b.yml"))
    assert left == ()


def test_what_was_mended_must_leave_the_baseline() -> None:
    """An entry that matches nothing names its line, counts its like, and says what to do."""
    with pytest.raises(
        PolicyError,
        match=r"b.yml:4:1: .*\(r, crm.customers.email\) matches no finding any more, "
        r"nor do 1 later lines; .*--write-baseline",
    ):
        apply_baseline((), parse_baseline(BASELINE, "b.yml"))


@pytest.mark.parametrize("word", ['"r"', "crm.customers.email", "mart.mailing"])
def test_words_that_are_not_the_findings_are_an_error(word: str) -> None:
    """A fingerprint beside another rule, field or sink absorbs nothing."""
    edited = BASELINE.replace(word, word.replace("r", "x", 1).replace("mart", "port"), 1)
    with pytest.raises(PolicyError, match=r"b.yml:4:1: the finding .*, not `"):
        apply_baseline((EMAIL, PHONE), parse_baseline(edited, "b.yml"))


def test_the_file_is_sorted_and_has_a_line_for_each_finding() -> None:
    """The order of findings does not matter, nor that one is given twice; it is YAML."""
    assert baseline_text((EMAIL, PHONE, EMAIL)) == BASELINE
    assert [entry["field"] for entry in yaml.safe_load(BASELINE)["findings"]] == [
        "crm.customers.email",
        "crm.customers.phone",
    ]
    assert BASELINE.count("\n") == 5


def test_a_line_can_be_taken_out_by_hand() -> None:
    """Without one of its lines the baseline is a baseline."""
    lines = BASELINE.splitlines(keepends=True)
    left, _ = apply_baseline((EMAIL, PHONE), parse_baseline("".join(lines[:-1]), "b.yml"))
    assert left == (PHONE,)


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(names, names)
def test_any_name_comes_back(column: str, sink: str) -> None:
    """Whatever a column is called, its finding is absorbed, and its line is one line."""
    finding = make_finding(column, sink=sink)
    text = baseline_text((finding,))
    assert len(text.splitlines()) == 4
    assert apply_baseline((finding,), parse_baseline(text, "b.yml"))[0] == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("findings:", "finding:"),
        ("- {", "-  {"),
        ('"sink": ', '"sinks": '),
        ('"r"', "1"),
        ('"r"', '{"a": "b"}'),
        ('"r"', '"r", "rule": "r"'),
        ('"r"', "[" * 50_000),
        ('"r"', "9" * 5000),
        (EMAIL.fingerprint, "0123"),
        (EMAIL.fingerprint, PHONE.fingerprint),
    ],
)
def test_what_is_no_baseline_is_named_by_its_line(old: str, new: str) -> None:
    """A file that was not written by the command is an error with file, line and next step."""
    with pytest.raises(PolicyError, match=r"b.yml:[345]:1: .{1,200}; ."):
        parse_baseline(BASELINE.replace(old, new, 1), "b.yml")


def test_an_empty_file_is_no_baseline() -> None:
    """Nothing is not a baseline of nothing."""
    with pytest.raises(PolicyError, match="begins with"):
        parse_baseline("", "b.yml")


def test_no_findings_are_a_baseline() -> None:
    """A clean project's baseline absorbs nothing."""
    assert apply_baseline((EMAIL,), parse_baseline(baseline_text(()), "b.yml")) == ((EMAIL,), ())


def test_writing_and_reading(tmp_path: Path) -> None:
    """What was written, also over an older file, is read back."""
    for findings in ((EMAIL,), (EMAIL, PHONE)):
        write_baseline(findings, tmp_path / "b.yml")
        baseline = read_baseline(tmp_path.resolve(), "b.yml")
        assert apply_baseline(findings, baseline)[0] == ()
    assert [path.name for path in tmp_path.iterdir()] == ["b.yml"]


def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    """Where a link stands nothing is written, neither behind it nor in its place."""
    target, link = tmp_path / "target", tmp_path / "b.yml"
    link.symlink_to(target)
    with pytest.raises(InputError, match="a link"):
        write_baseline((EMAIL,), link)
    assert link.is_symlink()
    assert not target.exists()


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The error names the file, and no half of it stays."""
    with pytest.raises(InputError, match="No such file"):
        write_baseline((EMAIL,), tmp_path / "missing" / "b.yml")


def test_a_failed_write_leaves_the_older_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk fails, what stood before still stands, and nothing beside it."""

    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    path = tmp_path / "b.yml"
    path.write_text("older")
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(InputError, match="Input/output error"):
        write_baseline((EMAIL,), path)
    assert [(file, file.read_text()) for file in tmp_path.iterdir()] == [(path, "older")]


def test_a_missing_baseline_is_an_error(tmp_path: Path) -> None:
    """A baseline that is named and not there is no empty baseline."""
    with pytest.raises(PolicyError, match=r"b.yml:1:1"):
        read_baseline(tmp_path.resolve(), "b.yml")
