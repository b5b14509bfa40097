"""Plants a bug in a copy of the keeper: scenarios that do not find it prove nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from benchmarks.keeping import ROOT

PATCHES = Path(__file__).parent / "planted"
PACKAGES = ("keeper", "taskwork")


def plant(name: str, folder: Path) -> Path:
    """A copy of the Python packages with a bug in it."""
    copy = folder / name
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package)
    patch = PATCHES / f"{name}.patch"
    command = ["git", "apply", "--recount", "--unidiff-zero", str(patch)]
    subprocess.run(command, cwd=copy, check=True, env={"GIT_CEILING_DIRECTORIES": str(folder)})
    return copy
