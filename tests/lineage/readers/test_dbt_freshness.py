"""A manifest against the files that it was written from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from lineage.projects import Outcome
from lineage.readers import find_project
from lineage.words import GapReason
from lineage.written_lines import written_line

if TYPE_CHECKING:
    from lineage.words import Gap

    from .conftest import Shop


def stale(shop: Shop) -> list[Gap]:
    gaps = find_project(shop.save()).gaps
    assert {gap.reason for gap in gaps} <= {GapReason.STALE}
    return list(gaps)


def test_files_as_dbt_read_them_leave_no_gap(shop: Shop) -> None:
    """White space around a model and the line ends of another system are no change."""
    shop.model("people", "select 1\nas id")
    shop.write("models/people.sql", "\n\nselect 1\r\nas id\r\n\r\n")
    assert stale(shop) == []


def test_a_model_that_changed_is_a_gap(shop: Shop) -> None:
    """A manifest older than a model, or lying about it, says nothing of that model."""
    shop.model("people")
    shop.write("models/people.sql", "select email from raw.people")
    (gap,) = stale(shop)
    assert (str(gap.origin), gap.relations) == ("models/people.sql:1:1", ("PROD.CORE.PEOPLE",))
    assert "run `dbt compile`" in gap.message
    (record,) = [i for i in find_project(shop.root).inputs if i.kind == "model"]
    assert record.outcome is Outcome.REFUSED


def test_a_right_checksum_does_not_vouch_for_other_code(shop: Shop) -> None:
    """A manifest that pairs the file's checksum with other code is found out."""
    text = "select email from raw.people"
    checksum = {"name": "sha256", "checksum": hashlib.sha256(text.encode()).hexdigest()}
    shop.model("people", checksum=checksum)
    shop.write("models/people.sql", text)
    assert len(stale(shop)) == 1


def test_a_model_that_the_manifest_does_not_know_is_a_gap(shop: Shop) -> None:
    """A new model was not analysed."""
    shop.model("people")
    shop.write("models/deep/new.sql", "select 1")
    shop.write("models/new.py", "def model(dbt, session): ...")
    assert [gap.origin.file for gap in stale(shop)] == ["models/deep/new.sql", "models/new.py"]


def test_a_model_that_is_gone_is_a_gap(shop: Shop) -> None:
    """The manifest holds a model whose file nobody can look at."""
    shop.node("people")
    (gap,) = stale(shop)
    assert (gap.relations, gap.message[:4]) == (("PROD.CORE.PEOPLE",), "gone")


def test_a_model_behind_a_link_is_a_gap(shop: Shop) -> None:
    """A link to a file is followed by dbt, and not here."""
    shop.model("people")
    (shop.root / "models" / "link.sql").symlink_to("/etc/hostname")
    assert [g.origin.file for g in find_project(shop.save()).gaps] == ["models/link.sql"]


def test_a_snapshot_is_compared_by_the_checksum_of_its_file(shop: Shop) -> None:
    """A snapshot's code is a part of its file, the checksum is of the whole."""
    text = "{% snapshot s %}\nselect 1\n{% endsnapshot %}"
    checksum = {"name": "sha256", "checksum": hashlib.sha256(text.encode()).hexdigest()}
    path = "snapshots/s.sql"
    shop.model("s", resource_type="snapshot", original_file_path=path, checksum=checksum)
    shop.write(path, text + "\n")
    assert stale(shop) == []
    shop.write(path, text.replace("1", "2"))
    assert len(stale(shop)) == 1


def _folded(text: str) -> dict[str, str]:
    """As dbt since 1.12 sums a text up."""
    folded = " ".join(text.split())
    return {"name": "sha256", "checksum": hashlib.sha256(folded.encode()).hexdigest()}


def test_a_folded_checksum_is_that_of_the_file(shop: Shop) -> None:
    """Since 1.12 dbt folds the white space of what it hashes."""
    text = "select\n    1 as id\n"
    shop.model("people", text, checksum=_folded(text), raw_code=text.strip())
    assert stale(shop) == []
    shop.write("models/people.sql", text.replace("1", "2"))
    assert len(stale(shop)) == 1


def test_a_folded_checksum_does_not_vouch_for_line_ends(shop: Shop) -> None:
    """Where a comment ends decides what is run, and a folded checksum does not tell."""
    raw = "select id -- and no\n, email from raw.people"
    text = "{% snapshot s %}\n" + raw + "\n{% endsnapshot %}"
    fields = {"resource_type": "snapshot", "original_file_path": "snapshots/s.sql"}
    shop.model("s", raw, checksum=_folded(text), **fields)
    shop.write("snapshots/s.sql", text)
    assert stale(shop) == []
    shop.write("snapshots/s.sql", text.replace("no\n,", "no ,"))
    assert len(stale(shop)) == 1


def test_a_snapshot_of_dbt_2_is_compared_by_its_block(shop: Shop) -> None:
    """The sum is of what is in the file's blocks: one more block in it is a gap."""
    raw = "select id from raw.people"
    text = "{% snapshot s %}\n" + raw + "\n{% endsnapshot %}\n"
    fields = {"resource_type": "snapshot", "original_file_path": "snapshots/s.sql"}
    shop.model("s", raw, checksum=_folded(raw), **fields)
    shop.write("snapshots/s.sql", text)
    assert stale(shop) == []
    shop.write("snapshots/s.sql", text + text.replace("snapshot s", "snapshot t"))
    assert len(stale(shop)) == 1


def test_what_dbt_would_not_read_is_out_of_scope_for_a_reason(shop: Shop) -> None:
    """Every SQL file of the project is on record, those that build nothing with the reason why."""
    shop.model("people")
    shop.disabled["model.shop.off"] = [
        {"package_name": "shop", "original_file_path": "models/off.sql"}
    ]
    shop.write(".dbtignore", "# drafts\n/models/drafts/\n*.tmp.sql\n")
    for path in ("models/off.sql", "models/drafts/x.sql", "models/y.tmp.sql", "tests/t.sql"):
        shop.write(path, "select 1")
    shop.write("analyses/a.sql", "select 1")
    shop.write("snapshots/none.sql", "select 1")
    assert stale(shop) == []
    passed = find_project(shop.root).inputs
    assert {i.path: i.reason for i in passed if i.outcome is Outcome.OUT_OF_SCOPE} == {
        "models/off.sql": "disabled in the dbt project",
        "models/drafts/x.sql": "named in .dbtignore",
        "models/y.tmp.sql": "named in .dbtignore",
        "tests/t.sql": "a dbt test",
        "analyses/a.sql": "a dbt analysis",
        "snapshots/none.sql": "holds no snapshot",
    }


def macro(path: str, text: str, *calls: str) -> dict[str, object]:
    return {
        "package_name": "shop",
        "original_file_path": path,
        "macro_sql": text,
        "depends_on": {"macros": list(calls)},
    }


def test_a_macro_that_changed_is_a_gap_on_all_that_call_it(shop: Shop) -> None:
    """A masking macro that no longer masks shows in no model's own file."""
    text = "{% macro mask(x) %}sha2({{ x }}){% endmacro %}"
    shop.macros["macro.shop.mask"] = macro("macros/mask.sql", text)
    shop.macros["macro.shop.outer"] = macro(
        "macros/outer.sql", "{% macro outer() %}", "macro.shop.mask"
    )
    shop.macros["macro.pkg.far"] = {**macro("x.sql", "", "macro.shop.outer"), "package_name": "pkg"}
    shop.model("people", depends_on={"macros": ["macro.pkg.far"], "nodes": []})
    shop.model("other")
    shop.write("macros/mask.sql", "-- doc\n" + text)
    shop.write("macros/outer.sql", "{% macro outer() %}")
    assert stale(shop) == []
    shop.write("macros/mask.sql", text.replace("sha2", ""))
    (gap,) = stale(shop)
    assert (gap.origin.file, gap.relations) == ("macros/mask.sql", ("PROD.CORE.PEOPLE",))


def test_a_manifest_alone_is_compared_with_nothing(shop: Shop) -> None:
    """Without the project around it there is nothing to compare a manifest with."""
    shop.node("people")
    project = find_project(shop.save_alone())
    assert project.gaps == ()
    assert [i.kind for i in project.inputs] == ["manifest"]


def test_another_project_name_does_not_escape_the_comparison(shop: Shop) -> None:
    """A manifest that calls the project's models a package's leaves the files unknown."""
    shop.model("people", package_name="elsewhere")
    assert [gap.origin.file for gap in stale(shop)] == ["models/people.sql"]


def test_written_lines_are_lines_of_the_file(shop: Shop) -> None:
    """White space that dbt stripped counts: people look into the file."""
    shop.model(
        "people", "select 1 as id,\n  {{ x }} as x", compiled_code="select 1 as id,\n  2 as x"
    )
    shop.write("models/people.sql", "\n\n\nselect 1 as id,\n  {{ x }} as x\n")
    (unit,) = find_project(shop.save()).units
    assert [written_line(unit, line) for line in (1, 2)] == [4, 5]
