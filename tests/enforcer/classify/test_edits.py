"""Labels put into YAML: what is inserted, where, and that nothing else changes."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcer.classify.labels_files import with_label, with_labels_file
from enforcer.classify.properties import Entry, Properties
from enforcer.classify.yaml_edits import inserted, written
from enforcer.classify.yaml_places import NotEditableError, Places
from lineage import Column

EMAIL = ("user.contact.email",)
OWN = "{meta: {fieldgate: {category: user.contact.email}}}"
EXAMPLES = Path(__file__).parents[3] / "examples"


def edited(text: str, column: str = "email", entry: Entry = Entry("users")) -> str:  # noqa: B008
    properties = Properties(text)
    properties.label(entry, column, EMAIL)
    assert properties.is_labelled(entry, column)
    return properties.text


def added(before: str, after: str) -> list[str]:
    """The lines that were added, where no line was changed or taken away."""
    lines = (text.splitlines(keepends=True) for text in (before, after))
    changes = list(difflib.ndiff(*lines))
    assert [line for line in changes if line.startswith("- ")] == []
    return [line[2:].rstrip("\r\n") for line in changes if line.startswith("+ ")]


BLOCK = """\
# of the team
version: 2

models:
  - name: orders   # not this one
    columns:
      - name: email
        meta: {owner: ann}

  - name: users
    description: |
      People.

      And more.
    columns: # all of them
      # the first
      - name: id
        tests:
          - unique   # really

      - name: "email"   # where they are reached
        description: >-
          long
          text
        data_tests: [not_null]
    # what follows
    config:
      tags: ['a', "b"]
# the end
"""


def test_a_label_is_a_line_after_the_columns_name() -> None:
    """One line is inserted; comments, quotes, order and blank lines stay as they are."""
    after = edited(BLOCK.replace("meta: {owner: ann}", "config: {meta: {owner: ann}}"))
    assert added(BLOCK.replace("meta: {owner: ann}", "config: {meta: {owner: ann}}"), after) == [
        f"        config: {OWN}"
    ]
    lines = after.splitlines()
    at = lines.index(f"        config: {OWN}")
    assert lines[at - 1] == '      - name: "email"   # where they are reached'


def test_a_label_is_written_as_the_files_others_are() -> None:
    """Where a file keeps plain `meta`, as before dbt 1.10, so does the new label."""
    assert added(BLOCK, edited(BLOCK)) == [f"        meta: {OWN[7:-1]}"]


def test_a_column_that_is_not_there_is_added_at_the_end() -> None:
    """A new column is two lines after the last one, before what follows."""
    after = edited(BLOCK, "mail")
    assert added(BLOCK, after) == ["      - name: mail", f"        meta: {OWN[7:-1]}"]
    lines = after.splitlines()
    assert lines[lines.index("      - name: mail") + 2] == "    # what follows"


HEAD = "models:\n- name: users\n"
COLUMNS = f"{HEAD}  columns:\n"
LABEL = f"    config: {OWN}\n"
META = f"{COLUMNS}  - name: email\n    config:\n      meta:\n        a: b"
NOTE = "    meta: {fieldgate: {note: x"

_STYLES = [
    (f"{COLUMNS}  - name: email\n", f"{COLUMNS}  - name: email\n{LABEL}"),
    (HEAD, f"{COLUMNS}    - name: email\n  {LABEL}"),
    (f"{HEAD}  columns: []\n", f"{HEAD}  columns: [{{name: email, config: {OWN}}}]\n"),
    ("models: [{name: users, columns: [{name: email, tests: [a]}]}]\n",
     f"models: [{{name: users, columns: [{{name: email, tests: [a], config: {OWN}}}]}}]\n"),
    ("models: [{name: users, columns: [{name: id}]}]\n",
     f"models: [{{name: users, columns: [{{name: id}}, {{name: email, config: {OWN}}}]}}]\n"),
    (f"{COLUMNS}  - {{name: id}}\n",
     f"{COLUMNS}  - {{name: id}}\n  - {{name: email, config: {OWN}}}\n"),
    (META, f"{META}\n        fieldgate: {{category: user.contact.email}}"),
    (f"{COLUMNS}  - name: email\n{NOTE}}}}}\n",
     f"{COLUMNS}  - name: email\n{NOTE}, category: user.contact.email}}}}\n"),
    (f"{COLUMNS}  - tests: [a]\n    name: email\n    x: y\n",
     f"{COLUMNS}  - tests: [a]\n    name: email\n{LABEL}    x: y\n"),
    (f"{COLUMNS}  - name: ID\n", f"{COLUMNS}  - name: ID\n  - name: EMAIL\n{LABEL}"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), _STYLES)
def test_each_style_of_writing_is_kept(before: str, after: str) -> None:
    """Block and flow, indented or not, with or without a last line end."""
    assert edited(before) == after


@pytest.mark.parametrize("columns", ["", " x", " {a: b}", " ~"])
def test_columns_that_are_no_list_are_left_alone(columns: str) -> None:
    """Where something else stands that should be a list, nobody puts a line."""
    with pytest.raises(NotEditableError):
        edited(f"{HEAD}  columns:{columns}\n")


def test_line_ends_of_windows_are_kept() -> None:
    """A file of carriage returns gets lines that end in them."""
    before = BLOCK.replace("\n", "\r\n")
    after = edited(before)
    assert "\n" not in after.replace("\r\n", "")
    assert added(before, after) == [f"        meta: {OWN[7:-1]}"]


def test_a_table_of_a_source_is_found_in_its_source() -> None:
    """Two sources may have a table of the same name."""
    before = """\
sources:
  - name: crm
    tables:
      - name: users
  - name: shop
    tables:
      - name: users
        columns:
          - name: email
"""
    after = edited(before, entry=Entry("users", "shop"))
    assert added(before, after) == [f"            config: {OWN}"]
    assert after.endswith(f"          - name: email\n            config: {OWN}\n")


ANCHORED = """\
_cols: &cols
  - &email
    name: email
  - name: id
models:
  - name: users
    columns: *cols
  - name: people
    columns:
      - *email
      - <<: {meta: {a: b}}
        name: mail
      - &own
        name: fax
"""


@pytest.mark.parametrize(
    ("name", "column"), [("users", "email"), ("people", "email"), ("people", "mail")]
)
def test_what_stands_for_other_places_is_left_alone(name: str, column: str) -> None:
    """A line put behind an anchor, or over a merge key, would say something elsewhere too."""
    with pytest.raises(NotEditableError):
        edited(ANCHORED, column, Entry(name))


def test_an_anchor_that_nothing_uses_is_no_hindrance() -> None:
    """Anchors stay, and labels are put around them."""
    assert added(ANCHORED, edited(ANCHORED, "fax", Entry("people"))) == [f"        config: {OWN}"]


@pytest.mark.parametrize(
    "text",
    ["", "models: {{ x }}\n", "a: 1\n---\nb: 2\n", "a: &a [*a]\n", "a: 1\na: 2\n", "[" * 200,
     "a: " + "&x [" * 3 + "\n", "- a\n- b"],
)  # fmt: skip
def test_what_cannot_be_read_is_left_alone(text: str) -> None:
    """A file that is no YAML, several documents, or bottomless is never changed."""
    with pytest.raises(NotEditableError):
        edited(text)


def test_a_bomb_of_aliases_is_refused() -> None:
    """Aliases that stand for millions of parts cost nothing."""
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    with pytest.raises(NotEditableError, match="aliases stand for more"):
        Properties("a0: &a0 [x]\n" + levels)


PROPERTIES = sorted(
    path for path in (EXAMPLES / "shop").rglob("_*.yml") if "columns:" in path.read_text("utf-8")
)


@pytest.mark.parametrize("path", PROPERTIES, ids=lambda path: path.name)
def test_labels_in_real_files_are_lines_and_nothing_else(path: Path) -> None:
    """In every properties file of the example all columns can be labelled by inserting alone."""
    text = path.read_text("utf-8")
    document = yaml.safe_load(text)
    properties, count = Properties(text), 0
    for section in ("models", "seeds", "snapshots"):
        for relation in document.get(section, ()):
            entry = Entry(relation["name"])
            for column in [*(c["name"] for c in relation.get("columns", ())), "brand_new"]:
                if not properties.is_labelled(entry, column):
                    properties.label(entry, column, EMAIL)
                    count += 1
    assert count
    changed = [
        line
        for line in difflib.ndiff(text.splitlines(), properties.text.splitlines())
        if line.startswith("- ")
    ]
    assert [line for line in changed if "meta: {" not in line and "config: {" not in line] == []
    assert yaml.safe_load(properties.text)


NAMES = st.text("abc_ é:#'\"-", min_size=1, max_size=8)
VALUES = st.recursive(
    NAMES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)


@settings(max_examples=60)
@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4), st.booleans(), NAMES, NAMES)
def test_an_edit_says_what_was_said_and_the_new_value(
    document: dict[str, object], flow: bool, key: str, value: str  # noqa: FBT001 - either
) -> None:  # fmt: skip
    """Whatever a document looks like, a value is put in or nothing is."""
    text = yaml.safe_dump(document, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    before = Places(text).value()
    assert isinstance(before, dict)
    try:
        after = Places(inserted(text, (key,), value)).value()
    except NotEditableError:
        assert key in before or flow or "<<" in before
        return
    assert after == before | {key: value}


@given(VALUES)
def test_what_is_written_on_one_line_is_read_again(value: object) -> None:
    """Texts are quoted where YAML would take them for something else."""
    line = written(value)  # type: ignore[arg-type]
    assert "\n" not in line
    assert Places(f"a: {line}\n").value() == {"a": value}


LABELS = """\
# by hand
labels:
  - relation: "raw.*"   # all of them
    columns: {"*_ip": user.device.ip_address}
  - relation: raw.users
    columns:
      id: user.unique_id   # ours
"""


def test_a_labels_file_gets_lines() -> None:
    """A relation that has an entry gets a column, another one an entry at the end."""
    after = with_label(LABELS, Column("raw.users", "e mail"), EMAIL)
    assert added(LABELS, after) == ['      "e mail": user.contact.email']
    after = with_label(LABELS, Column("raw.orders", "x"), ("user.name", *EMAIL))
    assert added(LABELS, after) == [
        "  - relation: raw.orders",
        "    columns:",
        "      x: [user.name, user.contact.email]",
    ]


def test_a_labels_file_is_made_and_named() -> None:
    """Where there is none, a new file and a line in the configuration."""
    text = with_label("", Column("raw.users", "mail"), EMAIL)
    assert yaml.safe_load(text) == {
        "labels": [{"relation": "raw.users", "columns": {"mail": "user.contact.email"}}]
    }
    config = "version: 1\npacks: [baseline]   # for now\n"
    assert added(config, with_labels_file(config, "labels.yml")) == ["labels: [labels.yml]"]
    assert yaml.safe_load(with_labels_file("", "labels.yml")) == {
        "version": 1,
        "labels": ["labels.yml"],
    }


def test_a_name_that_would_be_a_pattern_is_refused() -> None:
    """`events_*` in a labels file means more than the table of that name."""
    with pytest.raises(NotEditableError, match="pattern"):
        with_label(LABELS, Column("raw.events_*", "x"), EMAIL)


@pytest.mark.parametrize("name", ["a\u2028b", "a\x85b", "<<", "x" * 600, "e\u0301"])
def test_a_name_that_no_labels_file_could_hold_is_refused(name: str) -> None:
    """What is written is read by the next run, which would refuse the whole file for one name."""
    with pytest.raises(NotEditableError, match="no labels file could hold its name"):
        with_label(LABELS, Column("raw.users", name), EMAIL)
    with pytest.raises(NotEditableError, match="no labels file could hold its name"):
        with_label("", Column("raw.users", name), EMAIL)
