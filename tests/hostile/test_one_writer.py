"""Threats 34, 47, 50 and 51: what is shown goes through one writer, which obeys nobody."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from enforcer.cli import main
from enforcer.cli.writer import show, show_line, tell
from lineage.shown import inert
from tests.enforcer.report.conftest import PAYLOADS, hostile_text

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
WRITER = ROOT / "enforcer" / "cli" / "writer.py"
MODULES = sorted(p for package in ("lineage", "enforcer") for p in (ROOT / package).rglob("*.py"))
# These streams are pipes to the process that started them, and hold messages and nothing else;
# click's own output is made encodable.
PIPES = {
    "lineage/worker.py",
    "lineage/supervised.py",
    "enforcer/engines/worker.py",
    "enforcer/cli/process.py",
}
COMMAND = re.compile(r"^\s*(?:::|##\[)|##\w*\[", re.MULTILINE)
HIDDEN = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
OURS = re.compile(r"::(?:error|warning|notice)(?: title=.*)?::.*")
SHOP = ROOT / "examples" / "shop"


def is_inert(output: str) -> bool:
    """Whether an output has no control, nothing invisible, and no command."""
    return not COMMAND.search(output) and not HIDDEN.search(output)


def fieldgate(*arguments: str | bytes, **options: object) -> subprocess.CompletedProcess[str]:
    program = "from enforcer.cli import main; main()"
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-c", program, *arguments], check=False, cwd=ROOT, **(streams | options)
    )


# What prints, by how it is written, and what else could be made to.
PRINTERS = re.compile(
    r"print|pprint(\.pprint)?|sys\.__?(stdout|stderr).*|sys\.(stdout|stderr).*|click\.(echo|secho"
    r"|echo_via_pager|prompt|confirm|progressbar|get_text_stream|get_binary_stream|open_file|edit"
    r"|pause|launch)|rich\.print\w*|traceback\.print_\w+|warnings\.warn\w*|faulthandler\.\w+"
    r"|logging\.(debug|info|warning|error|exception|critical|log|basicConfig|StreamHandler)"
    r"|os\.(write|writev)|sys\.(displayhook|breakpointhook)|breakpoint"
)


def printers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and PRINTERS.fullmatch(ast.unparse(node)):
            yield f"{node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.ImportFrom) and node.module in {"sys", "click", "rich", "pprint"}:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (f"{node.lineno}: {name}" for name in names if PRINTERS.fullmatch(name))
        is_console = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Console")
        if is_console and "file" not in {keyword.arg for keyword in node.keywords}:
            yield f"{node.lineno}: {ast.unparse(node.func)} to standard output"


@pytest.mark.threat(50)
@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_else_writes_to_the_terminal(path: Path) -> None:
    """Only the writer has a word for standard output, and workers for their pipes."""
    name = str(path.relative_to(ROOT))
    found = list(printers(ast.parse(path.read_text("utf-8"))))
    assert (
        path == WRITER
        or not found
        or (name in PIPES and all(re.search(r"sys\.std|os\.write", it) for it in found))
    )


@pytest.mark.threat(50)
@pytest.mark.parametrize(
    "line",
    [
        "print(x)",
        "click.echo(x)",
        "sys.stderr.write(x)",
        "from sys import stdout",
        "from rich import print",
        "Console().print(x)",
        "warnings.warn(x)",
        "os.write(1, x)",
        "logging.warning(x)",
        "traceback.print_exc()",
    ],
)
def test_every_way_to_print_is_seen(line: str) -> None:
    """The test above finds what it looks for."""
    assert list(printers(ast.parse(line)))


@pytest.mark.threat(50)
@pytest.mark.threat(51)
@given(text=hostile_text(), colour=st.booleans(), annotations=st.booleans())
def test_whatever_is_written_is_inert(
    text: str,
    colour: bool,  # noqa: FBT001 - drawn
    annotations: bool,  # noqa: FBT001 - drawn
) -> None:
    """No text makes a command or a control, but a colour and an annotation where these belong."""
    output = inert(text, colour=colour, annotations=annotations)
    if colour:
        output = re.sub(r"\x1b\[[\d;]*m", "", output)
    ours = re.compile(r"^::(?:error|warning|notice)(?: [^\n]*)?::.*$", re.MULTILINE)
    rest = ours.sub("", output) if annotations else output
    assert is_inert(rest)
    assert inert(inert(text)) == inert(text)


@pytest.mark.threat(50)
@pytest.mark.threat(51)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_writer_writes_nothing_else(payload: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Both streams hold text and nothing that a terminal or a build server obeys."""
    show(f"{payload}\n")
    show_line(payload)
    tell(payload)
    out, err = capsys.readouterr()
    assert is_inert(out)
    assert is_inert(err)
    assert err.count("\n") == 1


ARGUMENTS = (
    ["check", "{}"],
    ["check", "--{}"],
    ["check", ".", "--format", "{}"],
    ["check", ".", "{}"],
    ["check", str(SHOP), "--config", "{}"],
    ["check", str(SHOP), "--dialect", "{}"],
    ["check", str(SHOP), "--today", "{}"],
    ["check", str(SHOP), "--output", "/nowhere/{}"],
    ["check", str(SHOP), "--evidence", "/proc/{}"],
    ["{}"],
    ["explain", "{}", "--path", str(SHOP)],
    ["lineage", "{}", "--path", str(SHOP)],
    ["lineage", str(SHOP), "--depth", "{}"],
    ["lineage", str(SHOP), "--event-time", "{}"],
    ["classify", "{}"],
    ["classify", str(SHOP), "--at-least", "{}"],
    ["init", "{}"],
    ["log", "verify", "{}"],
    ["log", "show", "{}"],
    ["test", "{}", "--path", str(SHOP)],
)


@pytest.mark.threat(47)
@pytest.mark.threat(50)
@pytest.mark.parametrize("arguments", ARGUMENTS, ids=" ".join)
def test_no_argument_is_echoed_as_it_is(arguments: list[str]) -> None:
    """Branch names and paths reach the command line too; click quotes what it does not like."""
    for payload in ("\n::error::x", "\x1b[2J\r::stop-commands::x", "\u202e##[error]x\udcff"):
        filled = [argument.format(payload) for argument in arguments]
        result = CliRunner().invoke(main, filled)
        assert result.exit_code in {2, 4}, (filled, result.output)
        assert is_inert(result.output), result.output
        assert "Traceback" not in result.output
        assert isinstance(result.exception, SystemExit)


NAMES = (
    b"\n::error::x",
    b"\r::error::x",
    b"::error file=x,line=1::x",
    b"  ::error::x",
    b"##[error]x",
    b"##vso[task.complete result=Succeeded]",
    b"\x1b[2Jx",
    b"\x1b]8;;http:x\x07x",
    b"\x1b]0;owned\x07",
    b"\x9b31m",
    b"\x07",
    b"\x08\x08\x08x",
    b"\x7f",
    b"\xff\xfe",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"a\tb",
    b"a b",
    b" ",
    b"-rf",
    b"--output=x",
    b"`x`",
    b"$(x)",
    b"%0A::error::x",
    b"%2e%2e",
    b"a,b=c:d",
    b"|a|b|",
    b"<script>alert(1)<",
    b"](javascript:alert(1))",
    b"![x](x)",
    b"@team",
    b"#1",
    "\u202egnp".encode(),
    "\u2066x\u2069".encode(),
    "\u200b".encode(),
    "\u2028::error::x".encode(),
    "\ufeffx".encode(),
    "\u00a0".encode(),
    "\U000e0041".encode(),
    "em\u0430il".encode(),
    b"x" * 250,
)


@pytest.mark.threat(47)
@pytest.mark.parametrize("notation", ["text", "json", "sarif", "html", "github", "markdown"])
def test_files_may_be_called_anything(tmp_path: Path, notation: str) -> None:
    """Forty hostile names of files, all of them in the report, are text in every notation."""
    tree = os.fsencode(tmp_path)
    for number, name in enumerate(NAMES):
        with open(os.path.join(tree, name[:250] + b".sql"), "wb") as file:  # noqa: PTH123, PTH118
            file.write(b"create table t%d as select email from (" % number)
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--format", notation])
    assert result.exit_code == 3, result.output
    assert result.output.encode("utf-8")
    rest = re.sub(
        r"^::(?:error|warning|notice)(?: title=.*)?::.*$", "", result.output, flags=re.MULTILINE
    )
    assert is_inert(rest)
    assert "0 of 41" in result.output or notation in {"json", "sarif"}


@pytest.mark.threat(51)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-16", "ascii:strict"])
@pytest.mark.parametrize("arguments", [("check", str(SHOP), "--lang", "zh"), ("--help",)])
def test_a_terminal_of_any_encoding_gets_a_report(
    encoding: str, arguments: tuple[str, ...]
) -> None:
    """What the encoding lacks is written out; there is no traceback, and the exit code holds."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = fieldgate(*arguments, env=environment, encoding=None)
    assert done.returncode == (1 if arguments[0] == "check" else 0)
    assert b"Traceback" not in bytes(done.stderr)
    assert len(bytes(done.stdout)) > 100


def test_a_closed_pipe_is_no_pass() -> None:
    """Who hangs up before the verdict gets no traceback, and the gate does not pass."""
    reading, writing = os.pipe()
    os.close(reading)
    done = fieldgate("check", str(ROOT / "examples/shop-mended"), stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (4, "")


@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_full_disk_is_no_pass(format_: str) -> None:
    """A report that could not be written is said in one line, with exit code 4."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = fieldgate("check", str(SHOP), "--format", format_, stdout=full)
    assert done.returncode == 4
    assert done.stderr == "error: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("closed", [1, 2])
def test_a_stream_that_is_closed_is_no_file(closed: int, tmp_path: Path) -> None:
    """What the run writes to files never gets the number of a closed stream."""
    done = fieldgate(
        "check",
        str(SHOP),
        "--evidence",
        str(tmp_path),
        preexec_fn=lambda: os.close(closed),
        stdout=None if closed == 1 else subprocess.PIPE,
        stderr=None if closed == 2 else subprocess.PIPE,
    )
    assert done.returncode == (4 if closed == 1 else 1)
    (run,) = (tmp_path / "runs").iterdir()
    assert all(line.startswith("{") for line in run.read_text("utf-8").splitlines())


@pytest.mark.threat(34)
def test_libraries_print_nothing() -> None:
    """Warnings, logs and errors at the end of a process are swallowed, as they quote anything."""
    program = (
        "import logging, warnings, threading\n"
        "from enforcer.cli import main\n"
        "from enforcer.cli.check import check\n"
        "def loud(**_):\n"
        "    logging.getLogger('library').error('::error::log')\n"
        "    warnings.warn('::error::warning')\n"
        "    thread = threading.Thread(target=lambda: 1 / 0)\n"
        "    thread.start(); thread.join()\n"
        "check.callback = loud\n"
        "main(['check', '.'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", program],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_failure_of_our_own_is_told_without_its_text() -> None:
    """The text of an error may quote data; its kind and its place do not."""
    program = (
        "from enforcer.cli import main\n"
        "import enforcer.run\n"
        "def fail(*_): raise KeyError('zanzibar-4711')\n"
        "enforcer.run.run_check = fail\n"
        "main(['check', '.'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 4
    assert re.fullmatch(
        r"error: Fieldgate itself failed \(KeyError in enforcer\.cli\.check, line \d+\); .*\n",
        done.stderr,
    )
