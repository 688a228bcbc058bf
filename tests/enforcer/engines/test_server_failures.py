"""A server that is down, slow, broken or a liar: each ends in an error, none in a pass."""

from __future__ import annotations

import json
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from enforcer.engines import server as module
from enforcer.engines.bundle import Bundled
from enforcer.engines.engine import UnjudgedError
from enforcer.engines.server import Remote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enforcer.opa import Server
    from enforcer.rego import RegoRule
    from enforcer.rego.source import Source

    MakeRule = Callable[[str], RegoRule]
    ServerAt = Callable[..., Server]
    Handle = Callable[[socket.socket, bytes], None]
    Listen = Callable[[Handle], int]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """A raw server: what it does with each request is up to the test."""
    opened: list[socket.socket] = []

    def start(handle: Handle) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        opened.append(listening)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                opened.append(connection)
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            try:
                while (request := read(connection)) is not None:
                    handle(connection, request)
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        port: int = listening.getsockname()[1]
        return port

    yield start
    for one in opened:
        one.close()


def read(connection: socket.socket) -> bytes | None:
    """A request whole, its body too; None when the other side hangs up."""
    found = b""
    while b"\r\n\r\n" not in found:
        more = connection.recv(65536)
        if not more:
            return None
        found += more
    head, _, body = found.partition(b"\r\n\r\n")
    lengths = [x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def reply(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {size}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.fixture
def program(rule: MakeRule) -> Source:
    return rule("deny := []").program


def judge(server: Server, program: Source) -> None:
    with Remote(server) as remote:
        remote.load([program])
        remote.judge(program, {"relations": {}})


def answers(said: bytes) -> Handle:
    """Accepts policies, and answers every question with the same."""

    def handle(connection: socket.socket, request: bytes) -> None:
        is_question = request.startswith(b"POST")
        connection.sendall(said if is_question else reply("200 OK", b"{}"))
        if is_question and b"Connection: close" in said:
            connection.close()

    return handle


def test_a_server_that_is_down(server_at: ServerAt, program: Source) -> None:
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    with pytest.raises(UnjudgedError, match=r"rule some-rule: .* cannot be reached"):
        judge(server_at(port, retries=1), program)


def test_a_server_that_never_answers(server_at: ServerAt, program: Source) -> None:
    """It takes the connection, and that is all."""
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(UnjudgedError, match="does not answer in time"),
    ):
        judge(server_at(silent.getsockname()[1], timeout=0.2, retries=3), program)


def test_a_server_that_answers_byte_by_byte(
    server_at: ServerAt, listen: Listen, program: Source
) -> None:
    """Each byte comes in time, the answer as a whole never does."""
    going = threading.Event()

    def handle(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(reply("200 OK", b"{", length=10_000_000))
        while not going.wait(0.05):
            connection.sendall(b" ")

    with pytest.raises(UnjudgedError, match=r"does not answer in time|does not end"):
        judge(server_at(listen(handle), timeout=0.3), program)
    going.set()


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Busy", "504 Late"])
def test_a_server_that_is_not_well_is_asked_again_but_not_for_ever(
    status: str,
    server_at: ServerAt,
    listen: Listen,
    program: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A request is repeated as often as is set, and then the rule was not judged."""
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.01)
    asked: list[bytes] = []

    def handle(connection: socket.socket, request: bytes) -> None:
        asked.append(request.partition(b" ")[0])
        is_question = request.startswith(b"POST")
        connection.sendall(reply(status, b"oops") if is_question else reply("200 OK", b"{}"))

    with pytest.raises(UnjudgedError, match=f"answers with status {status[:3]}"):
        judge(server_at(listen(handle), retries=2), program)
    assert asked == [b"PUT", b"POST", b"POST", b"POST", b"DELETE"]


def test_a_server_that_recovers_is_fine(
    server_at: ServerAt, listen: Listen, program: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bad answer is no reason to fail a build."""
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.01)
    said = iter([reply("503 Busy", b""), reply("200 OK", b"{}"), reply("200 OK", b"{}")])

    with Remote(server_at(listen(lambda c, _r: c.sendall(next(said))), retries=1)) as remote:
        remote.load([program])


NONSENSE = {
    "not JSON": reply("200 OK", b"<html>hello</html>"),
    "empty": reply("200 OK", b""),
    "a list": reply("200 OK", b"[]"),
    "undefined": reply("200 OK", b"{}"),
    "null": reply("200 OK", b'{"result": null}'),
    "a pass": reply("200 OK", b'{"result": {"deny": []}}'),
    "another policy": reply("200 OK", b'{"result": {"deny": [], "nonce": "0123456789abcdef"}}'),
    "more": reply("200 OK", b'{"result": {"deny": [], "nonce": "x", "allow": true}}'),
    "a redirect": reply("302 Found", b"", "Location: http://127.0.0.1:1/v1/data/x"),
    "a redirect for good": reply("308 Moved", b"", "Location: https://example.com/"),
    "not found": reply("404 Not Found", b'{"code": "resource_not_found"}'),
    "not allowed": reply("401 Unauthorized", b'{"code": "unauthorized", "message": "no"}'),
    "cut off": reply("200 OK", b'{"result": {"deny": []', "Connection: close", length=500),
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "deep": reply("200 OK", b'{"result": ' + b"[" * 100_000),
    "not UTF-8": reply("200 OK", b'{"result": {"deny": [], "nonce": "\xff\xfe"}}'),
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_is_not_believed(
    kind: str, server_at: ServerAt, listen: Listen, program: Source
) -> None:
    """Whatever is not this rule's own answer ends in an error that names the rule."""
    with pytest.raises(UnjudgedError, match="rule some-rule"):
        judge(server_at(listen(answers(NONSENSE[kind])), timeout=5), program)


def test_an_answer_without_end_is_not_read_to_it(
    server_at: ServerAt, listen: Listen, program: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer may be as large as is set, and no larger."""
    monkeypatch.setattr(module, "MAX_BYTES", 1 << 20)
    large = reply("200 OK", b'{"result": "' + b"x" * (2 << 20) + b'"}')
    with pytest.raises(UnjudgedError, match="too long"):
        judge(server_at(listen(answers(large)), timeout=30), program)


def test_a_server_that_repeats_an_earlier_answer(
    server_at: ServerAt, listen: Listen, rule: MakeRule
) -> None:
    """Each run has an answer of its own; one that was recorded is another policy's."""
    program, recorded = rule("deny := []").program, {}

    def handle(connection: socket.socket, request: bytes) -> None:
        if request.startswith(b"PUT"):
            nonce = request.partition(b'"nonce": "')[2].partition(b'"')[0].decode()
            recorded.setdefault("nonce", nonce)
        answer = json.dumps({"result": {"deny": [], **recorded}}).encode()
        is_question = request.startswith(b"POST")
        connection.sendall(reply("200 OK", answer if is_question else b"{}"))

    server = server_at(listen(handle))
    judge(server, program)
    with pytest.raises(UnjudgedError, match="another policy's result"):
        judge(server, program)


@pytest.mark.parametrize(
    "said",
    [b"{}", b'{"result": [{}]}', b'{"result": [{"raw": 1}]}', b"[]", b"<html>", b'{"result": {}}'],
)
def test_a_list_that_is_none(said: bytes, server_at: ServerAt, listen: Listen) -> None:
    """A server that lists what are no policies has no rules to judge by."""
    port = listen(lambda connection, _request: connection.sendall(reply("200 OK", said)))
    with pytest.raises(UnjudgedError), Bundled(server_at(port)) as bundled:
        bundled.rules()


def test_a_rule_that_may_be_left_behind_is_said(
    server_at: ServerAt, listen: Listen, program: Source
) -> None:
    """A server that does not let us clean up is not left in silence."""

    def handle(connection: socket.socket, request: bytes) -> None:
        refused = reply("403 Forbidden", b'{"code": "forbidden", "message": "no"}')
        connection.sendall(refused if request.startswith(b"DELETE") else reply("200 OK", b"{}"))

    with (
        pytest.raises(UnjudgedError, match="rule some-rule"),
        Remote(server_at(listen(handle))) as remote,
    ):
        remote.load([program])


def test_no_proxy_is_asked(
    server_at: ServerAt, listen: Listen, program: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a proxy nor a password of the environment gets between us and the server."""
    seen: list[bytes] = []

    def handle(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        connection.sendall(reply("200 OK", b"{}"))

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with Remote(server_at(listen(handle))) as remote:
        remote.load([program])
    assert seen
    assert all(request.split(b" ")[1].startswith(b"/v1/policies/") for request in seen)
