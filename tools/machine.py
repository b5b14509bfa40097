"""The machine that set-up finds: its system, its Pythons and Node, and running commands on it."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
LOG = ROOT / ".build/setup.log"

PYTHONS = ((3, 11), (3, 12), (3, 13))
NODE_AT_LEAST = 20


class SetupError(Exception):
    """What stopped the set-up, in one line that says what to do."""


def check_platform() -> None:
    if sys.version_info < (3, 8):  # noqa: UP036 - the answer an old Python gets
        raise SetupError("python3 is too old; install Python 3.11, 3.12 or 3.13")
    system, machine = platform.system(), platform.machine()
    if (system, machine) != ("Linux", "x86_64"):
        raise SetupError(
            f"this is {system} {machine}; Foundry's binaries are locked for Linux x86-64: "
            "use such a machine, a container or WSL 2"
        )
    if platform.libc_ver()[0] != "glibc":
        raise SetupError("this Linux has no glibc; use Debian, Ubuntu, Fedora or the like")


def is_suitable(python: str) -> bool:
    """Whether `python` starts, is a version that the locks serve, and can make environments."""
    probe = "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        out = subprocess.run([python, "-c", probe], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return out.stdout.strip() in {f"{major}.{minor}" for major, minor in PYTHONS}


def choose_python() -> str:
    candidates = [sys.executable, *(f"python{major}.{minor}" for major, minor in PYTHONS)]
    for candidate in candidates:
        found = shutil.which(candidate)
        if found and is_suitable(found):
            return found
    if sys.version_info[:2] in PYTHONS:
        version = "{}.{}".format(*sys.version_info[:2])
        raise SetupError(
            f"Python {version} here cannot make environments (no ensurepip): "
            f"install it, on Debian and Ubuntu with `apt install python{version}-venv`"
        )
    raise SetupError(
        f"found only Python {platform.python_version()}; Python 3.11, 3.12 or 3.13 is needed: "
        "install one so that `python3.12` (say) is on PATH"
    )


def which(command: str) -> str | None:
    """Find `command` on PATH, but not in the environment that is being made."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    return shutil.which(command, path=os.pathsep.join(f for f in folders if f != str(BIN)))


def node_on_path() -> str | None:
    """Find a Node that is new enough, if npm is there too."""
    found = which("node")
    if found is None or which("npm") is None:
        return None
    out = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    major = out.strip().lstrip("v").split(".")[0]
    return found if major.isdigit() and int(major) >= NODE_AT_LEAST else None


def run(what: str, hint: str, *command: object, **variables: str) -> str:
    """Run `command` quietly; its output goes to the log, and one line of it into the error."""
    arguments = [str(part) for part in command]
    env = {**os.environ, "VIRTUAL_ENV": str(VENV), **variables}
    env.pop("PYTHONPATH", None)
    try:
        done = subprocess.run(
            arguments, cwd=ROOT, env=env, check=False, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:
        raise SetupError(f"{what} could not start ({error.strerror}): {hint}") from error
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {shlex.join(arguments)}\n{done.stdout}\n")
    if done.returncode:
        reason = telling_line(done.stdout) or f"exit status {done.returncode}"
        raise SetupError(f"{what} failed ({reason}): {hint}; log: {LOG.relative_to(ROOT)}")
    return done.stdout


def telling_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or [""])[0][:160]
