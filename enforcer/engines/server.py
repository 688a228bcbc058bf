"""An OPA server as an engine, through opa-python-client, which is told to trust nothing.

The rules are put on the server under a package of this run's own and taken away again. The
client follows no redirect, reads no proxy or password from the environment, and gets no more
than a bounded answer in a bounded time; whatever it raises is an `UnjudgedError`.
"""

from __future__ import annotations

import threading
from contextlib import closing
from functools import partial
from secrets import token_hex
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import msgspec
import requests
from opa_client.errors import RegoParseError
from opa_client.opa import OpaClient
from requests.adapters import HTTPAdapter

from enforcer.documents.nearest import quoted
from enforcer.engines.engine import Answer, UnjudgedError, read_answer, unjudged
from enforcer.rego.source import ANSWER
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from enforcer.opa import Server
    from enforcer.rego.source import Source

MAX_BYTES: Final = 256 << 20
_CHUNK: Final = 1 << 16
_SERVER_ERROR: Final = 500
_FIRST_PAUSE: Final = 0.1  # doubles with every repetition
_GRACE: Final = 0.5  # for the client to notice by itself that time is up
_STEP: Final = "see that the server runs and answers, and run again"
_STRICT: Final = {"strict-builtin-errors": "true"}

Result = TypeVar("Result")


class UnreachableError(Exception):
    """No answer came, or one that says that the server is not well; asking again may help."""


class NonsenseError(Exception):
    """An answer that nobody should believe."""


class _Bounded(HTTPAdapter):
    """Reads an answer in pieces, and no more of it than there may be."""

    def __init__(self, seconds: float) -> None:
        super().__init__(max_retries=0)
        self._seconds = seconds

    def send(self, request: Any, *args: Any, **settings: Any) -> requests.Response:  # noqa: ANN401
        deadline = monotonic() + self._seconds
        response = super().send(request, *args, **{**settings, "stream": True})
        with closing(response):
            response._content = _read(response, deadline)  # noqa: SLF001 - as the library reads it
        if response.is_redirect:
            raise NonsenseError("a redirect to another address")
        if response.status_code >= _SERVER_ERROR and b'"eval_' not in response.content:
            raise UnreachableError(f"status {response.status_code}")
        return response


def _read(response: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > MAX_BYTES or monotonic() > deadline:
            raise NonsenseError("an answer that is too long, or does not end")
    return bytes(body)


class _Client(OpaClient):  # type: ignore[misc] # untyped
    """The client, with a session that is bounded and looks at nothing of ours."""

    def _init_session(self) -> requests.Session:
        session: requests.Session = super()._init_session()
        session.trust_env = False
        session.max_redirects = 0
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Bounded(self.timeout))
        return session

    def policies(self) -> Any:  # noqa: ANN401 - any JSON
        """All policies with their text, which the client's own methods leave out."""
        response = self._session.get(f"{self.root_url}/policies", timeout=self.timeout)
        response.raise_for_status()
        return response.json()


class Remote:
    """A context: a server that judges by the rules that are put on it until it is closed."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._prefix = f"fieldgate_{token_hex(8)}"
        self._nonce = token_hex(8)
        self._pushed: list[Source] = []
        settings = server.settings
        self.client = _Client(
            host=server.host,
            port=server.port,
            ssl=server.ca or server.secure,
            cert=server.identity,
            token=server.token or None,
            retries=0,
            timeout=settings.timeout,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self.leave()
        except UnjudgedError:
            if kind is None:
                raise
        finally:
            self.client.close_connection()

    def leave(self) -> None:
        """Take the rules away again. Raises `UnjudgedError` when one may be left there."""
        for source in self._pushed:
            self.ask(source, partial(self.client.delete_policy, self._path(source)))

    def load(self, sources: Sequence[Source]) -> None:
        """Put the rules on the server. Raises `PolicyError` for one that it cannot compile."""
        for source in sources:
            self._pushed.append(source)
            text = source.to_run(self._prefix, self._nonce)
            push = partial(self.client.update_policy_from_string, rego_compat=False)
            self.ask(source, partial(push, text, self._path(source)))

    def _path(self, source: Source) -> str:
        return f"{self._prefix}/{source.name}"

    def judge(self, source: Source, document: Mapping[str, Any]) -> Answer:
        """The rule's answer about a document."""
        found = self.query(source, document, self._path(source), ANSWER)
        return read_answer(source, found, self._nonce)

    def query(self, source: Source, document: Mapping[str, Any], path: str, rule: str) -> Any:  # noqa: ANN401 - any JSON
        """The value that a rule of the server has for a document."""
        asking = partial(self.client.query_rule, document, path, rule, query_params=_STRICT)
        said = self.ask(source, asking)
        if not isinstance(said, dict):
            raise unjudged(source, f"{self.server.url} answers what is no answer", _STEP)
        if "result" not in said:
            what = f"`deny` or `judged` is undefined on {self.server.url}"
            raise unjudged(source, what, "give it a value in every case")
        return said["result"]

    def ask(self, source: Source | None, call: Callable[[], Result]) -> Result:
        """What a call gives, repeated where nobody was met, and translated where it fails."""
        pauses = [_FIRST_PAUSE * 2**n for n in range(self.server.settings.retries)]
        for pause in (*pauses, None):
            try:
                return within(self.server.settings.timeout + _GRACE, call)
            except (requests.ConnectionError, UnreachableError) as error:
                if pause is None or isinstance(error, requests.Timeout):
                    raise self._unjudged(source, error) from None
                sleep(pause)
            except RegoParseError as error:
                raise self._refused(source, error) from None
            except Exception as error:  # noqa: BLE001 - the client raises whatever it likes
                raise self._unjudged(source, error) from None
        raise AssertionError

    def _refused(self, source: Source | None, error: RegoParseError) -> Exception:
        """A policy that the server will not have: the rule's fault, or the server's."""
        if source is None or error.expression != "invalid_parameter" or not error.errors:
            return unjudged(source, f"{self.server.url} refuses it: {error.message}", _STEP)
        first = msgspec.convert(error.errors[0], _Complaint, strict=False)
        at = source.origin(first.location.row - 1, first.location.col - 1)
        what = f"not Rego that {self.server.url} reads: {first.message}"
        return PolicyError(at, what, "mend it")

    def _unjudged(self, source: Source | None, error: Exception) -> UnjudgedError:
        return unjudged(source, f"{self.server.url} {_in_words(error)}", _STEP)


class _Location(msgspec.Struct, frozen=True):
    row: int = 1
    col: int = 1


class _Complaint(msgspec.Struct, frozen=True):
    message: str = ""
    location: _Location = _Location()


def _in_words(error: Exception) -> str:
    """What went wrong, without what a server may have put into it."""
    if isinstance(error, NonsenseError | UnreachableError):
        return f"answers with {error}"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"refuses: {_complaint(error.response)}"
    return next((said for kind, said in _WORDS if isinstance(error, kind)), _UNKNOWN)


_UNKNOWN: Final = "answers what is no answer"
# The first that fits; the library's errors are kinds of each other.
_WORDS: Final = (
    (TimeoutError, "does not answer in time"),
    (requests.Timeout, "does not answer in time"),
    (requests.exceptions.SSLError, "cannot be trusted: its certificate, or ours, does not hold"),
    (requests.exceptions.ChunkedEncodingError, "breaks off in the middle of an answer"),
    (requests.ConnectionError, "cannot be reached"),
)


def _complaint(response: requests.Response) -> str:
    """The status, and the first thing that OPA complains about in it."""
    try:
        body = msgspec.json.decode(response.content, type=_Complaints)
    except msgspec.MsgspecError:
        return f"status {response.status_code}"
    said = body.errors[0].message if body.errors else body.message
    return f"status {response.status_code}, {quoted(said)}"


class _Complaints(msgspec.Struct, frozen=True):
    message: str = ""
    errors: tuple[_Complaint, ...] = ()


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """What a call gives; `TimeoutError` when it takes longer, whatever it is waiting for.

    The client's own timeout is for each read, and a server that sends a byte now and then never
    runs into it.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError
    return results[0]
