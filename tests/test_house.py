"""The house: what holds for every file, whoever wrote it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from importlinter.cli import lint_imports

from enforcer.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
MODULES = sorted(p for package in ("lineage", "enforcer") for p in (ROOT / package).rglob("*.py"))
DOCS = "\n".join(
    path.read_text("utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def commands(
    group: click.Group = main, prefix: str = "fieldgate"
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        full = f"{prefix} {name}"
        if isinstance(command, click.Group):
            yield from commands(command, full)
        else:
            yield full, command


def test_import_contracts_hold() -> None:
    """Lineage knows no policy, and no layer imports one above it."""
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_is_too_long(path: Path) -> None:
    """A module of more than 400 lines is two modules."""
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_no_function_is_too_long() -> None:
    """A function of more than 60 lines is several functions; click commands say their options."""
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > 60
    ]
    assert long == []


def test_the_median_file_and_function_are_small() -> None:
    """Most of the house can be read at a glance."""
    files = sorted(len(path.read_text("utf-8").splitlines()) for path in MODULES)
    sizes = sorted(
        (node.end_lineno or 0) - node.lineno + 1 for path in MODULES for node in functions(path)
    )
    assert files[len(files) // 2] <= 110
    assert sizes[len(sizes) // 2] <= 10


def test_every_module_says_what_it_is_for() -> None:
    """The first line of a module is a sentence about it."""
    silent = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=str)
def test_every_command_is_documented(name: str, command: click.Command) -> None:
    """Each command has a help worth the name, and the documents mention it."""
    assert len(command.help or "") > 80
    assert f"## {name}" in DOCS


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=str)
def test_every_option_has_help(name: str, command: click.Command) -> None:
    """No option is left to be guessed."""
    silent = [
        option.name
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == [], name


def test_version_needs_nothing_heavy() -> None:
    """`fieldgate --version` imports neither the parser nor any other heavy library."""
    script = (
        "import sys\n"
        "from enforcer.cli import main\n"
        "main(['--version'], standalone_mode=False)\n"
        "heavy = {'sqlglot', 'rich', 'jinja2', 'networkx', 'yaml', 'msgspec'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_executed_that_a_checkout_holds(path: Path) -> None:
    """No module evaluates code, unpickles, or loads YAML in an unsafe way."""
    names = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    }
    forbidden = {"eval", "exec", "pickle.loads", "yaml.load", "yaml.unsafe_load", "os.system"}
    assert not names & forbidden


_LIBRARIES_THAT_COPY_TREES = re.compile(r"^sqlglot\.(optimizer|lineage|serde|planner|executor)\b")
_CALLS_THAT_COPY_TREES = frozenset("simplify normalize optimize qualify expand_alias_refs".split())


@pytest.mark.threat(7, 29)
@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_rewrites_trees_or_loads_them(path: Path) -> None:
    """No module uses the parser's optimizer, which is exponential, nor its serialisation."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom | ast.Import):
            module = getattr(node, "module", None) or ""
            names = [f"{module}.{alias.name}".strip(".") for alias in node.names]
            assert not [n for n in (module, *names) if _LIBRARIES_THAT_COPY_TREES.match(n)]
        elif isinstance(node, ast.Call):
            of, _, name = ast.unparse(node.func).rpartition(".")
            assert of == "unicodedata" or name not in _CALLS_THAT_COPY_TREES


@pytest.mark.threat(10)
@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if p.is_relative_to(ROOT / "lineage" / "compile")],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_no_tree_is_put_into_words(path: Path) -> None:
    """Nothing that sees the parser's trees asks for their `repr`, which is quadratic, or logs."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FormattedValue):
            assert node.conversion == -1, ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert "%r" not in node.value
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in {"repr", "print", "pprint", "ascii"}
            assert name.rpartition(".")[2] not in {"debug", "info", "warning", "exception"}


@pytest.mark.threat(17)
@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_parser_never_goes_on_after_an_error(path: Path) -> None:
    """No module asks it to warn or to ignore: a tree of half a statement is no tree."""
    text = path.read_text("utf-8")

    assert "ErrorLevel" not in text
    assert "error_level" not in text


@pytest.mark.threat(3)
def test_recursion_is_allowed_only_on_the_large_stack() -> None:
    """One module raises the limit of recursion, and it does so in a thread that can hold it."""
    raising = [p.name for p in MODULES if "setrecursionlimit" in p.read_text("utf-8")]

    assert raising == ["deep.py"]
