"""The operator's files: they name what exists, and what they start, starts."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from keeper.metrics import Metrics
from keeper.settings import Settings
from taskwork.devnet.processes import find_program

ROOT = Path(__file__).parents[2]
OPS = ROOT / "ops"
PROMETHEUS_OWN = {"up"}
OPENING = """
import asyncio
from keeper.store.database import Store
from keeper.types import Identity
asyncio.run(Store.open("keeper.db", Identity(1, "0x", "0x")))
"""
EXPOSURE_LIMIT = 2.0  # of 10, as systemd-analyze counts


def alerts() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((OPS / "prometheus-rules.yaml").read_text("utf-8"))["groups"]
    return list(group["rules"])


def panels() -> list[dict[str, Any]]:
    dashboard = json.loads((OPS / "grafana-dashboard.json").read_text("utf-8"))
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions() -> dict[str, str]:
    """Every query, by where it is."""
    found = {str(alert["alert"]): str(alert["expr"]) for alert in alerts()}
    for panel in panels():
        for target in panel["targets"]:
            found[f"{panel['title']} {target['refId']}"] = target["expr"]
    return found


def named_in(expression: str) -> set[str]:
    """The metrics of a query: words that no function, label or unit is."""
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\b(?:by|on)\s*\([^)]*\)", "", expression)
    words = set(re.findall(r"\b[a-z_]+\b(?!\s*\()", bare))
    return words - {"and", "or", "unless", "by", "on", "e"}


def told() -> set[str]:
    """The series of a keeper, with the metrics that have labels given one."""
    metrics = Metrics()
    names = re.findall(r"^# TYPE (\S+) (\S+)$", metrics.text().decode(), re.MULTILINE)
    series = {name for name, _ in names}
    return series | {f"{name}_bucket" for name, kind in names if kind == "histogram"}


@pytest.mark.unit
@pytest.mark.parametrize(("where", "expression"), expressions().items())
def test_queries__each_metric__exists(where: str, expression: str) -> None:
    assert named_in(expression), where
    assert named_in(expression) - told() - PROMETHEUS_OWN == set()


@pytest.mark.unit
@pytest.mark.parametrize("expression", expressions().values())
def test_queries__each__closes_what_it_opens(expression: str) -> None:
    opened: list[str] = []
    for sign in re.sub(r'"[^"]*"', "", expression):
        if sign in "([{":
            opened.append({"(": ")", "[": "]", "{": "}"}[sign])
        elif sign in ")]}":
            assert opened.pop() == sign
    assert not opened


@pytest.mark.unit
def test_metrics__each__is_in_an_alert_or_on_the_dashboard() -> None:
    shown = {
        name.removesuffix("_bucket") for text in expressions().values() for name in named_in(text)
    }
    assert {name for name in told() if name.startswith("keeper_")} - shown == {
        "keeper_cycle_seconds_bucket"
    }


@pytest.mark.unit
@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_alerts__each__has_severity_and_summary_and_is_documented(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert alert["annotations"]["summary"]
    operations = (ROOT / "docs/operations.md").read_text("utf-8")
    assert f"| `{alert['alert']}` | {alert['labels']['severity']} |" in operations


@pytest.mark.unit
def test_operations__each_alert_documented__exists() -> None:
    operations = (ROOT / "docs/operations.md").read_text("utf-8")
    assert set(re.findall(r"`(Keeper[A-Z]\w+)`", operations)) == {a["alert"] for a in alerts()}


@pytest.mark.unit
@pytest.mark.parametrize("file", ["keeper.env", "keeper.service", "Dockerfile"])
def test_files__each_setting_named__exists(file: str) -> None:
    named = set(re.findall(r"\bKEEPER_([A-Z_]+)\b", (OPS / file).read_text("utf-8")))
    assert named
    assert {name.lower() for name in named} - set(Settings.model_fields) == set()


@pytest.mark.integration
@pytest.mark.needs("systemd-analyze")
def test_unit__verified_by_systemd__is_sound_and_hardened(tmp_path: Path) -> None:
    unit = tmp_path / "keeper.service"
    text = (OPS / "keeper.service").read_text("utf-8")
    # Where the keeper is installed here.
    unit.write_text(text.replace("/opt/taskwork/bin/keeper", find_program("keeper")))
    analyze = [find_program("systemd-analyze"), "--no-pager"]
    verified = subprocess.run(
        [*analyze, "verify", unit], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    told_security = subprocess.run(
        [*analyze, "security", "--offline=true", unit], capture_output=True, text=True, check=False
    )
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", told_security.stdout)
    assert found, told_security.stderr
    assert float(found[1]) <= EXPOSURE_LIMIT


def instructions(name: str) -> list[str]:
    text = (OPS / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    return re.findall(rf"^{name} +(.*)$", text, re.MULTILINE)


def copied() -> list[str]:
    """What the image takes from the repository."""
    plain = [line for line in instructions("COPY") if "--from=" not in line]
    return [source for line in plain for source in shlex.split(line)[:-1]]


@pytest.mark.unit
def test_image__each_file_copied__is_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    for source in copied():
        assert any(file == source or file.startswith(f"{source}/") for file in listed), source


@pytest.mark.unit
def test_image__builder__is_sent_what_is_copied_and_nothing_else() -> None:
    rules = (OPS / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert rules[1] == "*"
    assert allowed == {Path(source).parts[0] for source in copied()}


@pytest.mark.unit
def test_image__user__is_not_root() -> None:
    assert instructions("USER") == ["10001"]


@pytest.mark.integration
def test_image__what_it_installs__starts_where_the_repository_is_not(tmp_path: Path) -> None:
    """As the Dockerfile does it: the lock file's packages, a wheel of what is copied, its entry."""
    source, environment = tmp_path / "src", tmp_path / "taskwork"
    for name in copied():
        copy(ROOT / name, source / name)
    uv = find_program("uv")
    run(uv, "venv", "--quiet", environment, "--python", sys.executable)
    target = ("--python", environment / "bin/python", "--quiet")
    locked = ("--require-hashes", "--only-binary", ":all:")
    run(uv, "pip", "install", *target, *locked, "-r", source / "requirements/runtime.txt")
    wheels = ("--no-build-isolation", "--no-deps", "--wheel-dir", tmp_path / "wheels")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", *wheels, source)
    run(uv, "pip", "install", *target, "--no-deps", *(tmp_path / "wheels").iterdir())

    (entry,) = instructions("ENTRYPOINT")
    (program,) = json.loads(entry)
    keeper = str(environment / program.removeprefix("/opt/taskwork/"))
    assert run(keeper, "--version", cwd=tmp_path).startswith("keeper, version")
    assert "--metrics-port" in run(keeper, *json.loads(instructions("CMD")[-1]), "--help")
    run(environment / "bin/python", "-c", OPENING, cwd=tmp_path)
    assert (tmp_path / "keeper.db").exists()


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
