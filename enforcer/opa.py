"""The `opa` section of `fieldgate.yml`: an OPA server that judges the rules in Rego.

What a pull request may change must not send secrets anywhere: a token comes from a variable of
the environment that has OPA in its name, and never from the file; without TLS nothing leaves this
machine unless somebody allows it.
"""

from __future__ import annotations

import ipaddress
import os
import re
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import urlsplit

import msgspec

from enforcer.documents.nearest import quoted
from enforcer.rules import Strict
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lineage import Origin

    At = Callable[[str], Origin]

_TOKEN: Final = re.compile(r"[A-Z0-9_]*OPA[A-Z0-9_]*")
_PORTS: Final = {"http": 80, "https": 443}


class Opa(Strict, frozen=True, kw_only=True):
    """How to reach an OPA server, and whose rules it judges by.

    policies: `push` sends it our rules in Rego for the run and removes them; `bundle` also takes
    the rules that its bundles have under `fieldgate.rules`. token_env: the variable that holds a
    bearer token. ca, cert, key: files in PEM, of the server's authority and of ours. timeout:
    seconds for one request; retries: how often one is repeated that met no server.
    """

    url: str
    policies: Literal["push", "bundle"] = "push"
    token_env: str = ""
    ca: str = ""
    cert: str = ""
    key: str = ""
    timeout: Annotated[float, msgspec.Meta(ge=0.1, le=600.0)] = 10.0
    retries: Annotated[int, msgspec.Meta(ge=0, le=10)] = 2
    allow_insecure: bool = False


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A server as the client wants it told: the section, checked and looked up."""

    host: str
    port: int
    secure: bool
    settings: Opa
    token: str = ""
    ca: str = ""
    identity: tuple[str, str] | None = None

    @property
    def url(self) -> str:
        """Where it is, for people."""
        return f"{'https' if self.secure else 'http'}://{self.host}:{self.port}"


def server_of(settings: Opa, root: Path, at: At) -> Server:
    """The server that the section means; `at` says where a key of it is written.

    Raises `PolicyError` for an address that is none or not safe, a file that is not there, and a
    token whose variable is not set.
    """
    scheme, host, port = _address(settings, at("url"))
    secure = scheme == "https"
    if not secure and not settings.allow_insecure and not _is_loopback(host):
        what = f"{quoted(settings.url)} is neither https nor on this machine"
        raise PolicyError(at("url"), what, "use https, or set `allow_insecure: true`")
    if not secure and (settings.ca or settings.cert):
        raise PolicyError(at("url"), "certificates without https", "use https")
    if bool(settings.cert) != bool(settings.key):
        raise PolicyError(at("cert"), "`cert` and `key` go together", "write both or none")
    return Server(
        host=f"[{host}]" if ":" in host else host,
        port=port,
        secure=secure,
        settings=settings,
        token=_token(settings.token_env, at("token_env")),
        ca=_file(settings.ca, root, at("ca")),
        identity=(
            (_file(settings.cert, root, at("cert")), _file(settings.key, root, at("key")))
            if settings.cert
            else None
        ),
    )


def _address(settings: Opa, at: Origin) -> tuple[str, str, int]:
    step = "write https://host:port"
    try:
        parts = urlsplit(settings.url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise PolicyError(at, f"{quoted(settings.url)} is no address", step) from None
    if parts.scheme not in _PORTS or not host or re.search(r"[\s\\%]", settings.url):
        raise PolicyError(at, f"{quoted(settings.url)} is no address of a server", step)
    if parts.username is not None or parts.password is not None:
        raise PolicyError(at, "an address with a user or password", "use `token_env`")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise PolicyError(at, f"{quoted(settings.url)} has more than host and port", step)
    return parts.scheme, host, port or _PORTS[parts.scheme]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token(variable: str, at: Origin) -> str:
    if not variable:
        return ""
    if not _TOKEN.fullmatch(variable):
        what = f"{quoted(variable)} is no variable for a token"
        raise PolicyError(at, what, "name one in capitals that has OPA in its name")
    token = os.environ.get(variable, "")
    if not token.strip() or not token.isascii() or not token.isprintable():
        what = f"the environment has no token in {quoted(variable)}"
        raise PolicyError(at, what, "set it where the gate runs")
    return token.strip()


def _file(written: str, root: Path, at: Origin) -> str:
    path = root / written
    if written and not path.is_file():
        raise PolicyError(at, f"there is no file {quoted(written)}", "name a file in PEM")
    return str(path) if written else ""
