"""Runs every suite and closes with one table: `python -m tools.run_tests [SUITE ...]`.

The contracts are tested under ape, everything else under plain pytest. A suite that fails does not
keep the next from running.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
REPORTS = ROOT / ".build/test-reports"
NOTHING_COLLECTED = 5

CONTRACTS = "tests/contracts"
SUITES = {
    "contracts": [str(BIN / "ape"), "test", CONTRACTS],
    "packages": [str(BIN / "pytest"), "-p", "no:ape_test", f"--ignore={CONTRACTS}", "tests"],
}


@dataclass(frozen=True)
class Outcome:
    """What one suite did."""

    suite: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    sound: bool  # the runner itself ended as its figures say


def run(suite: str) -> Outcome:
    print(f"\n== {suite}", flush=True)
    report = REPORTS / f"{suite}.xml"
    report.unlink(missing_ok=True)
    started = time.monotonic()
    command = [*SUITES[suite], f"--junitxml={report}"]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    passed, failed, skipped = read(report)
    sound = status in {0, NOTHING_COLLECTED} or failed > 0
    return Outcome(suite, passed, failed, skipped, time.monotonic() - started, sound)


def read(report: Path) -> tuple[int, int, int]:
    """Return how many passed, failed and were skipped."""
    if not report.exists():
        return 0, 0, 0
    suite = ET.parse(report).getroot()[0]  # noqa: S314 - pytest wrote it a moment ago
    total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return total - failed - skipped, failed, skipped


def summarise(outcomes: list[Outcome]) -> bool:
    """Print the closing table; return whether all is well."""
    print()
    for one in outcomes:
        note = "" if one.sound else "   broke off: see above"
        print(
            f"{one.suite:<10} {one.passed:>5} passed {one.failed:>4} failed "
            f"{one.skipped:>4} skipped {one.seconds:>7.1f} s{note}"
        )
    passed = sum(one.passed for one in outcomes)
    failed = sum(one.failed + (not one.sound) for one in outcomes)
    skipped = sum(one.skipped for one in outcomes)
    if passed + failed == 0:
        print("no test ran: is there any under tests/?")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return passed > 0 and failed == 0


def main(arguments: list[str]) -> int:
    unknown = set(arguments) - set(SUITES)
    if unknown:
        print(f"no such suite: {', '.join(sorted(unknown))}; there are: {', '.join(SUITES)}")
        return 2
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    REPORTS.mkdir(parents=True, exist_ok=True)
    outcomes = [run(suite) for suite in arguments or SUITES]
    return 0 if summarise(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
