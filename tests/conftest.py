"""What tests of every package share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test is timed, and a build that was green is green again: the same examples each time.
settings.register_profile(
    "fieldgate",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fieldgate")


# Files that run dbt, or the command line over much, in the order of their time: a process that
# began with one of them last would be at work alone for minutes.
_LONG = """
examples/test_examples.py examples/test_gitlab.py hostile/test_corpus.py hostile/test_canary.py
oracle/test_oracle.py enforcer/policytest/test_library.py hostile/test_dbt_ways.py
lineage/readers/test_dbt_versions.py hostile/test_outputs.py hostile/test_yaml.py
test_verdicts.py test_tutorial.py
""".split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first."""
    order = {Path(__file__).parent / name: at for at, name in enumerate(_LONG)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What commands keep for the next run, they keep where nobody's own cache is."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of public artifacts and cases, named by the environment."""
    where = os.environ.get("FIELDGATE_CORPORA", "")
    if not where:
        pytest.skip("FIELDGATE_CORPORA names no folder of public artifacts")
    return Path(where)
