r"""Files for Postgres's own client: what is no SQL makes no gap, and hides none."""

from __future__ import annotations

import pytest

from lineage import analyze_sql
from lineage.compile.psql import without_psql

_LEAK = "insert into leak (a) select email from t;"


def test_commands_and_rows_that_do_nothing_make_no_gap() -> None:
    """What pg_dump writes beside SQL is passed over, and places stay."""
    sql = (
        "\\restrict abc\n-- rows\nCOPY public.t (id, email) FROM stdin;\n"
        "1\tO'Brien; x\n2\tD'Arcy\\n\n\\N\t\n\\.\n\n"
        "create view v as select email from public.t;\n\\unrestrict abc\n"
    )
    analysis = analyze_sql(sql, dialect="postgres")

    assert len(without_psql(sql)) == len(sql)
    assert not analysis.gaps
    assert [(str(e.source), e.origin.line) for e in analysis.edges] == [("public.t.email", 9)]


@pytest.mark.parametrize(
    "sql",
    [
        f"select 'a\n\\echo '; {_LEAK} select '\n';",
        f"do $$ begin execute '\n\\set '; end $$; {_LEAK}",
        f"/* \n\\echo */ {_LEAK}",
        f"copy (select x from stdin) to 'x';\n{_LEAK}\n\\.\n",
        f"copy nowhere from stdin;\n{_LEAK}\n\\.\n",
        f"copy nowhere from stdin;\nO'Brien\n\\.\nselect '; {_LEAK} --';",
        f"\\if false\ncopy t from stdin;\n\\endif\n;{_LEAK}\n\\.\n",
        f"select 1;\n\\set x 1 \\\\ {_LEAK}",
    ],
)
def test_no_statement_hides_behind_a_command_or_among_rows(sql: str) -> None:
    """What the client runs is a flow, or the statement has a gap."""
    analysis = analyze_sql(sql, dialect="postgres")

    flows = {(str(e.source), str(e.target)) for e in analysis.edges}
    assert ("t.email", "leak.a") in flows or any(gap.relations for gap in analysis.gaps)
