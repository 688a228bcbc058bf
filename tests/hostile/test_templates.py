"""Nothing of a project is rendered: what a template says is text, and a gap."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from lineage import GapReason, analyze
from lineage.readers import find_project

ROOT = Path(__file__).parents[2]
_TEMPLATES = {
    "escape": "select {{ ''.__class__.__mro__[1].__subclasses__() }} as a from t",
    "loop": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %} 1",
    "memory": "select '{{ 'a' * 10**10 }}' as a from t",
    "width": "select {{ '%1000000000d' % 1 }} as a from t",
    "environment": "select '{{ env_var('DEPLOY_SECRET') }}' as a from t",
    "query": "select {{ run_query('select 1') }} as a from t",
}


@pytest.mark.threat(37, 38)
@pytest.mark.parametrize("name", _TEMPLATES)
def test_a_template_in_sql_is_a_gap(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A template is neither rendered nor taken for SQL, and no secret gets into the result."""
    monkeypatch.setenv("DEPLOY_SECRET", "canary-secret")
    (tmp_path / "hostile.sql").write_text(_TEMPLATES[name], "utf-8")
    analysis = analyze(find_project(tmp_path, dialect="duckdb"), jobs=1)

    assert [gap.reason for gap in analysis.gaps] == [GapReason.TEMPLATE]
    assert "canary-secret" not in repr(analysis.gaps)


@pytest.mark.threat(37, 38)
def test_a_model_that_was_not_compiled_is_a_gap(tmp_path: Path) -> None:
    """The raw code of a manifest is never rendered in place of what dbt compiled."""
    node = {
        "unique_id": "model.shop.a",
        "resource_type": "model",
        "name": "a",
        "original_file_path": "models/a.sql",
        "raw_code": _TEMPLATES["loop"],
        "compiled_code": None,
    }
    schema = "https://schemas.getdbt.com/dbt/manifest/v12.json"
    metadata = {"dbt_schema_version": schema, "adapter_type": "duckdb"}
    manifest = {"metadata": metadata, "nodes": {node["unique_id"]: node}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    analysis = analyze(find_project(tmp_path), jobs=1)

    assert GapReason.NOT_COMPILED in {gap.reason for gap in analysis.gaps}


@pytest.mark.threat(37, 38)
def test_only_the_html_report_has_templates() -> None:
    """Templates are our own: no other module can render any."""
    modules = [
        path.relative_to(ROOT).as_posix()
        for package in ("lineage", "enforcer")
        for path in sorted((ROOT / package).rglob("*.py"))
        if _imports(path, "jinja2")
    ]
    assert modules == ["enforcer/report/html.py"]


def _imports(path: Path, library: str) -> bool:
    return any(
        library in ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    )
