"""What dbt runs beside the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.build import analyze
from lineage.readers import find_project
from lineage.words import GapReason

if TYPE_CHECKING:
    from tests.lineage.readers.conftest import Shop


def test_a_grant_in_a_hook_is_a_grant(shop: Shop) -> None:
    """A hook that only names its own relation is analysed like any script."""
    hook = {"sql": "grant select on {{ this }} to role public_reader", "transaction": True}
    shop.model("mart", config={"materialized": "table", "post-hook": [hook]})
    analysis = analyze(find_project(shop.save()), jobs=0)
    assert [(g.relation, g.principal) for g in analysis.grants] == [
        ("PROD.CORE.MART", "PUBLIC_READER")
    ]


def test_a_copy_in_a_hook_is_a_flow(shop: Shop) -> None:
    """Data that a hook unloads leaves, although no model says so."""
    hook = {"sql": "copy into 's3://out/x' from (select id from {{ this }})"}
    shop.model("mart", config={"materialized": "table", "post-hook": [hook]})
    analysis = analyze(find_project(shop.save()), jobs=0)
    assert ("PROD.CORE.MART.ID", "s3://out/x.ID") in {
        (str(edge.source), str(edge.target)) for edge in analysis.edges
    }


def test_a_hook_that_is_a_template_is_a_gap_once(shop: Shop) -> None:
    """What a macro in a hook runs is not known, and one gap says so for all its models."""
    hook = {"sql": "{{ unload_everything(this) }}"}
    for name in ("a", "b"):
        shop.model(name, config={"materialized": "table", "post-hook": [hook]})
    gaps = [g for g in find_project(shop.save()).gaps if g.reason is GapReason.TEMPLATE]
    assert [gap.relations for gap in gaps] == [("PROD.CORE.A", "PROD.CORE.B")]


def test_an_operation_at_the_end_of_a_run_is_read(shop: Shop) -> None:
    """`on-run-end` runs SQL that nobody would see in a model."""
    shop.model("mart")
    shop.node(
        "shop-on-run-end-0",
        "grant select on prod.core.mart to role everyone",
        resource_type="operation",
        original_file_path="dbt_project.yml",
    )
    analysis = analyze(find_project(shop.save()), jobs=0)
    assert [g.principal for g in analysis.grants] == ["EVERYONE"]
