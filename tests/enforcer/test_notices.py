"""Notices in a project's configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.config import load_config
from enforcer.notices import load_notices
from enforcer.run import Request, open_case
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = load_taxonomy()


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        (root / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return root


def test_a_notice_is_named_alone_or_with_others(tmp_path: Path) -> None:
    """Customers and employees are told different things."""
    notice = "version: {}\ncategories: {{user.name: {{}}}}\n"
    root = write(tmp_path, a__yml=notice.format(1), b__yml=notice.format("v2"))
    write(root, fieldgate__yml="version: 1\nnotice: a.yml\n")
    assert [n.version for n in load_notices(load_config(root), TAXONOMY)] == ["1"]
    write(root, fieldgate__yml="version: 1\nnotice: [a.yml, b.yml]\n")
    assert [n.version for n in load_notices(load_config(root), TAXONOMY)] == ["1", "v2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "n.yml:1:1: the file is empty"),
        ("version: 1\n", "n.yml:1:1: `categories` is missing"),
        ("version: 1\ncategories: {user.mail: {}}\n", "n.yml:2:14: unknown category `user.mail`"),
    ],
)
def test_a_notice_that_says_nothing_is_a_mistake(tmp_path: Path, text: str, message: str) -> None:
    """An empty notice would be a subset of nothing, and so would a misspelt one."""
    root = write(tmp_path, n__yml=text, fieldgate__yml="version: 1\nnotice: n.yml\n")
    with pytest.raises(PolicyError) as caught:
        load_notices(load_config(root), TAXONOMY)
    assert str(caught.value).startswith(message)


def test_a_notice_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    """A name that leads to no file is no notice."""
    root = write(tmp_path, fieldgate__yml="version: 1\nnotice: n.yml\n")
    with pytest.raises(PolicyError, match=r"there is no `n\.yml`"):
        load_config(root)


def test_the_estate_knows_the_notices(tmp_path: Path) -> None:
    """A notice is a declaration, so what asks for statements begins with it."""
    root = write(
        tmp_path,
        a__sql="create table b as select name from a;",
        n__yml="version: 1\ncategories: {user.name: {}}\n",
        fieldgate__yml="version: 1\ndialect: duckdb\nnotice: n.yml\n",
    )
    estate = open_case(Request(path=root)).estate
    assert [notice.version for notice in estate.notices] == ["1"]
    assert estate.declares
