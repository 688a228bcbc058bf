from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROJECT_FILE = "name: shop\nversion: '1.0'\n"


class Shop:
    """A small dbt project on disk, and the manifest that dbt would write for it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.version = "v12"
        self.dbt = "1.11.0"
        self.adapter = "snowflake"
        self.nodes: dict[str, dict[str, Any]] = {}
        self.sources: dict[str, dict[str, Any]] = {}
        self.exposures: dict[str, dict[str, Any]] = {}
        self.macros: dict[str, dict[str, Any]] = {}
        self.disabled: dict[str, list[dict[str, Any]]] = {}
        self.saved_queries: dict[str, dict[str, Any]] = {}
        self.unit_tests: dict[str, dict[str, Any]] = {}
        self.functions: dict[str, dict[str, Any]] | None = {}

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def node(self, name: str, raw: str = "select 1 as id", **fields: object) -> dict[str, Any]:
        kind = str(fields.get("resource_type", "model"))
        node: dict[str, Any] = {
            "unique_id": f"{kind}.shop.{name}",
            "resource_type": kind,
            "name": name,
            "alias": name,
            "package_name": "shop",
            "database": "prod",
            "schema": "core",
            "original_file_path": f"models/{name}.sql",
            "relation_name": f"prod.core.{name}",
            "language": "sql",
            "raw_code": raw,
            "compiled_code": raw,
            "config": {"materialized": "view"},
            "checksum": {"name": "sha256", "checksum": hashlib.sha256(raw.encode()).hexdigest()},
            "depends_on": {"macros": [], "nodes": []},
            **fields,
        }
        groups = {
            "source": self.sources,
            "exposure": self.exposures,
            "function": self.functions if self.functions is not None else {},
        }
        groups.get(kind, self.nodes)[node["unique_id"]] = node
        return node

    def model(self, name: str, raw: str = "select 1 as id", **fields: object) -> dict[str, Any]:
        """A model whose file is there too."""
        node = self.node(name, raw, **fields)
        self.write(node["original_file_path"], raw + "\n")
        return node

    def macro(self, name: str, text: str, package: str = "shop", *calls: str) -> None:
        """A macro that calls others; its file is there too where it is the project's own."""
        path = f"macros/{name}.sql"
        if package == "shop":
            self.write(path, text)
        self.macros[f"macro.{package}.{name}"] = {
            "package_name": package,
            "original_file_path": path,
            "macro_sql": text,
            "depends_on": {"macros": list(calls)},
        }

    def manifest(self) -> dict[str, Any]:
        return {
            "metadata": {
                "dbt_schema_version": f"https://schemas.getdbt.com/dbt/manifest/{self.version}.json",
                "dbt_version": self.dbt,
                "adapter_type": self.adapter,
                "project_name": "shop",
            },
            "nodes": self.nodes,
            "sources": self.sources,
            "exposures": self.exposures,
            "macros": self.macros,
            "disabled": self.disabled,
            "saved_queries": self.saved_queries,
            "unit_tests": self.unit_tests,
            "functions": self.functions,
        }

    def save(self) -> Path:
        """Write the project file and the manifest; the project's folder comes back."""
        self.write("dbt_project.yml", PROJECT_FILE)
        self.write("target/manifest.json", json.dumps(self.manifest()))
        return self.root

    def save_alone(self) -> Path:
        """Write the manifest and nothing around it."""
        return self.write("alone/manifest.json", json.dumps(self.manifest()))

    def save_catalog(self, unique_id: str, columns: dict[str, str]) -> None:
        table = {
            "columns": {
                name: {"name": name, "type": kind, "index": index}
                for index, (name, kind) in enumerate(columns.items(), 1)
            }
        }
        self.write("target/catalog.json", json.dumps({"nodes": {unique_id: table}}))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")
