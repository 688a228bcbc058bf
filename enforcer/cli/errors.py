"""How a command ends when it cannot do its work: one line, and an exit code of the design."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, NoReturn, ParamSpec

import click

from enforcer.cli.writer import OutputError, tell

if TYPE_CHECKING:
    from collections.abc import Callable

Arguments = ParamSpec("Arguments")


def with_clear_errors(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Turn what stops a command into one line on standard error.

    A mistake in usage, policy or configuration exits with 2, an input that cannot be read with 4,
    and so does a failure of Fieldgate itself: it is never a traceback and never a pass.
    """

    @functools.wraps(command)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        from enforcer.words import ExitCode, PolicyError, UnknownNameError  # noqa: PLC0415
        from lineage import InputError, UnknownDialectError  # noqa: PLC0415 - start-up time

        try:
            command(*args, **kwargs)
        except (PolicyError, UnknownDialectError, UnknownNameError) as error:
            stop(str(error), ExitCode.USAGE)
        except InputError as error:
            stop(str(error), ExitCode.UNFINISHED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except OutputError as error:
            if not error.silent:
                stop(str(error), ExitCode.UNFINISHED)
            sys.exit(ExitCode.UNFINISHED)
        except Exception as error:  # noqa: BLE001 - whatever it is, the gate has not passed
            stop(
                f"Fieldgate itself failed ({_where(error)}); this is a bug: please report it, "
                "with the smallest input that shows it",
                ExitCode.UNFINISHED,
            )

    return guarded


def stop(message: str, exit_code: int) -> NoReturn:
    """Say one line on standard error and exit."""
    tell(f"error: {message}")
    sys.exit(exit_code)


def _where(error: Exception) -> str:
    """The kind of an error and the line that raised it, but not its text: that may quote data."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__"))
        if module.partition(".")[0] in {"enforcer", "lineage"}:
            place = f" in {module}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{place}"
