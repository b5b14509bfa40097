"""The pool's public face: all that the seed names is there, and every error is met by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from eth_utils import keccak

from tests.support.abi import canonical

HERE = Path(__file__).parent

SEED_FUNCTIONS = {
    "addAITasks(uint256[],uint256[],string[],string[],uint256[])": "39d6bb88",
    "claimTaskForUser(address)": "639cd5fc",
    "submitTaskForUser(address,uint256,string,bytes,uint256,uint256,string)": "9fd6f62b",
    "verifyAndPay(uint256,bool)": "bab77248",
    "tasks(uint256)": "8d977672",
    "userActiveTask(address)": "4a09e9a0",
    "taskCounter()": "58671730",
    "owner()": "8da5cb5b",
    "isActive()": "22f3e2d4",
    "category()": "ef430aa6",
    "metadata()": "392f37e9",
    "modelRegistry()": "2ba36f78",
    "zkpVerifier()": "6aebbd66",
    "getTask(uint256)": "1d65e77e",
    "getUserActiveTask(address)": "334c4125",
    "activatePool()": "a8e67bfc",
    "deactivatePool()": "2a7fd4c6",
    "setModelRegistry(address)": "25ecae56",
    "setZKPVerifier(address)": "e634edc9",
    "withdrawFunds()": "24600fc3",
    "withdrawFunds(uint256)": "155dd5ee",
}
SEED_EVENTS = [
    "TasksAdded(uint256[] taskIds, uint256[] requestIds, string[] modelIds)",
    "TaskClaimed(address indexed user, uint256 indexed taskId)",
    "TaskSubmitted(address indexed user, uint256 indexed taskId, string resultHash)",
    "TaskVerified(uint256 indexed taskId, bool isValid, uint256 reward)",
    "PoolActivated(address indexed pool)",
    "PoolDeactivated(address indexed pool)",
    "PoolFunded(address indexed pool, uint256 amount)",
]
SEED_ERRORS = {
    "TaskNotFound": "c325ae33",
    "TaskAlreadyClaimed": "d1aec42b",
    "TaskNotClaimed": "abbfac0d",
    "TaskExpired": "c0343103",
    "InvalidZKPProof": "eb41cf46",
    "InsufficientFunds": "356680b7",
    "Unauthorized": "82b42900",
}
SEED_TASK = (
    "uint256 taskId, address assignedTo, uint256 reward, uint256 deadline, bool isCompleted, "
    "bool isVerified, uint256 requestId, string modelId, string inputData, string resultData, "
    "string resultHash, bytes zkpProof, uint256 zkpPublicInput, uint256 zkpPublicResult"
)


def fields(entries) -> str:
    return ", ".join(
        f"{canonical(entry)}{' indexed' if entry.get('indexed') else ''} {entry['name']}"
        for entry in entries
    )


@pytest.mark.parametrize("function", SEED_FUNCTIONS)
def test_interface__functions_of_the_seed__are_there(pool_interface, function) -> None:
    assert function in pool_interface.functions
    assert keccak(text=function)[:4].hex() == SEED_FUNCTIONS[function]


def test_interface__events_of_the_seed__are_there(pool_interface) -> None:
    found = {f"{e['name']}({fields(e['inputs'])})" for e in pool_interface.events.values()}
    assert set(SEED_EVENTS) <= found


def test_interface__errors_of_the_seed__are_there(pool_interface) -> None:
    for name, selector in SEED_ERRORS.items():
        assert pool_interface.selector(name).hex() == selector


def test_interface__task_of_the_seed__has_its_fields_in_order(pool_interface) -> None:
    (task,) = pool_interface.functions["getTask(uint256)"]["outputs"]
    assert fields(task["components"]) == SEED_TASK
    assert fields(pool_interface.functions["tasks(uint256)"]["outputs"]) == SEED_TASK


def test_interface__every_error_and_event__is_met_by_name_in_a_test(pool_interface) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    text = text.replace(Path(__file__).read_text(encoding="utf-8"), "")
    ours = {name for name in pool_interface.errors if name.startswith("TaskPool_")}
    for name in {*ours, *SEED_ERRORS, *pool_interface.events}:
        assert name in text, f"no test meets {name}"


def test_interface__every_signature__is_unique(pool_interface) -> None:
    selectors = [keccak(text=each)[:4] for each in pool_interface.functions]
    assert len(selectors) == len(set(selectors))
