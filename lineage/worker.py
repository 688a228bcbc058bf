"""A compile worker: reads texts from standard input, writes objects to standard output.

Run as `python -I -m lineage.worker` by `lineage.workers`, and by nobody else. A message is
msgpack: `[number, dialect, text]` in, `[number, Object]` out. Memory is limited before the
first text is read, time before each, so a text that is too much for the parser costs this
process and not its parent.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import msgspec

from lineage.collector import MANY, collect, paused
from lineage.confined import OUT_OF_MEMORY, allow_seconds, confine, read_message, write_message
from lineage.deep import STACK_BYTES, run_deep
from lineage.limits import CPU_SECONDS, MEMORY_BYTES

with paused():  # it brings in much, and none of that is garbage
    from lineage.compile import compile_text

if TYPE_CHECKING:
    from typing import BinaryIO


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer every message until the other side hangs up."""
    decoder = msgspec.msgpack.Decoder(tuple[int, str, str])
    encoder = msgspec.msgpack.Encoder()
    while (body := read_message(incoming)) is not None:
        allow_seconds(CPU_SECONDS)
        number, dialect, text = decoder.decode(body)
        write_message(outgoing, encoder.encode((number, compile_text(text, dialect))))
        collect(MANY)


def main() -> None:
    """Limit this process, then serve on the large stack."""
    outgoing = confine(MEMORY_BYTES + STACK_BYTES)
    try:
        with paused():
            run_deep(lambda: serve(sys.stdin.buffer, outgoing))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # nothing is sure to work in here any more


if __name__ == "__main__":
    main()
