"""Fuzz one reader at length: `python -m tests.hostile.fuzz sql --seconds 600`."""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

NAMES = ("sql", "documents", "manifest", "rego", "waivers", "runfile", "sealed")
_PACKAGE = "tests.hostile.fuzz"
_ENDED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_RUNNING = re.compile(r"^#(\d+)", re.MULTILINE)


def main() -> int:
    """Start processes until the time is up; 1 when anything was found, and where it lies."""
    parser = argparse.ArgumentParser(prog=f"python -m {_PACKAGE}", description=__doc__)
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", type=Path, help="folder for what is found")
    parser.add_argument("--memory", type=int, default=4096, help="MiB that the process may take")
    options = parser.parse_args()
    if find_spec("atheris") is None:
        parser.error("atheris is not there; run `pip install -e '.[fuzz]'`")
    findings = options.findings or Path(tempfile.mkdtemp(prefix=f"fuzz-{options.target}-"))
    findings.mkdir(parents=True, exist_ok=True)
    corpus = Path(tempfile.mkdtemp(prefix="fuzz-corpus-"))
    target = importlib.import_module(f"{_PACKAGE}.{options.target}").TARGET
    for seed in target.seeds():
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    executions, started = 0, 0
    end = monotonic() + options.seconds
    while (left := int(end - monotonic())) > 0:
        executions += _fuzz(options, left, options.seed + started, findings, corpus)
        started += 1
    found = sorted(path.name for path in findings.iterdir() if path.suffix != ".txt")
    print(  # noqa: T201 - the answer
        f"{options.target}: {executions} executions in {options.seconds} s, {started} processes, "
        f"{len(found)} findings{f' in {findings}' if found else ''}"
    )
    return 1 if found else 0


def _fuzz(
    options: argparse.Namespace, seconds: int, seed: int, findings: Path, corpus: Path
) -> int:
    """One process; how many inputs it tried. What killed it is among the findings."""
    process = subprocess.run(
        [
            *(sys.executable, "-m", f"{_PACKAGE}.child", options.target, str(findings)),
            *(f"-max_total_time={seconds}", f"-seed={seed}", f"-rss_limit_mb={options.memory}"),
            *(
                "-timeout=40",
                "-max_len=65536",
                "-print_final_stats=1",
                "-reload=0",
                "-report_slow_units=30",
            ),
            *(f"-artifact_prefix={findings}/", str(corpus)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=False,
    )
    said = process.stdout.decode("utf-8", "replace")
    for line in said.splitlines():
        if line.startswith("FOUND "):
            print(line, flush=True)  # noqa: T201 - the answer
    if process.returncode:
        print("\n".join(said.splitlines()[-12:]), flush=True)  # noqa: T201 - why it ended
    counted = _ENDED.findall(said) or _RUNNING.findall(said)
    return int(counted[-1]) if counted else 0


if __name__ == "__main__":
    sys.exit(main())
