"""`make demo`, as users run and change it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.commands import python

pytestmark = pytest.mark.integration

SHIPPED = Path("examples/demo.yaml")


def short_play() -> dict[str, Any]:
    """The shipped scenario's first owner and task alone, over soon."""
    play = yaml.safe_load(SHIPPED.read_text())
    return {
        **play,
        "chain": {**play["chain"], "ends": 160},
        "owners": {"ada": play["owners"]["ada"]},
        "contracts": {"wages": play["contracts"]["wages"]},
        "tasks": {
            "payroll": {
                **play["tasks"]["payroll"],
                "expect": {"status": "queued", "executed": 1, "failed": 0},
            }
        },
        "acts": [],
        "expect": {"balances": {"emil": "0.05 ether"}},
    }


def write(folder: Path, play: dict[str, Any]) -> str:
    file = folder / "play.yaml"
    file.write_text(yaml.safe_dump(play, sort_keys=False))
    return str(file)


def test_demo__shipped_scenario__agrees_and_balances(tmp_path: Path) -> None:
    outcome = python("examples.demo", str(SHIPPED), "--json", "--logs", str(tmp_path))

    report = outcome.json
    assert report["ok"]
    assert report["disagreements"] == []
    assert report["seconds"] < 110
    expected = yaml.safe_load(SHIPPED.read_text())["tasks"]
    for name, task in report["tasks"].items():
        found = {key: task[key] for key in ("status", "executed", "failed")}
        assert found == expected[name]["expect"]
    books = report["books"]
    assert books["balance"]
    for owner in books["owners"].values():
        assert owner["deposited"] - owner["charged"] - owner["withdrawn"] == owner["bond"]
    charged = sum(owner["charged"] for owner in books["owners"].values())
    assert books["executor"]["reimbursed"] == charged
    assert books["executor"]["profit"] > 0
    assert books["manager"]["balance"] == sum(o["bond"] for o in books["owners"].values())
    assert any("out of bond" in line for line in report["tasks"]["newsletter"]["story"])


def test_demo__altered_expectations__one_line_each_and_exit_1(tmp_path: Path) -> None:
    play = short_play()
    play["tasks"]["payroll"]["expect"]["executed"] = 2
    play["expect"]["balances"]["emil"] = "0.1 ether"

    outcome = python("examples.demo", write(tmp_path, play), "--logs", str(tmp_path))

    assert outcome.code == 1
    assert "tasks.payroll.executed: expected 2, found 1" in outcome.out
    assert "balances.emil: expected 0.100000000000000000 ether, found 0.05" in outcome.out
    assert "payroll ran" in outcome.out  # plain lines, since this is no terminal


def test_demo__as_expected__exit_0(tmp_path: Path) -> None:
    outcome = python("examples.demo", write(tmp_path, short_play()), "--logs", str(tmp_path))

    assert outcome.code == 0, outcome.err
    assert "books balance" in outcome.out


def test_demo__act_refused__is_a_disagreement(tmp_path: Path) -> None:
    play = short_play()
    play["acts"] = [{"at": 155, "who": "ada", "reactivates": "payroll", "with": "0 wei"}]

    outcome = python("examples.demo", write(tmp_path, play), "--logs", str(tmp_path))

    assert outcome.code == 1
    assert "acts.0: ada was refused: TaskManager_NotInactive" in outcome.out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_demo__interrupted__leaves_nothing_running(number: int, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "examples.demo", "--logs", str(tmp_path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    keeper_log = tmp_path / "keeper.log"
    wait_for(lambda: keeper_log.exists() and "keeper_started" in keeper_log.read_text())
    children = child_pids(process.pid)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)

    assert len(children) == 2
    assert process.returncode != 0
    assert "Traceback" not in err
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))


def child_pids(parent: int) -> list[int]:
    return [
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if parent_of(folder) == str(parent)
    ]


def parent_of(process: Path) -> str | None:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[1]
    except OSError:
        return None  # it ended meanwhile


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
