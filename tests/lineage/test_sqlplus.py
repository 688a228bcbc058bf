"""Files for Oracle's own client: its commands are no SQL, and hide nothing that is."""

from __future__ import annotations

import pytest

from lineage import analyze_sql
from lineage.compile.sqlplus import without_sqlplus

_FLOW = "insert into m (x) select email from t"


@pytest.mark.parametrize(
    "before",
    [
        "prompt it's here\n",
        "rem don't\n",
        "/* it's\n; */ -- it's\n",
        "select 1 from dual\n/\nprompt it's\n",
        "begin null; end;\n/\nshow errors\n\n\tcol a format a20 heading 'x\n",
        "ttitle left 'a' -\n right it's\n",
        "@other.sql\n",
        "host ls\n",
        "set echo on\r\nexec p\r\n",
        "exit",
    ],
)
def test_what_stands_behind_a_command_is_read(before: str) -> None:
    """A command ends with its line, whatever stands in it."""
    (edge,) = analyze_sql(f"{before}\n{_FLOW}", dialect="oracle").edges

    assert f"{edge.source} -> {edge.target}" == "T.EMAIL -> M.X"


@pytest.mark.parametrize("before", ["set echo off;", "exit ;", "prompt x;", "rem x -\n; "])
def test_what_stands_behind_a_semicolon_is_read(before: str) -> None:
    """Another client than Oracle's own runs what stands behind a command in its line."""
    (edge,) = analyze_sql(f"{before} {_FLOW};", dialect="oracle").edges

    assert f"{edge.source} -> {edge.target}" == "T.EMAIL -> M.X"


@pytest.mark.parametrize(
    "text",
    [
        "update m\nset x = (select email from t)\nwhere\ncol > 1",
        "update m -- it;\nset x = 1",
        "update m /* it;\n*/\nset x = 1",
        "/* a */ update m\nset x = 1",
        "/* a\n*/ update m\nset x = 1",
        "insert into m select ';\n' ||\ncol\nfrom t",
        'select 1 as ";\n",\ncol\nfrom t',
        "declare\ncol number;\nbegin\nnull;\ncol := 1;\nend;",
        "create or replace\nprocedure p is\nvar number;\nbegin\nnull;\nend;",
        "with function f return number is begin return 1; end;\nset",
        "set role r",
        "set transaction read only",
        "select v$end.x, '$end' from v$if -- $end",
    ],
)
def test_statements_are_no_commands(text: str) -> None:
    """What begins like a command inside of a statement stays as it is."""
    assert without_sqlplus(text) == text


def test_a_text_stays_as_long_as_it_was() -> None:
    """So everything in it keeps its place."""
    text = "prompt é\n@x y\nbegin $if a $then b; $else c; $end end;\n/\nshow err"
    found = without_sqlplus(text)

    assert len(found) == len(text)
    assert found.split() == ["@x", "y;begin", "b;", "c;", "end;", "/"]


def test_what_is_spooled_goes_into_a_file() -> None:
    """Results go where the last SPOOL says, and nowhere behind OFF; a text holds no command."""
    analysis = analyze_sql(
        "set markup csv on\nspool &1/x.csv replace\nselect a from t;\nspool off\nselect b from t;\n"
        "spool \"a b.txt\" append\nselect c from t\n/\nselect 'x\nspool y\n' as x, d from t;\n"
        "insert into m (f) select e from t;\nspool out\nselect g from t;\n",
        dialect="oracle",
    )

    assert [f"{e.source} -> {e.target}" for e in analysis.edges] == [
        "T.A -> &1/x.csv.A",
        "T.B -> result:1.B",
        "T.C -> ./a b.txt.C",
        "T.D -> ./a b.txt.D",
        "T.E -> M.F",
        "T.G -> result:2.G",
    ]
    assert not analysis.gaps
