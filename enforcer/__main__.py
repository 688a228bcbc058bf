"""`fieldgate`, and `python -m enforcer`: the command line, isolated from where it is started.

Python imports modules from the current folder or from `PYTHONPATH` before its own, and a checkout
may hold a `yaml.py`. So the command line begins in a Python that looks at neither (`-I`), and
starts one if it is in another. Nothing but the standard library's start is imported before.
"""

from __future__ import annotations

import os
import sys

_UNFINISHED = 4  # `ExitCode.UNFINISHED`, which is not imported yet


def main() -> None:
    """Run the command line, in an isolated Python."""
    if not (sys.flags.safe_path and sys.flags.ignore_environment):
        _start_isolated()
    from enforcer.cli import main as command  # noqa: PLC0415 - not before this is isolated

    command(prog_name="fieldgate")


def _start_isolated() -> None:
    """Start again in an isolated Python, in the place of this one."""
    if not sys.executable:
        from enforcer.cli.errors import stop  # noqa: PLC0415 - this is the end

        stop("Python does not know where it lies; run `python -I -m enforcer`", _UNFINISHED)
    command = [sys.executable, *_options(), "-m", "enforcer", *sys.argv[1:]]
    if os.name == "nt":  # where `exec` gives control back before the program has ended
        import subprocess  # noqa: PLC0415 - there only

        sys.exit(subprocess.call(command))  # noqa: S603 - ourselves
    os.execv(sys.executable, command)  # noqa: S606 - ourselves, and no shell


def _options() -> tuple[str, ...]:
    """`-I`; where this package is installed for the user alone, the same but for that folder."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    site = sys.modules.get("site")
    mine = getattr(site, "USER_SITE", None) if getattr(site, "ENABLE_USER_SITE", False) else None
    return ("-E", "-P") if mine and folder == os.path.abspath(mine) else ("-I",)  # noqa: PTH100


if __name__ == "__main__":
    main()
