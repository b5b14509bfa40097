"""The public face: all that the seed names is there, and all that is there is tested by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from eth_utils import keccak

from tests.support.abi import Interface, canonical, signature
from tests.support.definitions import DEFINITION

HERE = Path(__file__)

# The reference of seed 002: signature and what is returned.
SEED_FUNCTIONS = {
    "executeQueuedTasks(uint256)": "uint256 executed, uint256 failed",
    f"executeAndSchedule({DEFINITION})": "bytes32 taskHash, bool success, bytes returnData",
    f"scheduleTask({DEFINITION})": "bytes32 taskHash",
    f"updateTaskSchedule(bytes32,{DEFINITION})": "",
    "cancelTask(bytes32)": "",
    "getAccountTasks(address)": "bytes32[] ",
    "getTasksInRange(uint64,uint64)": "bytes32[] ",
    "getNextExecutionBlockInRange(uint64,uint64)": "uint64 ",
    f"estimateRequiredBond({DEFINITION},uint256)": "uint256 requiredBond",
    "getAccountNonce(address)": "uint64 ",
    "getNextExecutionBlocks(address,bytes32[])": "bytes32[] resultHashes, uint64[] nextBlocks",
    "getAccountTasksWithBlocks(address)": "bytes32[] resultHashes, uint64[] nextBlocks",
    "getNextBlocksForTasks(bytes32[])": "bytes32[] resultHashes, uint64[] nextBlocks",
    "executeTask(bytes32)": "bool success, bytes returnData",
}

TASK = "bytes32 indexed taskHash"
OWNER = "address indexed owner"
EXECUTOR = "address indexed executor"
COUNTS = "uint256 successCount, uint256 failureCount"
SEED_EVENTS = [
    f"TaskScheduled({TASK}, {OWNER}, uint64 nextBlock)",
    f"TaskExecuted({TASK}, {EXECUTOR}, bool success, bytes returnData)",
    f"TaskCancelled({TASK}, {OWNER})",
    f"TaskInactiveDueToInsufficientBonds({TASK}, {OWNER}, uint256 requiredBond)",
    f"TaskExecutionRecorded({TASK}, bool success, uint256 gasUsed, {COUNTS})",
    f"ExecutorReimbursed({TASK}, {EXECUTOR}, uint256 amount)",
    f"ProtocolFeeCollected({TASK}, uint256 amount)",
    "TasksExecuted(uint256 executed, uint256 failed)",
    f"TaskConfigUpdated({TASK}, {OWNER})",
]

SEED_STRUCTS = {
    "Task": "address from, uint64 gas, address target, bytes data, uint64 nonce",
    "TaskSchedule": (
        "uint64 startBlock, uint64 interval, uint64 executions, bool active, uint64 deadline"
    ),
}


def fields(entries) -> str:
    return ", ".join(f"{canonical(entry)} {entry['name']}" for entry in entries)


def event_line(event) -> str:
    inputs = [
        f"{canonical(field)}{' indexed' if field['indexed'] else ''} {field['name']}"
        for field in event["inputs"]
    ]
    return f"{event['name']}({', '.join(inputs)})"


@pytest.fixture(scope="session")
def declared(project) -> list[dict]:
    """What ITaskManager declares."""
    return [entry.model_dump() for entry in project.ITaskManager.contract_type.abi]


@pytest.fixture
def codes(rpc, manager) -> dict[str, str]:
    """The code of the manager and of its reads."""
    addresses = {"manager": manager.address, "reads": manager.READS()}
    return {part: rpc("eth_getCode", address, "latest") for part, address in addresses.items()}


# The seed


@pytest.mark.parametrize("name", SEED_FUNCTIONS)
def test_seed_function__by_signature__is_declared_and_dispatched(codes, declared, name) -> None:
    functions = {signature(e): e for e in declared if e["type"] == "function"}
    assert fields(functions[name]["outputs"]) == SEED_FUNCTIONS[name]

    assert any(keccak(text=name)[:4].hex() in code for code in codes.values())


@pytest.mark.parametrize("line", SEED_EVENTS)
def test_seed_event__by_declaration__is_there(declared, line) -> None:
    assert line in [event_line(entry) for entry in declared if entry["type"] == "event"]


def test_seed_structs__in_the_definition__have_the_seeds_fields(declared) -> None:
    (schedule,) = (e for e in declared if e["type"] == "function" and e["name"] == "scheduleTask")
    (definition,) = schedule["inputs"]

    assert [part["name"] for part in definition["components"]] == ["task", "schedule"]
    task, timing = definition["components"]
    assert fields(task["components"]) == SEED_STRUCTS["Task"]
    assert fields(timing["components"]) == SEED_STRUCTS["TaskSchedule"]


def test_seed_structs__in_the_info__hold_definition_and_metrics(declared) -> None:
    (entry,) = (e for e in declared if e.get("name") == "getTaskInfo")
    (info,) = entry["outputs"]

    assert [part["name"] for part in info["components"]] == ["definition", "metrics"]
    definition, metrics = info["components"]
    assert canonical(definition) == DEFINITION
    names = [part["name"] for part in metrics["components"]]
    assert names == ["executions", "failures", "nextBlock", "reservedBond"]


# The interface and its implementation


@pytest.fixture(scope="session")
def parts(project) -> list[Interface]:
    """The manager and its reads, as they were compiled."""
    contracts = (project.TaskManager, project.TaskManagerReads)
    return [Interface([e.model_dump() for e in one.contract_type.abi]) for one in contracts]


def test_interface__every_function_of_it__is_implemented_and_nothing_else(declared, parts) -> None:
    declared_functions = {signature(e) for e in declared if e["type"] == "function"}

    assert declared_functions == set(parts[0].functions) | set(parts[1].functions)


def test_interface__every_event_and_error__is_the_implementations_too(declared, parts) -> None:
    for part in parts:
        for entry in declared:
            if entry["type"] == "event":
                assert event_line(entry) == event_line(part.events[entry["name"]])
            elif entry["type"] == "error":
                assert signature(entry) == signature(part.errors[entry["name"]])


def test_interface__no_two_functions_or_errors__share_a_selector(declared) -> None:
    entries = [e for e in declared if e["type"] in ("function", "error")]
    selectors = {keccak(text=signature(entry))[:4] for entry in entries}

    assert len(selectors) == len(entries)


@pytest.mark.parametrize("part", ["manager", "reads"])
def test_code__of_each_part__fits_with_room_to_spare(codes, part) -> None:
    assert len(codes[part]) // 2 - 1 <= 23_000


# Nothing goes untested

# Names that no test can bring about, with the reason. None so far.
UNTESTED: dict[str, str] = {}


@pytest.fixture(scope="session")
def sources() -> str:
    others = sorted(path for path in HERE.parent.glob("test_*.py") if path != HERE)
    return "\n".join(path.read_text(encoding="utf-8") for path in others)


@pytest.mark.parametrize("kind", ["event", "error", "function"])
def test_completeness__everything_declared__occurs_in_a_test_by_name(
    declared, sources, kind
) -> None:
    names = {entry["name"] for entry in declared if entry["type"] == kind}
    missing = {name for name in names if name not in sources}

    assert names
    assert missing == set(UNTESTED) & names
