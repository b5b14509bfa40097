"""`make demo`, as users run and change it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from examples.demo.jobs.books import JobBooks, PersonBook, PoolBook, TimeBook
from examples.demo.jobs.cast import ANSWERS, BOND, JOBS
from examples.demo.jobs.record import JobSnapshot
from examples.demo.jobs.report import disagreements_of
from taskwork.chain.pool_types import Timestamp
from taskwork.chain.types import BlockNumber, Wei
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


def test_demo__second_act__people_break_their_word_and_the_books_balance(tmp_path: Path) -> None:
    report = python("examples.demo", "--json", "--logs", str(tmp_path)).json

    act = report["second_act"]
    assert report["ok"]
    assert act["disagreements"] == []
    assert {name: job["status"] for name, job in act["jobs"].items()} == {
        name: plan.status.name.lower() for name, plan in JOBS.items()
    }
    stories = {name: " ".join(job["story"]) for name, job in act["jobs"].items()}
    assert "stan's claim ran out (the keeper called, on time): open again" in stories["translation"]
    assert "0.05 ether of stan's bond goes to rita" in stories["translation"]
    assert "the payment was refused" in stories["label-2"]
    for paid in ("label-1", "label-3"):
        assert "0.1 ether paid out" in stories[paid]
    assert "silas stayed silent (the keeper called, on time)" in stories["forecast"]
    assert "(the keeper called, on time)" in stories["errand"]
    assert act["jobs"]["diary"]["result"] == ANSWERS["diary"]

    people, pool, time = (act["books"][part] for part in ("people", "pool", "time"))
    rewards = {job["worker"]: 0 for job in act["jobs"].values()}
    for job in act["jobs"].values():
        if job["status"] == "settled":
            rewards[job["worker"]] += job["reward"]
    assert people["wanda"]["rewards"] == rewards["wanda"]
    assert people["will"]["rewards"] == rewards["will"]
    assert people["stan"]["gained"] == -BOND
    settled = sum(rewards.values())
    assert people["rita"]["gained"] == BOND + BOND // 2 - settled
    assert pool["balance"] == 0
    assert time["left"] == time["budget"] - time["charged"] > 0
    assert time["charged"] == time["reimbursed"] > time["gas"]


def test_job_books__one_wei_amiss__says_where() -> None:
    person = PersonBook("rita", 100, 50, 5, 0, 0, 7, 7, 45)
    books = JobBooks((person,), PoolBook(1, 2, 3, 6), TimeBook(10, 4, 6, 4, 3))
    assert list(books.differences()) == []

    wallet = replace(books, people=(replace(person, wallet_there=46),))
    credit = replace(books, people=(replace(person, credit_there=6),))
    pool = replace(books, pool=replace(books.pool, balance=5))
    time = replace(books, time=replace(books.time, left=5))

    amiss = [next(one.differences()).split(" must be")[0] for one in (wallet, credit, pool, time)]
    assert amiss == [
        "rita's wallet",
        "rita's credit",
        "the pool's balance",
        "the pool's budget for time",
    ]


def test_job_verdict__nothing_posted__names_every_job() -> None:
    end = JobSnapshot(BlockNumber(300), Timestamp(0), 0, {}, 0, Wei(0), ())
    lines = [str(point) for point in disagreements_of(end, name_of=str)]
    statuses = [line for line in lines if ".status" in line]
    assert len(statuses) == len(JOBS)
    assert "jobs.caption.status: expected settled, found never posted" in statuses


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
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
