"""YAML that people write: what is refused, where it says so, and what the rest means."""

from __future__ import annotations

import os
import time
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from enforcer.documents import nearest, nearest_or_all, parse_document, read_document
from enforcer.documents.compose import MAX_BYTES, compose
from enforcer.documents.nodes import Mapping, Scalar
from enforcer.rules import Rule, Sample, Strict
from enforcer.words import PolicyError
from lineage import strict_yaml

if TYPE_CHECKING:
    from pathlib import Path

Texts = dict[str, str]


def refusal(text: str, shape: type = Texts) -> str:
    with pytest.raises(PolicyError) as caught:
        parse_document(text, "f.yml", shape)
    assert caught.value.next_step
    return str(caught.value)


def alias_bomb(levels: int, width: int) -> str:
    lines = [f"a0: &a0 [{', '.join('x' * width)}]"]
    for level in range(1, levels):
        items = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} [{items}]")
    return "\n".join(lines)


def merge_bomb(levels: int) -> str:
    lines = ["a0: &a0 {k0: v}"]
    lines += [f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: v}}" for n in range(1, levels)]
    return "\n".join(lines)


def test_aliases_repeat_only_so_much() -> None:
    """Nine levels of nine aliases are refused at once: what counts is what they expand to."""
    started = time.perf_counter()
    assert refusal(alias_bomb(9, 9)).startswith("f.yml:6:10: aliases that stand for more")
    assert time.perf_counter() - started < 1


def test_few_aliases_are_welcome() -> None:
    """An alias says again what its anchor said."""
    document = parse_document("a: &x [one, two]\nb: *x\n", "f.yml", dict[str, tuple[str, ...]])
    assert document.value == {"a": ("one", "two"), "b": ("one", "two")}


@pytest.mark.parametrize("text", ["a: *a", "a: &a [*a]", "*a : 1"])
def test_an_alias_of_nothing_is_refused(text: str) -> None:
    """An alias cannot stand before the end of what it repeats."""
    assert "alias `a` of nothing" in refusal(text)


def test_merge_keys_are_refused() -> None:
    """Keys stand where they are written; a merge bomb is refused in no time."""
    started = time.perf_counter()
    assert refusal(merge_bomb(24)).startswith("f.yml:2:10: merge key `<<`")
    assert time.perf_counter() - started < 0.1
    assert "merge key" in refusal('a: {"<<": b}')


@pytest.mark.parametrize(
    "nest",
    [
        lambda depth: "[" * depth + "]" * depth,
        lambda depth: "{a: " * depth + "x" + "}" * depth,
        lambda depth: "- " * depth + "x",
        lambda depth: "\n".join(" " * n + "a:" for n in range(depth)) + " x",
    ],
    ids=["flow lists", "flow mappings", "block lists", "block mappings"],
)
def test_nesting_ends_at_64(nest) -> None:  # noqa: ANN001 - text by depth
    """Sixty-four levels are read and sixty-five are not, however they are written."""
    assert compose(nest(63), "f.yml")
    assert compose(nest(64), "f.yml")
    with pytest.raises(PolicyError, match="nested more than 64 deep"):
        compose(nest(65), "f.yml")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_a_hundred_thousand_levels_kill_nobody(opening: str) -> None:
    """Depth is counted before anything recurses."""
    with pytest.raises(PolicyError):
        compose(opening * 100_000, "f.yml")


def test_aliases_do_not_hide_depth() -> None:
    """What an alias repeats is as deep as where it is repeated."""
    text = f"a: &a {'[' * 40}{']' * 40}\nb: {'[' * 40}*a{']' * 40}"
    with pytest.raises(PolicyError, match="nested more than 64 deep"):
        compose(text, "f.yml")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a: 1\nb: 2\na: 3", "3:1: `a`"),
        ('allow: no\n"allow": yes', "2:1: `allow`"),
        ("é: 1\ne\u0301: 2", "2:1: `é`"),
        ("x: {a: 1, a: 1}", "1:11: `a`"),
        ("a: &k a\n*k : b", "2:1: `a`"),
    ],
)
def test_a_key_is_written_once(text: str, at: str) -> None:
    """Two equal keys are an error, quoted or not, however their accents are written."""
    assert refusal(text).startswith(f"f.yml:{at} is written twice, first in line 1")


def test_the_norway_problem_does_not_exist() -> None:
    """A text stays what was written, whatever it looks like."""
    written = "no yes on off NO y n true null_ 0o17 017 12:30:45 1_000 1e3 .inf 2001-01-01 0x1F"
    text = "\n".join(f"k{n}: {word}" for n, word in enumerate(written.split()))
    assert list(parse_document(text, "f.yml", Texts).value.values()) == written.split()


def test_long_numbers_are_only_texts() -> None:
    """Neither sexagesimal numbers nor ten thousand digits are ever counted out."""
    for text in ("1" + ":59" * 100_000, "9" * 10_000):
        assert parse_document(f"a: {text}", "f.yml", Texts).value == {"a": text}
    assert "a whole number should be" in refusal(f"a: {'9' * 10_000}", dict[str, int])


@pytest.mark.parametrize("text", ["a: 2001-13-45", "a: 2001-02-29", "a: 20010101", "a: today"])
def test_a_date_that_is_none_is_refused(text: str) -> None:
    """Days that no calendar has are an error, not an exception."""
    assert "a date such as 2026-01-31 should be" in refusal(text, dict[str, date])


@pytest.mark.parametrize("word", ["yes", "on", "1", "y", '"true"', "tRUE"])
def test_truth_has_two_words(word: str) -> None:
    """Where truth is asked for only true and false are answers."""
    assert "true or false should be" in refusal(f"a: {word}", dict[str, bool])


@pytest.mark.parametrize("word", ["", "~", "null", "Null"])
def test_nothing_is_no_value(word: str) -> None:
    """A key without a value is a mistake; in quotes the same word is a text."""
    assert "nothing stands where a text should be" in refusal(f"a: {word}")
    assert parse_document(f'a: "{word}"', "f.yml", Texts).value == {"a": word}


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system [id]",
        "!!python/name:os.system x",
        "!!python/module:os x",
        "!!python/object:os.x {}",
        "!!python/object/new:os.x []",
        "!!python/tuple [1]",
        "!!binary aGk=",
        "!!set {a}",
        "!!str x",
        "!include /etc/passwd",
        "! x",
        "!<tag:yaml.org,2002:str> x",
    ],
)
def test_tags_are_refused(tag: str) -> None:
    """No document says what a value is made into."""
    assert refusal(f"a: {tag}").startswith("f.yml:1:4: tag `")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a: b\x00", "1:5"),
        ("a: \x1b[31m", "1:4"),
        ("a: x\nb: \u202exyz", "2:4"),
        ("a: \u2066x", "1:4"),
        ("a: \x85", "1:4"),
        ('a: "\\0"', "1:4"),
        ('a: "\\e[0m"', "1:4"),
        ('a: "\\u202e"', "1:4"),
    ],
)
def test_characters_that_control_or_hide_text_are_refused(text: str, at: str) -> None:
    """Neither raw nor escaped does a document hold what acts on a terminal or reorders text."""
    assert refusal(text).startswith(f"f.yml:{at}: character U+")


def test_a_document_is_one_mapping() -> None:
    """Two documents, none, or keys that are no names are refused."""
    assert "a second document" in refusal("a: b\n---\na: c")
    assert "the file is empty" in refusal("# nothing\n")
    assert "as a key" in refusal("? [a]\n: b")
    assert refusal("just text") == (
        "f.yml:1:1: `just text` where keys with values should be; write keys with values"
    )


def test_syntax_errors_have_a_place() -> None:
    """What is not YAML is named with line and column."""
    assert refusal("a: b\nc: d: e").startswith("f.yml:2:5: not YAML: ")
    assert refusal("a: b\n\t- c").startswith("f.yml:2:1: not YAML: ")


def test_messages_stay_on_one_line() -> None:
    """A long or folded text is quoted short and in one line."""
    message = refusal(f'"{"x" * 500}\n\n y": b', Rule)
    assert len(message) < 400
    assert "\n" not in message


@given(st.text(max_size=200))
def test_any_text_that_is_no_rule_is_refused(text: str) -> None:
    """There is no text on which reading fails otherwise than by saying why."""
    with pytest.raises(PolicyError) as caught:
        parse_document(text, "f.yml", Rule)
    assert caught.value.origin.line >= 1
    assert caught.value.origin.column >= 1


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8).filter(lambda k: k.isalnum() and k.isascii()),
        st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=20),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_dumped_is_read(values: dict[str, str]) -> None:
    """A mapping of texts comes back as it was, with quotes where YAML wants them."""
    text = yaml.safe_dump(values, default_style='"', allow_unicode=True)
    assert parse_document(text, "f.yml", Texts).value == values


def test_every_value_has_a_place() -> None:
    """Line and column of a value and of its key can be asked for afterwards."""
    text = "deny:\n  data: [user.name,\n         user.mail]\n  into: {place: crm}\n"
    document = parse_document(f"{text}{RULE}", "r.yml", Rule)
    assert str(document.origin("deny", "data", 1)) == "r.yml:3:10"
    assert str(document.key_origin("deny", "into")) == "r.yml:4:3"
    assert str(document.origin("deny", "into", "place", "any", 0)) == "r.yml:4:17"
    assert str(document.origin("unless", 3, "guard")) == "r.yml:1:1"
    assert document.keys("deny") == ("data", "into")
    assert document.keys("unless") == ()


RULE = "id: a\ntitle: A\nphase: use\nwhy: x\nfix: y\navoid: select 1\nprefer: {sql: select 2}\n"


def test_short_forms_say_the_same_as_long_ones() -> None:
    """A word may stand for a list of one, a list for a choice, and SQL for a sample."""
    short = parse_document(f"deny: {{data: user, into: {{place: crm}}}}\n{RULE}", "r.yml", Rule)
    long = parse_document(
        f"deny: {{data: [user], into: {{place: {{any: [crm]}}}}}}\n{RULE}", "r.yml", Rule
    )
    assert short.value == long.value
    assert short.value.avoid == Sample(sql="select 1")


def test_a_struct_without_short_form_has_none() -> None:
    """Only where a type says so may anything but a mapping be written."""

    class Plain(Strict, frozen=True, kw_only=True):
        name: str

    assert "keys with values should be" in refusal("Ann", Plain)


def test_files_are_read_from_their_folder_only(tmp_path: Path) -> None:
    """Links, folders, large files and other encodings are refused, by the name they were given."""
    root = tmp_path.resolve()
    (root / "good.yml").write_bytes(b"\xef\xbb\xbfa: b\n")
    assert read_document(root, "good.yml", Texts).value == {"a": "b"}
    (root / "link.yml").symlink_to(root / "good.yml")
    (root / "folder.yml").mkdir()
    (root / "latin.yml").write_bytes("a: é".encode("latin-1"))
    with (root / "large.yml").open("wb") as file:
        os.truncate(file.fileno(), MAX_BYTES + 1)
    for name in ("link.yml", "folder.yml", "latin.yml", "large.yml", "none.yml", "../x.yml"):
        with pytest.raises(PolicyError) as caught:
            read_document(root, name, Texts)
        assert str(caught.value).startswith(f"{name}:1:1: ")
        assert str(root) not in str(caught.value)


def test_size_is_one_limit_and_the_number_of_values_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A long text is fine, and many values are; too many of them are not."""
    assert parse_document(f"a: {'x' * (MAX_BYTES - 10)}", "f.yml", Texts).value
    assert "larger than" in refusal("a: " + "x" * MAX_BYTES)
    monkeypatch.setattr(strict_yaml, "MAX_NODES", 1000)
    assert parse_document("\n".join(f"k{n}: v" for n in range(499)), "f.yml", Texts).value
    assert "more than 1000 values" in refusal("\n".join(f"k{n}: v" for n in range(500)))


def test_nearest_words() -> None:
    """The nearest word is offered if one is near, and else all words there are."""
    assert nearest("dney", ["deny", "require"]) == "deny"
    assert nearest("DENY", ["deny"]) == "deny"
    assert nearest("xyz", ["deny"]) is None
    assert nearest_or_all("xyz", ["b", "a"]) == "use one of `a`, `b`"


def test_both_parsers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser in Python gives the same tree as the one in C."""
    text = "a: [1, 'x', \"y\", ~]\nb: |\n  long\n  text\nc: &c {d: e}\nf: *c\n"
    fast = compose(text, "f.yml")
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert compose(text, "f.yml") == fast
    assert isinstance(fast, Mapping)
    assert fast.entries[1][1] == Scalar(2, 4, "long\ntext\n", plain=False)
    assert msgspec.structs.asdict(fast)["line"] == 1
