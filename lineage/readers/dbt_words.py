"""The fields of dbt's artifacts that are read; the decoder skips all others.

Manifest v10, v11 and v12 (https://schemas.getdbt.com/dbt/manifest/v12.json) and catalog v1.
These are shapes of a file, not words of lineage: hence the dicts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Meta = dict[str, Any]

_LABELS = "labels"  # what is said of columns in the `meta` of their relation


class Metadata(msgspec.Struct, frozen=True):
    """Which version of which artifact this is, and who wrote it."""

    dbt_schema_version: str = ""
    dbt_version: str | None = None
    adapter_type: str | None = None
    project_name: str | None = None


class NodeColumn(msgspec.Struct, frozen=True):
    """A column in a properties file."""

    name: str = ""
    description: str | None = None
    data_type: str | None = None
    quote: bool | None = None
    meta: Meta | None = None
    config: Meta | None = None
    tags: list[str] | str | None = None
    policy_tags: list[str] | None = None
    classifiers: list[str] | str | None = None
    constraints: list[Meta] | None = None

    @property
    def is_told(self) -> bool:
        """True where somebody says what it is, beside describing it."""
        config = self.config or {}
        said = (self.meta, self.tags, self.policy_tags, self.classifiers)
        return any(said) or any(config.get(key) for key in ("meta", "tags", "policy_tags"))


class DependsOn(msgspec.Struct, frozen=True):
    """Unique ids of what a node calls and reads."""

    macros: list[str] = []
    nodes: list[str] = []


class Checksum(msgspec.Struct, frozen=True):
    """Of the file's content, in the form that the version of dbt gives it."""

    name: str = ""
    checksum: str = ""


class TestMetadata(msgspec.Struct, frozen=True):
    """Which generic test a test node is an instance of, and with which arguments."""

    name: str = ""
    namespace: str | None = None
    kwargs: Meta | None = None


class Injected(msgspec.Struct, frozen=True):
    """The code of an ephemeral model as it stands in that of a model which refers to it."""

    id: str = ""
    sql: str | None = None


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A model, seed, snapshot, test, source, exposure or function, or what does not matter here."""

    unique_id: str
    resource_type: str
    name: str
    package_name: str = ""
    original_file_path: str = ""
    patch_path: str | None = None
    database: str | None = None
    schema: str | None = None
    alias: str | None = None
    identifier: str | None = None
    relation_name: str | None = None
    language: str | None = None
    compiled_code: str | None = None
    raw_code: str | None = None
    extra_ctes: list[Injected] | None = None
    columns: dict[str, NodeColumn] = {}
    config: Meta = {}
    meta: Meta = {}
    tags: list[str] | str = []
    access: str | None = None
    group: str | None = None
    depends_on: DependsOn = DependsOn()
    checksum: Checksum | None = None
    # Sources.
    source_name: str | None = None
    loader: str | None = None
    external: Any = None
    freshness: Any = None
    # Exposures.
    type: str | None = None
    url: str | None = None
    maturity: str | None = None
    owner: Any = None
    # Tests.
    test_metadata: TestMetadata | None = None
    column_name: str | None = None
    attached_node: str | None = None
    # Functions.
    arguments: list[Meta] | None = None
    returns: Meta | None = None

    @property
    def materialized(self) -> str:
        """How dbt builds it."""
        return str(self.config.get("materialized") or "")

    @property
    def tells_columns(self) -> bool:
        """True where somebody says something of its columns, beside describing them.

        An ephemeral model is a relation then: what is said is said of something.
        """
        metas = (meta for meta in (self.meta, self.config.get("meta")) if isinstance(meta, dict))
        spaces = (space for meta in metas for space in meta.values() if isinstance(space, dict))
        return any(space.get(_LABELS) for space in spaces) or any(
            column.is_told for column in self.columns.values()
        )

    @property
    def keeps_failures(self) -> bool:
        """True for a test whose failing rows are put into a relation of their own."""
        if self.resource_type != "test":
            return False
        how = self.config.get("store_failures_as")
        if how is None:
            return self.config.get("store_failures") is True
        return how in ("table", "view")  # it may be a mapping


class Macro(msgspec.Struct, frozen=True, kw_only=True):
    """A macro; `macro_sql` is its block as written, tags included."""

    package_name: str = ""
    original_file_path: str = ""
    macro_sql: str = ""
    depends_on: DependsOn = DependsOn()


class Disabled(msgspec.Struct, frozen=True):
    """Something in the project that dbt leaves alone."""

    resource_type: str = "model"
    package_name: str = ""
    original_file_path: str = ""
    raw_code: str | None = None
    checksum: Checksum | None = None


def strings_in(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """The strings in a value of any form, at any depth; keys are none."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


class Reader(msgspec.Struct, frozen=True):
    """A metric or semantic model: known only for what it depends on."""

    depends_on: DependsOn = DependsOn()


class SavedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A query over metrics; its exports are relations that dbt's semantic layer builds."""

    name: str = ""
    package_name: str = ""
    original_file_path: str = ""
    depends_on: DependsOn = DependsOn()
    exports: list[Meta] | None = None


class UnitTest(msgspec.Struct, frozen=True, kw_only=True):
    """A model's test on rows that are made up; it is compiled when it runs, and never before."""

    package_name: str = ""
    original_file_path: str = ""
    given: Any = None
    expect: Any = None

    def rows(self) -> Iterator[str]:
        """The texts in its rows, and the queries that make some."""
        return strings_in([self.given, self.expect])


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`target/manifest.json`."""

    metadata: Metadata
    nodes: dict[str, Node]
    sources: dict[str, Node] = {}
    exposures: dict[str, Node] = {}
    macros: dict[str, Macro] = {}
    disabled: dict[str, list[Disabled]] | None = {}
    metrics: dict[str, Reader] = {}
    semantic_models: dict[str, Reader] = {}
    saved_queries: dict[str, SavedQuery] = {}
    unit_tests: dict[str, UnitTest] = {}
    functions: dict[str, Node] | None = None  # of a dbt that knows none

    def run(self) -> Iterator[Node]:
        """All that dbt puts into SQL and runs, but for unit tests."""
        yield from self.nodes.values()
        yield from (self.functions or {}).values()


class CatalogColumn(msgspec.Struct, frozen=True):
    """A column as the warehouse has it; `index` is its place."""

    name: str
    type: str = ""
    index: int = 0
    comment: str | None = None


class CatalogTable(msgspec.Struct, frozen=True):
    """A relation as the warehouse has it."""

    columns: dict[str, CatalogColumn] = {}


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """`target/catalog.json`."""

    metadata: Metadata = Metadata()
    nodes: dict[str, CatalogTable] = {}
    sources: dict[str, CatalogTable] = {}


class Heading(msgspec.Struct, frozen=True):
    """Enough of an artifact to say which one it is."""

    metadata: Metadata = Metadata()
