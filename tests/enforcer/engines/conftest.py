"""A small world, rules in Rego for it, and a real OPA server where there is one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from enforcer.opa import Opa, Server, server_of
from enforcer.places import find_places
from enforcer.policytest import sample_estate
from enforcer.rego import RegoRule, parse_rego_rule
from enforcer.rules import Sample
from enforcer.taxonomy import load_taxonomy
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from enforcer.estate import Estate
    from enforcer.taxonomy import Taxonomy

HEAD = """\
# METADATA
# title: Something is wrong
# custom:
#   id: some-rule
#   phase: use
#   why: because
#   fix: so
#   avoid: create table mart.people as select email from crm.people
#   prefer: create table mart.people as select id from crm.people
package fieldgate.rules.some_rule

import rego.v1

"""


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


@pytest.fixture
def rule() -> Callable[[str], RegoRule]:
    """A rule by what follows its head."""

    def make(body: str) -> RegoRule:
        return parse_rego_rule(HEAD + body, "some-rule.rego", "some-rule")[0]

    return make


SQL = """
create table stg.people as select id, email, phone, consent from crm.people where consent = true;
create table mart.people as
  select sha256(email) as mail_hash, phone, count(*) over (partition by phone) as alike
  from stg.people;
copy (select mail_hash from mart.people) to 's3://out/people.csv';
grant select on mart.people to analyst;
delete from stg.people where id in (select id from crm.erasures);
"""


@pytest.fixture(scope="session")
def estate(taxonomy: Taxonomy) -> Estate:
    """People who are copied, hashed and exported."""
    world = Sample(
        sql=SQL,
        labels={
            "crm.people": {
                "id": "user.unique_id",
                "email": "user.contact.email",
                "phone": "user.contact.phone_number",
            }
        },
        relations={
            "crm.people": {
                "kind": "source",
                "subject_count": "1200",
                "retention": "P24M",
                "reviewed": "2025-06-01",
                "purposes": ("essential.service", "marketing"),
            }
        },
    )
    return sample_estate(world, "world.sql", taxonomy, find_places)


@pytest.fixture(scope="session")
def opa_binary() -> str:
    """OPA itself, named by FIELDGATE_OPA or on the PATH."""
    found = os.environ.get("FIELDGATE_OPA") or shutil.which("opa")
    if not found:
        pytest.skip("neither FIELDGATE_OPA nor PATH has OPA")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(binary: str, *arguments: str, ready: Callable[[int], bool]) -> Iterator[int]:
    """An OPA server on a port of its own, ended when it is left."""
    port = free_port()
    address = f"127.0.0.1:{port}"
    command = [binary, "run", "--server", "--addr", address, "--log-level", "error"]
    process = subprocess.Popen(
        [*command, "--skip-version-check", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not ready(port):
            assert process.poll() is None, "OPA did not start"
        yield port
    finally:
        process.terminate()
        process.wait()


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def serve(opa_binary: str) -> Callable[..., AbstractContextManager[int]]:
    """Starts an OPA server with more arguments; `secure` is waited for by its port alone."""

    def start(*arguments: str, secure: bool = False) -> AbstractContextManager[int]:
        return running(opa_binary, *arguments, ready=listens if secure else answers)

    return start


@pytest.fixture
def server_at() -> Callable[..., Server]:
    """The server at a port of this machine, by the settings that are given."""

    def make(port: int, *, scheme: str = "http", **settings: Any) -> Server:  # noqa: ANN401
        told = Opa(url=f"{scheme}://127.0.0.1:{port}", **{"retries": 0, **settings})
        return server_of(told, Path(), lambda _key: Origin("fieldgate.yml", 1, 1))

    return make


@pytest.fixture(scope="session")
def opa(serve: Callable[..., AbstractContextManager[int]]) -> Iterator[int]:
    """The port of an OPA server that all tests share, each with a package of its own."""
    with serve() as port:
        yield port


@pytest.fixture
def people() -> Mapping[str, Any]:
    """A document that no estate was asked for."""
    return {"relations": {"crm.people": {"name": "crm.people", "outside": False}}, "flows": []}
