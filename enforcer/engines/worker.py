"""The embedded engine's process: reads questions from standard input, writes answers.

Run as a file by `enforcer.engines.embedded`, and by nobody else; it imports nothing of ours, so
that nothing can be put in its place. A message is four bytes of length, big-endian, and that
many bytes of msgpack: what is asked and its arguments in; in return the kind of answer, a text,
and the line from 0 that an error is in. The engine may print, so the pipe is kept from it; it
may eat all memory and time, so a watcher ends the process.
"""

from __future__ import annotations

import os
import re
import resource
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec
from regopy import Input, Interpreter, LogLevel, RegoError

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTH_BYTES = 4
WATCH_SECONDS = 0.02
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # of `ru_maxrss`
_ERROR_CODE = 1801  # the engine's node for a message
_MESSAGE = re.compile(r"\(errormsg (\d+):")
_PLACE = re.compile(r"\(error \d+:rule\.rego\|(\d+)\|")


def limit(memory: int, seconds: int) -> None:
    """End this process when it takes more memory or time of the processor than that.

    The engine reserves addresses by the hundred gigabytes, so they cannot be limited.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    if not Path("/proc/self/statm").exists():  # else who started it looks, from outside
        threading.Thread(target=_watch, args=(memory,), daemon=True).start()


def _watch(memory: int) -> None:
    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT < memory:
        sleep(WATCH_SECONDS)
    os._exit(1)


class Engine:
    """One interpreter with the rules that were loaded last, and the document that they see."""

    def __init__(self) -> None:
        self._interpreter: Any = None
        self._bundle: Any = None

    def check(self, text: str, entry: str) -> list[Any]:
        """The plan that one rule is compiled to, or where and why it cannot be."""
        interpreter = _interpreter()
        try:
            interpreter.add_module("rule.rego", text)
            bundle = interpreter.build(None, [entry])
            if not bundle.ok():
                return ["error", "the engine cannot compile it", 0]
            with TemporaryDirectory() as folder:
                interpreter.save_bundle(f"{folder}/bundle", bundle)
                return ["plan", Path(folder, "bundle", "plan.json").read_text("utf-8"), 0]
        except RegoError as error:
            return _compile_error(str(error), text)

    def load(self, rules: list[tuple[str, str]]) -> list[Any]:
        """Compile all rules, each a text and its entry, to be judged by."""
        self._interpreter = _interpreter()
        for number, (text, _entry) in enumerate(rules):
            self._interpreter.add_module(f"rule{number}.rego", text)
        self._bundle = self._interpreter.build(None, [entry for _text, entry in rules])
        return ["ok", "", 0]

    def show(self, document: Any) -> list[Any]:  # noqa: ANN401 - any JSON
        """Set the document that the next questions are about."""
        self._interpreter.set_input(Input(document))
        return ["ok", "", 0]

    def judge(self, entry: str) -> list[Any]:
        """What a rule answers, as the engine's JSON, or its error."""
        try:
            output = self._interpreter.query_bundle_entrypoint(self._bundle, entry)
        except ValueError:  # what it writes is no JSON
            return ["error", "it gives no answer; does something refer to itself?", 0]
        if not output.ok():
            return ["error", _run_error(output.node()), 0]
        return ["value", str(output), 0]


def _interpreter() -> Interpreter:
    interpreter = Interpreter()
    interpreter.strict_built_in_errors = True
    interpreter.log_level = LogLevel.NONE
    return interpreter


def _compile_error(error: str, text: str) -> list[Any]:
    """The first message in the engine's description of an error, and its line from 0."""
    message, place = _MESSAGE.search(error), _PLACE.search(error)
    said = error[message.end() : message.end() + int(message[1])] if message else "no reason given"
    before = text.encode()[: int(place[1])] if place else b""
    return ["error", said, before.count(b"\n")]


def _run_error(node: Any) -> str:  # noqa: ANN401 - a node of the engine
    """The first message in a tree of errors."""
    waiting = [node]
    while waiting:
        here = waiting.pop(0)
        if here.kind == _ERROR_CODE:
            return _value_of(here)
        waiting += [here.at(number) for number in range(len(here))]
    return "no reason given"


def _value_of(node: Any) -> str:  # noqa: ANN401 - a node of the engine
    from regopy.rego_shared import rego_node_value  # noqa: PLC0415 - only where something failed

    return str(rego_node_value(node._impl))  # noqa: SLF001 - regopy hides the text of an error


def answer(engine: Engine, question: list[Any]) -> list[Any]:
    """The answer to a question; an error of the engine is one too."""
    asked, *arguments = question
    asks: dict[str, Callable[..., list[Any]]] = {
        "check": engine.check,
        "load": engine.load,
        "show": engine.show,
        "judge": engine.judge,
    }
    try:
        return asks[asked](*arguments)
    except Exception as error:  # noqa: BLE001 - the engine raises whatever it likes
        return ["error", f"{type(error).__name__}: {error}"[:500], 0]


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer every message until the other side hangs up; the first one sets the limits."""
    engine: Engine | None = None
    while len(head := incoming.read(LENGTH_BYTES)) == LENGTH_BYTES:
        question = msgspec.msgpack.decode(incoming.read(int.from_bytes(head, "big")))
        if engine is None:
            limit(*question)
            engine, said = Engine(), ["ok", "", 0]
        else:
            said = answer(engine, question)
        body = msgspec.msgpack.encode(said)
        outgoing.write(len(body).to_bytes(LENGTH_BYTES, "big") + body)
        outgoing.flush()


def main() -> None:
    """Keep the pipe for the answers, and send what anybody prints nowhere."""
    outgoing = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    serve(sys.stdin.buffer, outgoing)


if __name__ == "__main__":
    main()
