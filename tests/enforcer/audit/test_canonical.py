"""A record has one spelling, and it is that of RFC 8785."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from enforcer.audit.canonical import NotCanonicalError, bare, decoded, encoded, version
from enforcer.audit.cleaning import clean, cleaned, is_clean
from enforcer.audit.records import (
    DecisionRecord,
    Flow,
    InputRecord,
    Location,
    Step,
    Subject,
    Verdict,
)
from lineage.projects import Outcome

texts = st.text(max_size=30) | st.text(
    st.sampled_from('\\"u{}/\x00\n\t\x1b\x7f\x85\u200f\u202e\u2028\ud800\udfff\U0010ffffé€😀a'),
    max_size=30,
)
counts = st.integers(0, 2**53 - 1)
locations = st.builds(Location, file=texts, line=counts, column=counts)
steps = st.builds(
    Step, relation=texts, column=texts, functions=st.tuples(texts, texts), origin=locations
)
decisions = st.builds(
    DecisionRecord,
    verdict=st.sampled_from(Verdict),
    rule_id=texts,
    n=counts,
    judged=counts,
    subject=st.none() | st.builds(Subject, relation=texts, column=texts, sink=texts),
    flow=st.none() | st.builds(Flow, kind=texts, path=st.tuples(steps, steps)),
    origin=st.none() | locations,
)


@given(decisions)
def test_the_encoding_is_rfc_8785(record: DecisionRecord) -> None:
    """A clean record's line is the canonical JSON of its content."""
    line = encoded(cleaned(record))
    assert rfc8785.dumps(json.loads(line)) == line


@given(decisions)
def test_any_record_comes_back(record: DecisionRecord) -> None:
    """Whatever text a record was made of, its clean form is read back as it was written."""
    record = cleaned(record)
    assert decoded(encoded(record)) == record


@given(texts, texts)
def test_cleaning_loses_nothing(one: str, other: str) -> None:
    """Two texts look the same only when they are the same, and no control survives."""
    assert (clean(one) == clean(other)) == (one == other)
    assert is_clean(json.dumps(clean(one), ensure_ascii=False).encode())


@given(st.text('\\"n\x1b', max_size=12))
def test_a_hidden_character_is_seen_in_the_line(text: str) -> None:
    """A canonical line is clean exactly when its text holds no control character."""
    line = encoded(InputRecord(path=text, kind="", sha256="", bytes=0, outcome=Outcome.ANALYSED))
    assert is_clean(line) == ("\x1b" not in text)


def test_a_long_name_is_cut_and_stays_distinct() -> None:
    """Two megabyte names that differ at the end are short, and differ."""
    one, other = clean("a" * 10**6 + "b"), clean("a" * 10**6 + "c")
    assert one != other
    assert max(len(one), len(other)) < 500


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[" * 30_000,
        b'{"a":' * 6_000,
        b'{"type":"input","path":' + b"[" * 30_000,
        b'{"bytes":0,"kind":"","outcome":"analysed","path":"\xff","sha256":"","type":"input"}',
        b'{"bytes":0,"kind":"","outcome":"analysed","path":"\\ud800","sha256":"","type":"input"}',
        b'{"bytes":0,"kind":"","outcome":"analysed","path":"\x1b","sha256":"","type":"input"}',
        b'{"bytes":0,"kind":"","outcome":"analysed","path":"\\u001b","sha256":"","type":"input"}',
        b'{"bytes":0,"kind":"","outcome":"analysed","path":"\x7f","sha256":"","type":"input"}',
        b'{"bytes":0,"kind":"","outcome":"analysed","path":"a","path":"b","sha256":"","type":"input"}',
        b'{"bytes":0, "kind":"","outcome":"analysed","path":"a","sha256":"","type":"input"}',
        b'{"kind":"","bytes":0,"outcome":"analysed","path":"a","sha256":"","type":"input"}',
        b'{"bytes":0.0,"kind":"","outcome":"analysed","path":"a","sha256":"","type":"input"}',
        b'{"bytes":1e400,"kind":"","outcome":"analysed","path":"a","sha256":"","type":"input"}',
        b'{"bytes":%s,"kind":"","outcome":"analysed","path":"a","sha256":"","type":"input"}'
        % (b"9" * 5000),
        b'{"bytes":0,"extra":1,"kind":"","outcome":"analysed","path":"a","sha256":"","type":"input"}',
        b'{"bytes":0,"kind":"","outcome":"analysed","path":"a","reason":"","sha256":"","type":"input"}',
    ],
)
def test_other_spellings_are_refused(line: bytes) -> None:
    """Bytes that are not the one way to write a record are no record."""
    with pytest.raises(NotCanonicalError):
        decoded(line)


@pytest.mark.parametrize("line", [b"", b"\xff", b"[" * 30_000, b'{"v":"1"}', b'{"v":1.5}', b"{}"])
def test_no_version_is_claimed(line: bytes) -> None:
    """Bytes that name no format claim none."""
    assert version(line) is None


def test_the_bare_line_says_nothing_of_the_run_id() -> None:
    """What the run id is the digest of does not depend on the run id."""
    record = InputRecord(path="a", kind="sql", sha256="", bytes=1, outcome=Outcome.ANALYSED, n=3)
    with_id = InputRecord(
        path="a",
        kind="sql",
        sha256="",
        bytes=1,
        outcome=Outcome.ANALYSED,
        n=3,
        run_id="ab",
        prev="cd",
    )
    assert bare(with_id) == encoded(record)
