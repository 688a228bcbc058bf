"""The `opa` section: what may be written there, and what a pull request could do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from enforcer.config import load_config
from enforcer.engines.connecting import server_in
from enforcer.opa import Opa, server_of
from enforcer.words import PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from pathlib import Path

    from enforcer.opa import Server


def server(folder: Path, **settings: Any) -> Server:  # noqa: ANN401
    return server_of(Opa(**settings), folder, lambda key: Origin(f"opa.{key}", 1, 1))


@pytest.mark.parametrize(
    ("url", "host", "port", "secure"),
    [
        ("https://opa.example.com", "opa.example.com", 443, True),
        ("https://opa.example.com:8181/", "opa.example.com", 8181, True),
        ("http://localhost:8181", "localhost", 8181, False),
        ("http://127.0.0.1", "127.0.0.1", 80, False),
        ("http://127.8.9.1:1", "127.8.9.1", 1, False),
        ("http://[::1]:8181", "[::1]", 8181, False),
        ("HTTPS://Opa.Example.com", "opa.example.com", 443, True),
    ],
)
def test_an_address_is_host_and_port(
    url: str,
    host: str,
    port: int,
    secure: bool,  # noqa: FBT001 - expected
    tmp_path: Path,
) -> None:
    """With TLS any host, without it only this machine."""
    found = server(tmp_path, url=url)
    assert (found.host, found.port, found.secure) == (host, port, secure)


@pytest.mark.parametrize(
    "url",
    [
        "http://opa.example.com:8181",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://[2001:db8::1]:8181",
        "ftp://localhost",
        "file:///etc/passwd",
        "unix:///run/opa.sock",
        "localhost:8181",
        "//localhost",
        "https://",
        "https://user:secret@opa.example.com",
        "https://user@opa.example.com",
        "https://opa.example.com/v1",
        "https://opa.example.com?x=1",
        "https://opa.example.com#x",
        "https://opa.example.com:port",
        "https://opa.example.com:99999",
        "https://opa example.com",
        "https://opa.example.com\\@evil.example",
        "https://[::1",
        "",
    ],
)
def test_no_other_address_will_do(url: str, tmp_path: Path) -> None:
    """Nothing is sent in the open, nor to what is no address, nor with a password in it."""
    with pytest.raises(PolicyError, match=r"^opa\.url:1:1: ") as caught:
        server(tmp_path, url=url)
    assert caught.value.next_step


def test_who_wants_it_in_the_open_says_so(tmp_path: Path) -> None:
    """A network that is trusted is somebody's decision."""
    assert server(tmp_path, url="http://opa:8181", allow_insecure=True).host == "opa"


def test_a_token_is_named_and_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has the token, and only a variable for OPA is ever read."""
    monkeypatch.setenv("FIELDGATE_OPA_TOKEN", " abc\n".strip())
    monkeypatch.setenv("GITHUB_TOKEN", "canary")
    told = {"url": "https://opa.example.com"}
    assert server(tmp_path, **told, token_env="FIELDGATE_OPA_TOKEN").token == "abc"  # noqa: S105, S106
    for name in ("GITHUB_TOKEN", "HOME", "opa", "OPA TOKEN", "OPA-TOKEN"):
        with pytest.raises(PolicyError, match="is no variable for a token"):
            server(tmp_path, **told, token_env=name)
    with pytest.raises(PolicyError, match="the environment has no token"):
        server(tmp_path, **told, token_env="OPA_NOT_SET")  # noqa: S106 - a name
    monkeypatch.setenv("OPA_TOKEN", "a\r\nHost: evil")
    with pytest.raises(PolicyError, match="the environment has no token"):
        server(tmp_path, **told, token_env="OPA_TOKEN")  # noqa: S106 - a name


def test_certificates_are_files(tmp_path: Path) -> None:
    """A file that is not there, half a pair, and a pair without TLS are mistakes."""
    (tmp_path / "ca.pem").write_text("x", encoding="utf-8")
    told = {"url": "https://opa.example.com"}
    assert server(tmp_path, **told, ca="ca.pem").ca == str(tmp_path / "ca.pem")
    with pytest.raises(PolicyError, match=r"^opa\.ca:1:1: there is no file `other\.pem`"):
        server(tmp_path, **told, ca="other.pem")
    with pytest.raises(PolicyError, match="`cert` and `key` go together"):
        server(tmp_path, **told, cert="ca.pem")
    with pytest.raises(PolicyError, match="certificates without https"):
        server(tmp_path, url="http://localhost", ca="ca.pem")


@pytest.mark.parametrize(
    ("section", "what"),
    [
        ("{url: http://10.0.0.1}", "2:12: `http://10.0.0.1` is neither https"),
        ("{policies: push}", "2:6: `url` is missing"),
        ("{url: https://x, policies: pull}", "2:33: unknown word `pull`"),
        ("{url: https://x, token: abc}", "2:23: unknown key `token`; did you mean `token_env`?"),
        ("{url: https://x, timeout: 0}", "2:32: 0.0 is less than 0.1"),
        ("{url: https://x, retries: 100}", "2:32: 100 is more than 10"),
        ("{url: https://x, token_env: HOME}", "2:34: `HOME` is no variable"),
    ],
)
def test_a_mistake_is_named_at_its_place(section: str, what: str, tmp_path: Path) -> None:
    """The section is read like the rest of the configuration."""
    (tmp_path / "fieldgate.yml").write_text(f"version: 1\nopa: {section}\n", encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        server_in(load_config(tmp_path))
    assert str(caught.value).startswith(f"fieldgate.yml:{what}")


def test_without_the_section_there_is_no_server(tmp_path: Path) -> None:
    """The engine is the embedded one unless a server is named."""
    assert server_in(load_config(tmp_path)) is None
