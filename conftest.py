"""Rules that hold for every test.

- `needs("postgres")` skips a test where the program is missing, and says so.
- With TASKWORK_NO_SKIPS=1, as in CI, a skip is a failure: nothing goes untested unseen.
- A test of the Python packages is `unit` or `integration`, and a unit test opens no socket.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_socket

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).resolve().parent
MARKED = ("tests/keeper", "tests/taskwork")
NO_SKIPS = os.environ.get("TASKWORK_NO_SKIPS") == "1"
# Debian keeps some programs off PATH.
PROGRAM_FOLDERS = "/usr/lib/postgresql/*/bin"


def find_program(name: str) -> str | None:
    """Where `name` is, on PATH or in a folder where Debian hides it."""
    hidden = sorted(Path("/").glob(f"{PROGRAM_FOLDERS.lstrip('/')}/{name}"))
    return shutil.which(name) or (str(hidden[-1]) if hidden else None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wrong = [item.nodeid for item in items if not has_one_kind(item)]
    if wrong:
        listing = "\n  ".join(wrong)
        raise pytest.UsageError(f"mark each of these `unit` or `integration`:\n  {listing}")


def has_one_kind(item: pytest.Item) -> bool:
    if not item.path.relative_to(ROOT).as_posix().startswith(MARKED):
        return True
    kinds = [kind for kind in ("unit", "integration") if item.get_closest_marker(kind)]
    return len(kinds) == 1


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            if find_program(program) is None:
                pytest.skip(f"needs {program}, which is not installed")
    if item.get_closest_marker("unit"):
        pytest_socket.disable_socket(allow_unix_socket=True)


def pytest_runtest_teardown() -> None:
    pytest_socket.enable_socket()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if NO_SKIPS and report.skipped:
        fail(report)
    return report


def fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"TASKWORK_NO_SKIPS=1, but: {reason}"
