"""Roles in `fieldgate.yml`: read with their places, and refused where they mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.config import load_config
from enforcer.roles import load_roles
from enforcer.rules import Choice
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = load_taxonomy()


def written(folder: Path, roles: str) -> Path:
    text = f"version: 1\nparameters:\n  roles:\n{roles}"
    (folder / "fieldgate.yml").write_text(text, encoding="utf-8")
    return folder


def test_roles_are_read_in_either_form(tmp_path: Path) -> None:
    """A list of categories, or a choice of them; sets count, and nothing may be listed."""
    roles = """\
    support: [user.contact]
    analyst*: {any: [user], not: [set:direct_identifier]}
    intern: []
"""
    assert load_roles(load_config(written(tmp_path, roles)), TAXONOMY) == (
        ("analyst*", Choice(any_of=("user",), none_of=("set:direct_identifier",))),
        ("intern", Choice()),
        ("support", Choice(any_of=("user.contact",))),
    )


@pytest.mark.parametrize(
    ("roles", "where"),
    [
        ("    support: [user.contact, user.contcat]\n", "4:29"),
        ("    support: {any: [user], not: [user.contcat]}\n", "4:34"),
        ("    support: user.contcat\n", "4:14"),
    ],
)
def test_a_role_reads_what_there_is(tmp_path: Path, roles: str, where: str) -> None:
    """A category that does not exist is named where it is written."""
    with pytest.raises(PolicyError) as caught:
        load_roles(load_config(written(tmp_path, roles)), TAXONOMY)
    assert str(caught.value).startswith(f"fieldgate.yml:{where}: unknown category `user.contcat`")
