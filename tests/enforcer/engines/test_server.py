"""A real OPA server judges by the rules, and keeps nothing of them."""

from __future__ import annotations

import json
import subprocess
import threading
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from enforcer.engines.bundle import Bundled
from enforcer.engines.engine import UnjudgedError
from enforcer.engines.judge import Judge
from enforcer.engines.server import Remote
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from enforcer.estate import Estate
    from enforcer.opa import Server
    from enforcer.rego import RegoRule
    from enforcer.rego.source import Source
    from enforcer.taxonomy import Taxonomy

    MakeRule = Callable[[str], RegoRule]
    ServerAt = Callable[..., Server]
    Serve = Callable[..., AbstractContextManager[int]]

OUTSIDE = 'deny contains {"relation": r.name} if {\n\tsome r in input.relations\n\tr.outside\n}'


def ask(port: int, method: str, path: str, body: str = "") -> Any:  # noqa: ANN401 - any JSON
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body)
        return json.loads(connection.getresponse().read() or b"{}")
    finally:
        connection.close()


def run(server: Server, program: Source, document: Mapping[str, Any]) -> Any:  # noqa: ANN401
    with Remote(server) as remote:
        remote.load([program])
        return remote.judge(program, document).deny


def policies(port: int) -> list[str]:
    return [policy["id"] for policy in ask(port, "GET", "/v1/policies")["result"]]


def test_both_engines_say_the_same(
    opa: int, server_at: ServerAt, rule: MakeRule, estate: Estate, taxonomy: Taxonomy
) -> None:
    """A rule's findings do not depend on who runs it."""
    made = rule(OUTSIDE)
    with Judge([made], taxonomy) as here, Judge([made], taxonomy, server_at(opa)) as there:
        assert here.judge(made, estate) == there.judge(made, estate)
        assert len(here.judge(made, estate).findings) == 1


def test_the_server_keeps_nothing(
    opa: int, server_at: ServerAt, rule: MakeRule, people: Mapping[str, Any]
) -> None:
    """The rules are there during the run, under a name of its own, and gone afterwards."""
    program = rule(OUTSIDE).program
    with Remote(server_at(opa)) as one, Remote(server_at(opa)) as other:
        one.load([program])
        other.load([program])
        assert len([p for p in policies(opa) if p.startswith("fieldgate_")]) == 2
        assert one.judge(program, people).deny == other.judge(program, people).deny == []
    assert [p for p in policies(opa) if p.startswith("fieldgate_")] == []


def test_nothing_is_left_of_a_run_that_failed(
    opa: int, server_at: ServerAt, rule: MakeRule
) -> None:
    """A rule that goes wrong is taken away as well."""
    program = rule("deny := 1 / 0").program
    with pytest.raises(UnjudgedError, match="divide by zero"):
        run(server_at(opa), program, {})
    assert [p for p in policies(opa) if p.startswith("fieldgate_")] == []


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("deny if false", "`deny` or `judged` is undefined"),
        ("deny := []\njudged := 1 if false", "`deny` or `judged` is undefined"),
        ("deny := count(input.nothing_there)", "`deny` or `judged` is undefined"),
        ("deny := x if some x in [[1], [2]]", "status 500"),
        ("deny := sum(input.texts)", "status 500"),
    ],
)
def test_a_rule_without_a_value_is_no_pass(
    body: str, what: str, opa: int, server_at: ServerAt, rule: MakeRule
) -> None:
    """Undefined, and an error that OPA would swallow unless told not to, are no verdict."""
    program = rule(body).program
    with pytest.raises(UnjudgedError, match="rule some-rule") as caught:
        run(server_at(opa), program, {"texts": ["a"]})
    assert what in str(caught.value)


def test_what_the_server_cannot_compile_is_the_authors_mistake(
    opa: int, server_at: ServerAt, rule: MakeRule
) -> None:
    """The server's complaint is shown with the line in the author's file."""
    program = rule("deny := []\n\nother := missing").program
    with (
        pytest.raises(PolicyError, match=r"^some-rule\.rego:16:\d+: .*missing is unsafe"),
        Remote(server_at(opa)) as remote,
    ):
        remote.load([program])


def test_a_rule_that_does_not_end_is_given_up(
    opa: int, server_at: ServerAt, rule: MakeRule
) -> None:
    """A server that still computes when time is up has not judged."""
    program = rule("deny := [1 | some i in numbers.range(1, 100000000); i < 0]").program
    with pytest.raises(UnjudgedError, match=r"rule some-rule: .* does not answer in time"):
        run(server_at(opa, timeout=0.5, retries=2), program, {})


# Bundles.


@pytest.fixture
def bundle(opa_binary: str, tmp_path: Path) -> Callable[[Mapping[str, str]], str]:
    """A bundle of policies by file name."""

    def build(texts: Mapping[str, str]) -> str:
        folder = tmp_path / "bundle"
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        target = str(tmp_path / "bundle.tar.gz")
        command = [opa_binary, "build", "--bundle", str(folder), "--output", target]
        subprocess.run(command, check=True, capture_output=True)
        return target

    return build


def test_rules_are_taken_from_a_bundle(
    serve: Serve,
    server_at: ServerAt,
    bundle: Callable[[Mapping[str, str]], str],
    rule: MakeRule,
    estate: Estate,
    taxonomy: Taxonomy,
) -> None:
    """What a bundle has under `fieldgate.rules` is a rule, and is judged by where it is."""
    texts = {
        "some-rule.rego": rule(OUTSIDE + "\n\njudged := count(input.relations)").program.text,
        "else.rego": "package somebody.elses\n\nallow := true\n",
        "some-rule_test.rego": "package fieldgate.rules.some_rule_test\n\ntest_it if true\n",
    }
    with serve("--bundle", bundle(texts)) as port:
        server = server_at(port, policies="bundle")
        with Bundled(server) as bundled:
            (found,) = bundled.rules()
        assert (found.id, found.program.served) == ("some-rule", True)
        with Judge([found], taxonomy, server) as judge:
            outcome = judge.judge(found, estate)
        assert [f.field.relation for f in outcome.findings] == ["s3://out/people.csv"]
        assert outcome.judged == len(estate.relations)
        assert len(policies(port)) == 3


def test_a_server_without_rules_is_no_pass(opa: int, server_at: ServerAt) -> None:
    """A bundle that did not arrive leaves nothing to judge by, which is an error."""
    with (
        pytest.raises(UnjudgedError, match=r"has no rule under `fieldgate\.rules`"),
        Bundled(server_at(opa)) as bundled,
    ):
        bundled.rules()


def test_a_bundle_that_changes_is_no_pass(
    serve: Serve, server_at: ServerAt, rule: MakeRule, taxonomy: Taxonomy, estate: Estate
) -> None:
    """The rules that were checked are those that judged, or nothing was judged."""
    text = rule(OUTSIDE).program.text
    with serve() as port:
        ask(port, "PUT", "/v1/policies/rule", text)
        server = server_at(port, policies="bundle")
        with Bundled(server) as bundled:
            (found,) = bundled.rules()

        def judge_while_it_changes() -> None:
            with Judge([found], taxonomy, server) as judge:
                judge.judge(found, estate)
                ask(port, "PUT", "/v1/policies/rule", text.replace("r.outside", "not r.outside"))

        with pytest.raises(UnjudgedError, match="changed during the run"):
            judge_while_it_changes()


def test_two_policies_of_one_name_are_no_rule(
    serve: Serve, server_at: ServerAt, rule: MakeRule
) -> None:
    """Nobody can add to a rule from another file."""
    with serve() as port:
        ask(port, "PUT", "/v1/policies/rule", rule(OUTSIDE).program.text)
        ask(port, "PUT", "/v1/policies/more", "package fieldgate.rules.some_rule\n\nx := 1\n")
        with (
            pytest.raises(UnjudgedError, match="two policies in the package"),
            Bundled(server_at(port)) as bundled,
        ):
            bundled.rules()


# Who is who.


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def files(authority: trustme.CA, tmp_path: Path) -> Path:
    """Certificates in PEM: of the authority, of another one, of the server and of a client."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    trustme.CA().cert_pem.write_to_path(tmp_path / "other-ca.pem")
    for name, host in (("server", "127.0.0.1"), ("client", "gate@example.com")):
        made = authority.issue_cert(host)
        made.private_key_pem.write_to_path(tmp_path / f"{name}.key")
        made.cert_chain_pems[0].write_to_path(tmp_path / f"{name}.pem")
    return tmp_path


def over_tls(files: Path) -> list[str]:
    return [
        f"--tls-cert-file={files / 'server.pem'}",
        f"--tls-private-key-file={files / 'server.key'}",
    ]


def test_a_server_shows_who_it_is(
    serve: Serve, server_at: ServerAt, files: Path, rule: MakeRule, people: Mapping[str, Any]
) -> None:
    """Over TLS the named authority must have signed; no other one, and no default, will do."""
    program = rule(OUTSIDE).program
    with serve(*over_tls(files), secure=True) as port:
        assert run(server_at(port, scheme="https", ca=str(files / "ca.pem")), program, people) == []
        for told in ({"ca": str(files / "other-ca.pem")}, {}):
            with (
                pytest.raises(UnjudgedError, match="cannot be trusted"),
                Remote(server_at(port, scheme="https", **told)) as remote,
            ):
                remote.load([program])


def test_a_client_shows_who_it_is(
    serve: Serve, server_at: ServerAt, files: Path, rule: MakeRule, people: Mapping[str, Any]
) -> None:
    """A server that wants a certificate of ours gets it, and refuses who has none."""
    program = rule(OUTSIDE).program
    ours = {"cert": str(files / "client.pem"), "key": str(files / "client.key")}
    trusted = {"scheme": "https", "ca": str(files / "ca.pem")}
    asking = ["--authentication=tls", f"--tls-ca-cert-file={files / 'ca.pem'}"]
    with serve(*over_tls(files), *asking, secure=True) as port:
        assert run(server_at(port, **trusted, **ours), program, people) == []
        with pytest.raises(UnjudgedError), Remote(server_at(port, **trusted)) as remote:
            remote.load([program])


AUTHORIZATION = """
package system.authz

default allow := false

allow if input.path == ["health"]

allow if input.identity == "let-me-in"
"""


def test_a_token_comes_from_the_environment(
    serve: Serve,
    server_at: ServerAt,
    tmp_path: Path,
    rule: MakeRule,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The right token opens the server, and none or a wrong one does not."""
    policy = tmp_path / "authz.rego"
    policy.write_text(AUTHORIZATION, encoding="utf-8")
    program = rule("deny := []").program
    with serve("--authentication=token", "--authorization=basic", str(policy)) as port:
        monkeypatch.setenv("OPA_TOKEN", "let-me-in")
        named = {"token_env": "OPA_TOKEN"}
        assert run(server_at(port, **named), program, {}) == []
        monkeypatch.setenv("OPA_TOKEN", "wrong")
        for told in (named, {}):
            with (
                pytest.raises(UnjudgedError, match="refuses"),
                Remote(server_at(port, **told)) as remote,
            ):
                remote.load([program])


def test_many_runs_do_not_meet(
    opa: int, server_at: ServerAt, rule: MakeRule, people: Mapping[str, Any]
) -> None:
    """Builds that use one server at the same time get each their own answer."""
    found: dict[int, Any] = {}

    def build(number: int) -> None:
        program = rule(f"deny := [{number}]").program
        found[number] = run(server_at(opa, timeout=60), program, people)

    threads = [threading.Thread(target=build, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [number] for number in range(6)}
