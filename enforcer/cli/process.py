"""The process around a command: its streams, and how it ends when click or Python give up."""

from __future__ import annotations

import os
import sys
import warnings
from functools import partial
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

from enforcer.cli.writer import OutputError, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_USAGE = 2
_UNFINISHED = 4
_STANDARD = 2  # the highest number of a standard stream


class Gate(click.Group):
    """A group of commands none of whose errors is printed by click, which encodes nothing."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as click has it
        """Run as a process of its own: what is set up here would disturb any other program."""
        _reserve_closed_streams()
        _silence_libraries()
        return super().__call__(*args, **kwargs)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002 - an invoker may call the file as they like
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - as click has it
        **extra: Any,  # noqa: ANN401 - as click has it
    ) -> Any:  # noqa: ANN401 - as click has it
        """As click's, but an error is one line by our writer, and its exit code the design's."""
        run: Callable[[], object] = partial(
            super().main, args, "fieldgate", complete_var, standalone_mode=False, **extra
        )
        if not standalone_mode:
            return run()
        code: object
        try:
            code = run()
        except click.ClickException as error:
            _tell_usage(error)
            code = _USAGE
        except click.Abort:
            tell("error: interrupted")
            code = _UNFINISHED
        except (OutputError, OSError) as error:
            tell(f"error: {error}")
            code = _UNFINISHED
        sys.exit(code if isinstance(code, int) else 0)


def _tell_usage(error: click.ClickException) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        tell(context.get_usage())
        tell(f"Try '{context.command_path} --help' for help.")
    tell(f"Error: {error.format_message()}")


def _reserve_closed_streams() -> None:
    """Whatever is opened later must not get the number of a stream that was closed before."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STANDARD:
        pass
    os.close(descriptor)


def _silence_libraries() -> None:
    """What libraries warn of and log quotes text that nobody has made safe to show."""
    import logging  # noqa: PLC0415 - not wanted by whoever imports this package
    import threading  # noqa: PLC0415 - likewise

    logging.lastResort = None
    logging.raiseExceptions = False
    warnings.showwarning = lambda *_args, **_kwargs: None
    sys.excepthook = lambda kind, _error, _trace: tell(f"error: stopped by {kind.__name__}")
    sys.unraisablehook = lambda _unraisable: None
    threading.excepthook = lambda _failed: None
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for click's help
