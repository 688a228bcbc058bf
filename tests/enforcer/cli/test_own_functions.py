"""Functions that a project declares in its configuration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from enforcer.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SQL = "create table m as select vault.tokenise(email) as t, mask_it(email) as h from raw.users;\n"
LABELS = "labels:\n  - relation: raw.users\n    columns: {email: user.contact.email}\n"
HEAD = "version: 1\ndialect: postgres\nlabels: [labels.yml]\nparameters:\n  functions:\n"


def run(root: Path, functions: str, *arguments: str) -> Result:
    (root / "m.sql").write_text(SQL, "utf-8")
    (root / "labels.yml").write_text(LABELS, "utf-8")
    (root / "fieldgate.yml").write_text(HEAD + functions, "utf-8")
    return CliRunner().invoke(main, [*arguments, "--path", str(root)])


def arrives(root: Path, functions: str, column: str) -> list[str]:
    output = run(root, functions, "explain", f"m.{column}", "--format", "json").output
    [explained] = json.loads(output)["columns"]
    return [course["arrives"] for source in explained["sources"] for course in source["courses"]]


def test_a_glob_names_functions_of_a_schema(tmp_path: Path) -> None:
    """What a schema's functions do is said once for all of them."""
    functions = "    vault.*: tokenise\n    mask_*: hash\n"
    assert arrives(tmp_path, functions, "t") == ["surrogate"]
    assert arrives(tmp_path, functions, "h") == ["hashed"]


def test_a_function_that_is_not_declared_keeps_its_value(tmp_path: Path) -> None:
    """What is not known protects nothing."""
    assert arrives(tmp_path, "    mask_it: hash\n", "t") == ["clear"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("mask_ti: hash", "fieldgate.yml:6:5: no value of the project goes through a function"),
        ("mask_it: hsh", "fieldgate.yml:6:14: unknown word `hsh`; did you mean `hash`?"),
    ],
)
def test_a_slip_is_an_error_with_its_place(tmp_path: Path, written: str, message: str) -> None:
    """A function that nothing goes through, and an effect that there is not."""
    result = run(tmp_path, f"    {written}\n", "explain", "m.t")
    assert result.exit_code == 2
    assert message in result.output
    assert "did you mean" in result.output
