"""A compile worker: reads texts from standard input, writes objects to standard output.

Run as `python -I -m lineage.worker` by `lineage.workers`, and by nobody else. A message is
four bytes of length, big-endian, and that many bytes of msgpack: `[dialect, text]` in,
an `Object` out. Memory is limited before the first text is read, so a text that is too
much for the parser costs this process and not its parent.
"""

from __future__ import annotations

import resource
import sys
from typing import TYPE_CHECKING

import msgspec

from lineage.collector import Batches, paused
from lineage.compile import compile_text
from lineage.deep import STACK_BYTES, run_deep

if TYPE_CHECKING:
    from typing import BinaryIO

MEMORY_BYTES = 1536 << 20
LENGTH_BYTES = 4  # before every message


def read_message(stream: BinaryIO) -> bytes | None:
    """The next message, None at the end of the stream."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    return body if len(body) == size else None


def write_message(stream: BinaryIO, body: bytes) -> None:
    """Write one message and flush it."""
    stream.write(len(body).to_bytes(LENGTH_BYTES, "big") + body)
    stream.flush()


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer every message until the other side hangs up."""
    decoder = msgspec.msgpack.Decoder(tuple[str, str])
    encoder = msgspec.msgpack.Encoder()
    batches = Batches()
    while (body := read_message(incoming)) is not None:
        dialect, text = decoder.decode(body)
        write_message(outgoing, encoder.encode(compile_text(text, dialect)))
        batches.add(len(text))


def main() -> None:
    """Limit this process, then serve on the large stack."""
    space = MEMORY_BYTES + STACK_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    outgoing = sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing but messages may go out
    with paused():
        run_deep(lambda: serve(sys.stdin.buffer, outgoing))


if __name__ == "__main__":
    main()
