from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import machine

ROOT = Path(__file__).parents[2]


@pytest.mark.integration
def test_setup__run_again__does_nothing_at_once():
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tools.setup"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == "set-up: ready, nothing to do\n"
    assert time.monotonic() - started < 1


@pytest.mark.unit
def test_setup__on_another_platform__says_what_to_use(monkeypatch):
    monkeypatch.setattr(machine.platform, "machine", lambda: "aarch64")
    with pytest.raises(machine.SetupError, match=r"Linux aarch64.*use such a machine"):
        machine.check_platform()


@pytest.mark.unit
def test_setup__without_ensurepip__names_the_package(monkeypatch):
    monkeypatch.setattr(machine, "is_suitable", lambda _: False)
    with pytest.raises(machine.SetupError, match=r"install it, .*apt install python3\.\d+-venv"):
        machine.choose_python()


@pytest.mark.integration
@pytest.mark.parametrize("tool", ["anvil", "cast", "forge", "solc"])
def test_tools__outside_an_activated_shell__are_on_path(tool):
    script = f"import shutil; print(shutil.which({tool!r}))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == str(ROOT / ".venv/bin" / tool)
