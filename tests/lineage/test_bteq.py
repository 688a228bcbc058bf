"""Files for Teradata's own client: its commands are no SQL, and hide nothing that is."""

from __future__ import annotations

import pytest

from lineage import analyze_sql
from lineage.compile.bteq import without_bteq


@pytest.mark.parametrize(
    "before",
    [
        ".logon h/u,it's\n",
        "  . set width 200\n",
        ".quit 0;",
        ".if errorcode <> 0 then .quit 1;\n",
        ".if activitycount = 0 then ",
        "/* it's\n; */ -- it's\n.label l\n",
        "select 1;\n\n.remark 'it''s\n",
        ".run file = other.sql\n",
        ".os ls\n",
    ],
)
def test_what_stands_behind_a_command_is_read(before: str) -> None:
    """A command ends with its line or semicolon, whatever stands in it."""
    edges = analyze_sql(f"{before}insert into m (x) select a from t;", dialect="teradata").edges

    assert [f"{e.source} -> {e.target}" for e in edges] == ["t.a -> m.x"]


@pytest.mark.parametrize(
    "text",
    [
        "select a from d\n.t",
        "select '\n.quit' from t",
        "select 1 -- it;\n.quit",
        "select 1 /* it;\n.quit */ from t",
        "insert into m select\n.5 from t",
    ],
)
def test_statements_are_no_commands(text: str) -> None:
    """What begins like a command inside of a statement stays as it is."""
    assert without_bteq(text) == text


@pytest.mark.parametrize(
    "command", [".run file = x", ".os ls", ".compile file = p", ".import file = x"]
)
def test_what_runs_something_is_a_gap(command: str) -> None:
    """A command that runs something, or reads values from a file, does not pass unseen."""
    assert analyze_sql(f"{command}\nselect 1;", dialect="teradata").gaps


def test_what_is_exported_goes_into_a_file() -> None:
    """Results go where the last EXPORT says, and nowhere behind RESET."""
    analysis = analyze_sql(
        ".export data file = /out/x.csv\nselect a from t;\n.export reset\nsel b from t;\n"
        ".EXPORT REPORT FILE='y z.txt';\nsel c from t;\ninsert into m (f) sel d from t;\n",
        dialect="teradata",
    )

    assert [f"{e.source} -> {e.target}" for e in analysis.edges] == [
        "t.a -> /out/x.csv.a",
        "t.b -> result:1.b",
        "t.c -> ./y z.txt.c",
        "t.d -> m.f",
    ]
    assert not analysis.gaps
