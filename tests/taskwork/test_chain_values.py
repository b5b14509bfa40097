"""Values on their way to the chain and back: types, ABIs, addresses, errors. No node."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

import taskwork
from taskwork.actions.explanation import in_words
from taskwork.chain import contract_errors
from taskwork.chain.abi import _ENUMS, _STRUCTS, index_abi, load_abi, load_all_abis, snake_case
from taskwork.chain.addresses import create2_address, read_deployment, write_deployment
from taskwork.chain.contract import ContractClient
from taskwork.chain.envoy_factory import EnvoyFactoryCalls
from taskwork.chain.events import event_kinds
from taskwork.chain.revert import decode_revert, describe_return, error_name
from taskwork.chain.task_manager import (
    compute_committed_hash,
    compute_task_hash,
    is_committed,
)
from taskwork.chain.task_manager_calls import TaskManagerCalls
from taskwork.chain.types import (
    UNLIMITED,
    Address,
    BlockNumber,
    Bond,
    Explanation,
    Gas,
    Reason,
    SizeClass,
    Task,
    TaskDefinition,
    TaskHash,
    TaskSchedule,
    TaskStatus,
    Wei,
    as_address,
    as_task_hash,
)
from taskwork.chain.validation import check_definition
from taskwork.errors import ChainError, ConfigError, InvalidInput, NotFound

pytestmark = pytest.mark.unit

ALICE = as_address("0x" + "a1" * 20)
TARGET = as_address("0x" + "b2" * 20)
HASH = TaskHash("0x" + "c3" * 32)
TASK = Task(ALICE, Gas(60_000), TARGET, b"\x01\x02", 0)
ONCE = TaskDefinition(TASK, TaskSchedule(BlockNumber(100)))
MANAGER = load_abi("TaskManager")
SOURCES = Path(__file__).parents[2] / "contracts"
# Code that another contract runs and answers with, or that only a verifier asks.
INNER = {"TaskManagerReads", "TaskPoolReads"}
INNER |= {file.stem for file in SOURCES.glob("verifiers/generated/*.sol")}


def clients() -> list[type[ContractClient]]:
    """The typed clients of the whole library."""
    for module in walk_packages(taskwork.__path__, "taskwork."):
        import_module(module.name)
    found = ContractClient.__subclasses__()
    return sorted(found, key=lambda client: client.CONTRACT)


def test_as_address__any_spelling__is_checksummed() -> None:
    assert as_address(ALICE.lower()) == ALICE


@pytest.mark.parametrize("word", ["0x12", "", ALICE[:-1] + "g", "0x" + ALICE[2:].swapcase()])
def test_as_address__not_an_address__is_refused(word: str) -> None:
    with pytest.raises(InvalidInput, match="address"):
        as_address(word)


def test_as_task_hash__bytes_or_hex__is_the_same() -> None:
    assert as_task_hash(bytes.fromhex(HASH[2:])) == as_task_hash(HASH[2:].upper()) == HASH


@pytest.mark.parametrize("word", ["0x12", "zz" * 32, "", b"\x00"])
def test_as_task_hash__not_32_bytes__is_refused(word: str | bytes) -> None:
    with pytest.raises(InvalidInput, match="32 bytes in hex"):
        as_task_hash(word)


@pytest.mark.parametrize(
    ("gas", "size"), [(1, 0), (100_000, 0), (100_001, 1), (250_000, 1), (250_001, 2)]
)
def test_size_class__gas__has_its_queue(gas: int, size: int) -> None:
    assert SizeClass.of(gas) is SizeClass(size)


def test_task_status__each__is_inactive_or_has_ended_or_neither() -> None:
    inactive = [status.name for status in TaskStatus if status.is_inactive]
    ended = [status.name for status in TaskStatus if status.has_ended]
    assert inactive == ["PAUSED", "STARVED", "FAILING", "CROWDED"]
    assert ended == ["COMPLETED", "CANCELLED", "EXPIRED"]


def test_bond__reserved__is_not_free() -> None:
    assert Bond(Wei(10), Wei(4)).free == 6


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        (replace(ONCE, task=replace(TASK, gas=Gas(0))), "task.gas"),
        (replace(ONCE, task=replace(TASK, gas=Gas(750_001))), "task.gas"),
        (replace(ONCE, task=replace(TASK, nonce=-1)), "task.nonce"),
        (replace(ONCE, task=replace(TASK, data=bytes(24_001))), "length of task.data"),
        (replace(ONCE, schedule=TaskSchedule(BlockNumber(2**40))), "schedule.start_block"),
        (replace(ONCE, schedule=TaskSchedule(BlockNumber(9), 99, 2)), "schedule.interval"),
        (replace(ONCE, schedule=TaskSchedule(BlockNumber(9), 2**23 + 1, 2)), "schedule.interval"),
        (replace(ONCE, schedule=TaskSchedule(BlockNumber(9), 0, 0)), "schedule.executions"),
        (replace(ONCE, schedule=TaskSchedule(BlockNumber(9), 100, 2**32)), "schedule.executions"),
        (
            replace(ONCE, schedule=TaskSchedule(BlockNumber(9), deadline=BlockNumber(8))),
            "schedule.deadline",
        ),
    ],
)
def test_check_definition__out_of_range__names_field_value_and_bound(
    definition: TaskDefinition, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_definition(definition)
    assert caught.value.field == field
    assert str(caught.value.value) in str(caught.value)
    assert "must be" in caught.value.bound


@pytest.mark.parametrize(
    "schedule",
    [
        TaskSchedule(BlockNumber(9)),
        TaskSchedule(BlockNumber(9), 100, 2),
        TaskSchedule(BlockNumber(9), 2**23, UNLIMITED, active=False),
        TaskSchedule(BlockNumber(9), deadline=BlockNumber(9)),
    ],
)
def test_check_definition__at_its_bounds__passes(schedule: TaskSchedule) -> None:
    check_definition(TaskDefinition(replace(TASK, gas=Gas(750_000)), schedule))


@pytest.mark.parametrize("start", [100, 100 + 2**23 + 1])
def test_check_definition__start_outside_the_window__is_refused(start: int) -> None:
    definition = replace(ONCE, schedule=TaskSchedule(BlockNumber(start)))
    check_definition(definition)
    with pytest.raises(InvalidInput, match="start_block"):
        check_definition(definition, head=BlockNumber(100))


def test_structs__fields__stand_in_the_order_of_the_abi() -> None:
    structs = {
        component["internalType"].removesuffix("[]"): component
        for abi in load_all_abis()
        for function in abi.functions.values()
        for part in (*function["inputs"], *function["outputs"])  # type: ignore[typeddict-item]
        for component in _nested(part)
    }
    for name, kind in _STRUCTS.items():
        wanted = [snake_case(part["name"]) for part in structs[name]["components"]]
        found = [field.name for field in fields(kind)]
        assert found == ["owner" if one == "from" else one for one in wanted], name


def _nested(part: dict) -> list[dict]:
    inner = [one for component in part.get("components", []) for one in _nested(component)]
    return [part, *inner] if part["type"].startswith("tuple") else inner


@pytest.mark.parametrize("client", clients())
def test_events__fields__stand_in_the_order_of_the_abi(client: type[ContractClient]) -> None:
    events = load_abi(client.CONTRACT).events.values()
    kinds = event_kinds(client.EVENTS) if events else {}
    assert sorted(kinds) == sorted(event["name"] for event in events)
    for event in events:
        names = [field.name for field in fields(kinds[event["name"]])]
        wanted = ["at", *(snake_case(part["name"]) for part in event["inputs"])]
        assert ["from" if name == "origin" else name for name in names] == wanted


def test_clients__every_contract__has_one() -> None:
    """Whoever adds a contract gives it a client."""
    contracts = {abi.name for abi in load_all_abis()} - INNER
    assert contracts == {client.CONTRACT for client in clients()}


@pytest.mark.parametrize(("name", "kind"), _ENUMS.items())
def test_enums__members__are_those_of_the_source(name: str, kind: type) -> None:
    enum = name.removeprefix("enum ").split(".")[-1]
    text = next(
        text
        for file in (*SOURCES.glob("types/*.sol"), *SOURCES.glob("interfaces/*.sol"))
        if f"enum {enum} {{" in (text := file.read_text("utf-8"))
    )
    body = text.split(f"enum {enum} {{")[1].split("}")[0]
    members = [line.split("//")[0].strip(" ,") for line in body.splitlines() if line.strip()]
    assert [snake_case(member).upper() for member in members] == [one.name for one in kind]


def test_calls__every_function_that_writes__can_be_built() -> None:
    calls = TaskManagerCalls(ALICE)
    built = [
        calls.execute_queued_tasks(1),
        calls.execute_tasks([HASH], 1),
        calls.execute_task(HASH),
        calls.schedule_task(ONCE, value=Wei(5)),
        calls.execute_and_schedule(ONCE),
        calls.update_task_schedule(HASH, ONCE),
        calls.cancel_task(HASH),
        calls.reactivate(HASH),
        calls.schedule_committed(ONCE),
        calls.execute_committed([TASK], 1),
        calls.update_committed(ONCE),
        calls.cancel_committed(TASK),
        calls.reactivate_committed(TASK),
        calls.deposit_bond(ALICE, value=Wei(5)),
        calls.withdraw_bond(Wei(1)),
        calls.withdraw_credit(),
        calls.withdraw_fees(),
        calls.set_price_terms(ceiling=Wei(1), tip=Wei(0), premium_cap=Wei(0), failure_limit=15),
    ]
    assert {call.data[:4] for call in built} == writing("TaskManager")
    assert built[3].value == 5


def test_calls__envoy_factory__can_be_built() -> None:
    assert {EnvoyFactoryCalls(ALICE).create(ALICE).data[:4]} == writing("EnvoyFactory")


def writing(contract: str) -> set[bytes]:
    """The selectors of all functions that change something."""
    return {
        keccak(text=signature)[:4]
        for signature, function in load_abi(contract).functions.items()
        if function["stateMutability"] in {"nonpayable", "payable"}  # type: ignore[typeddict-item]
    }


def test_calls__schedule__encodes_what_the_contract_decodes() -> None:
    data = TaskManagerCalls(ALICE).schedule_task(ONCE).data
    task = (ALICE, 60_000, TARGET, b"\x01\x02", 0)
    expected = encode([TaskManagerCalls.DEFINITION], [(task, (100, 0, 1, True, 0))])
    assert data[4:] == expected


@pytest.mark.parametrize(
    "terms",
    [
        {"ceiling": 2**64, "tip": 0, "premium_cap": 0, "failure_limit": 0},
        {"ceiling": 0, "tip": -1, "premium_cap": 0, "failure_limit": 0},
        {"ceiling": 0, "tip": 0, "premium_cap": 0, "failure_limit": 16},
    ],
)
def test_calls__price_term_too_large__is_refused(terms: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        TaskManagerCalls(ALICE).set_price_terms(**terms)  # type: ignore[arg-type]


def test_calls__value_that_does_not_encode__is_refused() -> None:
    with pytest.raises(InvalidInput, match="uint256"):
        TaskManagerCalls(ALICE).withdraw_bond(Wei(-1))


def test_compute_task_hash__task_and_id__are_192_and_64_bits() -> None:
    fields_ = (ALICE, 60_000, TARGET, b"\x01\x02", 0)
    kinds = ["uint256", "address", "(address,uint64,address,bytes,uint64)"]
    digest = keccak(encode(kinds, [31337, TARGET, fields_])).hex()
    assert compute_task_hash(31337, TARGET, TASK, 7) == f"0x{digest[:48]}{7:016x}"


def test_compute_committed_hash__task__is_the_digest_and_its_mark() -> None:
    fields_ = (ALICE, 60_000, TARGET, b"\x01\x02", 0)
    kinds = ["uint256", "address", TaskManagerCalls.TASK]
    digest = int(keccak(encode(kinds, [1, TARGET, fields_])).hex(), 16)
    task_hash = compute_committed_hash(1, TARGET, TASK)
    assert int(task_hash, 16) == digest | 1 << 63
    assert is_committed(task_hash)
    assert not is_committed(compute_task_hash(1, TARGET, TASK, 2**40 - 1))


def test_calls__committed_data_too_long__is_refused() -> None:
    long = replace(ONCE, task=replace(TASK, data=bytes(1_025)))
    TaskManagerCalls(ALICE).schedule_task(long)
    with pytest.raises(InvalidInput, match=r"length of task\.data"):
        TaskManagerCalls(ALICE).schedule_committed(long)


def test_decode_result__nothing_returned__is_the_nodes_fault() -> None:
    with pytest.raises(ChainError, match=r"no TaskManager answered clock\(\)"):
        MANAGER.decode_result("clock()", b"")


def test_encode_call__unknown_function__names_the_contract() -> None:
    with pytest.raises(ConfigError, match="TaskManager has no fly"):
        MANAGER.encode_call("fly()", ())


def test_load_abi__unknown_contract__says_where_they_are() -> None:
    with pytest.raises(ConfigError, match="taskwork/abi"):
        load_abi("Nothing")


def test_encode_init__no_bytecode__says_what_to_do() -> None:
    with pytest.raises(ConfigError, match="compile"):
        index_abi("Empty", {"abi": [], "bytecode": "0x"}).encode_init(())


def test_decode_revert__custom_error__has_name_and_arguments() -> None:
    data = keccak(text="TaskManager_NotDue(bytes32,uint64,uint256)")[:4]
    data += encode(["bytes32", "uint64", "uint256"], [bytes.fromhex(HASH[2:]), 9, 8])
    error = decode_revert(data)
    assert error.name == "TaskManager_NotDue"
    assert error.args_by_name == {"taskHash": HASH, "nextBlock": 9, "blockNumber": 8}
    assert str(error) == f"TaskManager_NotDue(taskHash={HASH}, nextBlock=9, blockNumber=8)"


def test_contract_errors__branches__hold_each_error_once() -> None:
    """Whoever adds an error says in `contract_errors.BRANCHES` what a caller can do about it."""
    names = {str(error["name"]) for error in contract_errors.known_errors().values()}  # type: ignore[typeddict-item]
    branched = [name for branch in contract_errors.BRANCHES.values() for name in branch]
    assert len(branched) == len(set(branched))
    assert names - set(branched) == set(), "say what a caller can do about these"
    assert set(branched) - names == set(), "no contract has these any more"


def test_contract_errors__class__is_raised_and_caught_by_name_and_branch() -> None:
    data = keccak(text="TaskManager_UnknownTask(bytes32)")[:4] + bytes.fromhex(HASH[2:])
    error = decode_revert(data)
    assert type(error) is contract_errors.TaskManager_UnknownTask
    assert isinstance(error, NotFound)
    assert error.args_by_name == {"taskHash": HASH}
    with pytest.raises(AttributeError, match="no committed ABI"):
        _ = contract_errors.TaskManager_UnknownTusk


def test_decode_revert__error_of_another_contract__is_known_when_given() -> None:
    inputs = [{"name": "by", "type": "uint256"}]
    other = index_abi(
        "Other",
        {"abi": [{"type": "error", "name": "Late", "inputs": inputs}], "bytecode": "0x"},
    )
    data = keccak(text="Late(uint256)")[:4] + encode(["uint256"], [5])
    assert str(decode_revert(data, [other])) == "Late(by=5)"
    assert decode_revert(data).name == "Unknown"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "reverted without a reason"),
        (b"\xde\xad\xbe\xef", "reverted with 0xdeadbeef"),
        (b"\x01", "reverted with 0x01"),
        (keccak(text="Error(string)")[:4] + encode(["string"], ["no"]), "reverted: no"),
        (keccak(text="Panic(uint256)")[:4] + encode(["uint256"], [0x11]), "panicked: arithmetic"),
        (keccak(text="Panic(uint256)")[:4] + encode(["uint256"], [0x99]), "panicked: unknown"),
        (keccak(text="Panic(uint256)")[:4], "reverted with 0x4e487b71"),
        (keccak(text="Error(string)")[:4] + bytes(64), "reverted with 0x08c379a0"),
    ],
)
def test_decode_revert__any_data__becomes_words(data: bytes, words: str) -> None:
    assert str(decode_revert(data)).startswith(words)


def test_describe_return__reason_cut_short__shows_what_was_kept() -> None:
    data = keccak(text="Error(string)")[:4] + encode(["string"], ["x" * 500])
    assert describe_return(False, data[:256]) == f"reverted: {'x' * 188}…"


def test_describe_return__success__shows_the_data() -> None:
    assert describe_return(True, b"\x05") == "returned 0x05"
    assert describe_return(True, b"") == "returned nothing"


def test_error_name__selector__is_named_if_known() -> None:
    selector = keccak(text="TaskManager_BlockFull(uint64,uint64)")[:4]
    assert error_name(selector) == "TaskManager_BlockFull"
    assert error_name(b"\xde\xad\xbe\xef") == "0xdeadbeef"


@pytest.mark.parametrize(
    ("deployer", "salt", "init_code", "address"),  # of EIP-1014
    [
        (bytes(20), bytes(32), b"\x00", "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38"),
        (
            bytes.fromhex("deadbeef00000000000000000000000000000000"),
            bytes(12) + bytes.fromhex("feed000000000000000000000000000000000000"),
            b"\x00",
            "0xD04116cDd17beBE565EB2422F2497E06cC1C9833",
        ),
    ],
)
def test_create2_address__examples_of_the_standard__agree(
    deployer: bytes, salt: bytes, init_code: bytes, address: str
) -> None:
    sender = as_address(f"0x{deployer.hex()}")
    assert create2_address(init_code, salt=salt, deployer=sender) == address


def test_deployment__written__reads_back(tmp_path: Path) -> None:
    write_deployment(5, {"TaskManager": ALICE}, tmp_path)
    assert read_deployment(5, tmp_path) == {"TaskManager": ALICE}


def test_deployment__none__says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing deployed on chain 5: .*5\.json"):
        read_deployment(5, tmp_path)


@pytest.mark.parametrize(
    ("content", "kind"), [("{", ConfigError), (json.dumps({"A": "0x1"}), InvalidInput)]
)
def test_deployment__spoilt_file__is_refused(
    tmp_path: Path, content: str, kind: type[Exception]
) -> None:
    (tmp_path / "5.json").write_text(content)
    with pytest.raises(kind):
        read_deployment(5, tmp_path)


@pytest.mark.parametrize("reason", Reason)
def test_in_words__every_reason__is_one_line(reason: Reason) -> None:
    said = in_words(Explanation(reason, TaskStatus.QUEUED, BlockNumber(5), 4, 10**18))
    assert said
    assert "\n" not in said
    assert "{" not in said


def test_address__type__is_a_checksummed_string() -> None:
    assert isinstance(Address(ALICE), str)
