"""Each example is judged as its README says, and each mend takes away one finding."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.examples.conftest import DBT, EXAMPLES, FIELDGATE, Leak, check, compile_dbt, planted

if TYPE_CHECKING:
    from collections.abc import Callable

    Copy = Callable[[str], Path]


@pytest.fixture(scope="module")
def compiled_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with what dbt keeps of a run, so that the next one reads what has changed."""
    root = tmp_path_factory.mktemp("compiled") / "shop"
    shutil.copytree(EXAMPLES / "shop", root)
    compile_dbt(root)
    return root


SHOP, WAREHOUSE = planted("shop"), planted("warehouse-sql")


def expected(leaks: list[Leak]) -> set[tuple[str, str, str]]:
    return {(leak.rule, leak.field, leak.sink) for leak in leaks}


def mend(project: Path, leak: Leak) -> None:
    file = project / leak.file
    text = file.read_text("utf-8")
    assert text.count(leak.replace) == 1
    file.write_text(text.replace(leak.replace, leak.mended), "utf-8")


def test_the_shop_leaks_what_was_planted_and_nothing_else() -> None:
    """Every planted leak is found, nothing else is, and the build fails."""
    verdict = check(EXAMPLES / "shop")
    assert verdict.findings == expected(SHOP)
    assert verdict.exit_code == 1
    assert verdict.report["coverage"]["share"] == 1.0


def test_every_phase_has_planted_leaks() -> None:
    """The shop shows rules of all four phases at work."""
    report = check(EXAMPLES / "shop").report
    fired = {finding["rule"] for finding in report["findings"]}
    phases = [rule["phase"] for rule in report["rules"] if rule["id"] in fired]
    assert min(phases.count(p) for p in ("collection", "storage", "use", "deletion")) >= 2


def test_the_mended_shop_is_clean() -> None:
    """With all mends applied nothing is found, and the build passes."""
    verdict = check(EXAMPLES / "shop-mended")
    assert (verdict.findings, verdict.exit_code) == (set(), 0)
    assert verdict.report["coverage"]["share"] == 1.0


def test_the_warehouse_leaks_what_was_planted_and_nothing_else() -> None:
    """A folder of plain SQL is judged like a dbt project."""
    verdict = check(EXAMPLES / "warehouse-sql")
    assert verdict.findings == expected(WAREHOUSE)
    assert verdict.exit_code == 1


@pytest.mark.parametrize("leak", SHOP, ids=lambda leak: leak.rule)
def test_each_mend_of_the_shop_takes_away_one_finding(
    leak: Leak, compiled_shop: Path, tmp_path: Path
) -> None:
    """One changed line, compiled by dbt, takes away its finding and no other."""
    project = Path(shutil.copytree(compiled_shop, tmp_path / "shop"))
    mend(project, leak)
    compile_dbt(project)
    left = [other for other in SHOP if other is not leak]
    assert check(project).findings == expected(left)


@pytest.mark.parametrize("leak", WAREHOUSE, ids=lambda leak: f"{leak.rule}-{leak.sink}")
def test_each_mend_of_the_warehouse_takes_away_one_finding(leak: Leak, copy: Copy) -> None:
    """One changed line takes away its finding and no other."""
    folder = copy("warehouse-sql")
    mend(folder, leak)
    left = [other for other in WAREHOUSE if other is not leak]
    assert check(folder).findings == expected(left)


def test_the_mended_shop_is_the_shop_with_all_mends(copy: Copy) -> None:
    """The twin differs from the shop by the mends alone."""
    project = copy("shop")
    for leak in SHOP:
        mend(project, leak)
    apart = {"README.md", "planted.yml"}
    files = [
        path.relative_to(project)
        for path in sorted(project.rglob("*"))
        if path.is_file() and path.name not in apart and "target" not in path.parts
    ]
    twin = EXAMPLES / "shop-mended"
    different = [str(f) for f in files if (project / f).read_bytes() != (twin / f).read_bytes()]
    assert different == []


@pytest.mark.parametrize("example", ["shop", "shop-mended"])
def test_dbt_builds_the_example_into_the_artifacts_that_are_kept(example: str, copy: Copy) -> None:
    """`dbt build` is green, and what it leaves is what the repository holds."""
    project = copy(example)
    kept = {n: (project / "target" / n).read_bytes() for n in ("manifest.json", "catalog.json")}
    subprocess.run(
        [sys.executable, EXAMPLES / "refresh.py", project, "--dbt", DBT],
        check=True,
        capture_output=True,
    )
    assert {n: (project / "target" / n).read_bytes() for n in kept} == kept


def test_a_changed_model_changes_the_verdict(copy: Copy) -> None:
    """A new clear copy of a card number in a clean project fails the gate."""
    project = copy("shop-mended")
    model = project / "models/marts/finance/fct_payments.sql"
    text = model.read_text("utf-8")
    model.write_text(
        text.replace("left(cards.card_number, 6)", "upper(cards.card_number)"), "utf-8"
    )
    compile_dbt(project)
    verdict = check(project)
    assert verdict.exit_code == 1
    assert {rule for rule, _field, _sink in verdict.findings} == {"card-number-stored-in-clear"}


def test_a_model_changed_after_compiling_is_no_pass(copy: Copy) -> None:
    """A manifest that is older than a model says nothing about it."""
    project = copy("shop-mended")
    model = project / "models/marts/finance/fct_payments.sql"
    model.write_text(model.read_text("utf-8") + "-- changed\n", "utf-8")
    assert check(project).exit_code == 4


def test_every_promise_of_the_search_engine_is_broken_once() -> None:
    """Each clause of the example policy is a rule that holds in its samples and fires here."""
    verdict = check(EXAMPLES / "search-engine")
    rules = {path.stem for path in (EXAMPLES / "search-engine" / "policies").iterdir()}
    assert {rule for rule, _field, _sink in verdict.findings} == rules
    assert (len(rules), verdict.exit_code) == (11, 1)
    tested = subprocess.run(
        [FIELDGATE, "test", "--path", EXAMPLES / "search-engine"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (tested.returncode, tested.stdout.splitlines()[-1]) == (0, "11 rules tested, 0 failed")
