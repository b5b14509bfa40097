"""Adapters as targets of tasks: what a hostile upkeep, resolver or target can make of a run."""

from __future__ import annotations

import pytest
from eth_abi import encode
from eth_utils import keccak, to_canonical_address

from tests.contracts.conftest import call_of
from tests.support.abi import Interface, to_bytes
from tests.support.definitions import ENDLESS, Status
from tests.support.rpc import RpcError

NOBODY = "0x" + "ab" * 20
IDENTITY = "0x" + "00" * 19 + "04"  # a precompile: answers with what it is given
RETURNS, REVERTS, BURNS, PLAYS = 1, 2, 3, 4
MAX_PAYLOAD = 24_000
GAS = 300_000
YES, NO = encode(["bool"], [True]), encode(["bool"], [False])
WORK = b"what to do"


@pytest.fixture
def upkeep(project, deployer):
    """Ready, until it is performed."""
    double = deployer.deploy(project.UpkeepDouble)
    double.set(True, False, sender=deployer)
    return double


@pytest.fixture(scope="session")
def upkeep_adapter(project, deployer):
    return deployer.deploy(project.UpkeepAdapter)


@pytest.fixture(scope="session")
def resolver_adapter(project, deployer):
    return deployer.deploy(project.ResolverAdapter)


@pytest.fixture(scope="session")
def errors(project) -> Interface:
    return Interface([e.model_dump() for e in project.UpkeepAdapter.contract_type.abi])


@pytest.fixture
def upkeep_call(upkeep_adapter, upkeep) -> bytes:
    return call_of(upkeep_adapter, "run(address,bytes)", upkeep.address, WORK)


@pytest.fixture
def run_upkeep(create_task, run_at, upkeep_adapter, upkeep_call):
    """Have the manager run the upkeep through its adapter, once; returns what it said."""

    def run(*, gas: int = GAS):
        task = create_task(target=upkeep_adapter, data=upkeep_call, gas=gas)
        return run_at(task.start).one("TaskExecuted")

    return run


@pytest.fixture
def run_resolver(create_task, run_at, resolver_adapter, upkeep):
    """Have the manager call a target with a payload of the resolver's, once."""

    def run(target, payload: bytes):
        ask = call_of(upkeep, "checker(bytes)", payload)
        signature = "run(address,bytes,address)"
        data = call_of(resolver_adapter, signature, upkeep.address, ask, str(target))
        task = create_task(target=resolver_adapter, data=data, gas=GAS)
        return run_at(task.start).one("TaskExecuted")

    return run


@pytest.fixture
def answering(upkeep, deployer):
    """Make the check end otherwise than it should."""

    def set_mode(mode: int, answer: bytes = b"", size: int | None = None) -> None:
        upkeep.setMode(mode, answer, len(answer) if size is None else size, sender=deployer)

    return set_mode


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(32, "big") for value in values)


# As they should be


def test_upkeep__ready__is_performed_with_what_it_answered(
    run_upkeep, upkeep, upkeep_adapter
) -> None:
    executed = run_upkeep()

    assert (executed["success"], executed["returnData"]) == (True, YES)
    assert (upkeep.performed(), upkeep.lastData()) == (1, WORK)
    assert upkeep.lastCaller() == upkeep_adapter.address


def test_upkeep__not_ready__is_a_cheap_success(
    manager, create_task, mine_to, execute, upkeep, upkeep_adapter, upkeep_call, deployer
) -> None:
    upkeep.set(False, True, sender=deployer)
    task = create_task(target=upkeep_adapter, data=upkeep_call, gas=GAS, executions=ENDLESS)

    for n in range(6):  # more than the failures in a row that a task may have
        mine_to(task.start + 100 * n)
        batch = execute()
        assert batch.one("TaskExecuted")["success"] is True
        assert batch.one("TaskExecuted")["returnData"] == NO
        assert batch.one("TaskExecutionRecorded")["failureCount"] == 0
        assert batch.one("TaskExecutionRecorded")["gasUsed"] < 60_000

    assert manager.getTaskStatus(task.hash) == Status.QUEUED
    assert upkeep.performed() == 0


def test_resolver__can_execute__target_is_called_with_the_payload(
    run_resolver, counter, bump, resolver_adapter
) -> None:
    before = counter.count()

    executed = run_resolver(counter, bump)

    assert (executed["success"], executed["returnData"]) == (True, YES)
    assert (counter.count(), counter.lastSum()) == (before + 1, 5)
    assert counter.lastCaller() == resolver_adapter.address


def test_resolver__cannot_execute__reason_is_not_called(
    run_resolver, upkeep, deployer, counter
) -> None:
    before = counter.count()
    upkeep.set(False, False, sender=deployer)

    executed = run_resolver(counter, b"not yet")

    assert (executed["success"], executed["returnData"]) == (True, NO)
    assert counter.count() == before


# Lies


def test_upkeep__lies_about_being_ready__fails_and_is_stopped(
    manager, create_task, mine_to, execute, upkeep, upkeep_adapter, upkeep_call, deployer
) -> None:
    upkeep.set(True, True, sender=deployer)
    task = create_task(target=upkeep_adapter, data=upkeep_call, gas=GAS, executions=ENDLESS)
    signature = "UpkeepDouble_Refused(address,bytes)"
    refusal = encode(["address", "bytes"], [upkeep_adapter.address, WORK])

    for n in range(5):
        mine_to(task.start + 100 * n)
        executed = execute().one("TaskExecuted")
        assert executed["success"] is False
        assert executed["returnData"] == keccak(text=signature)[:4] + refusal

    assert manager.getTaskStatus(task.hash) == Status.FAILING
    assert upkeep.performed() == 0


def test_upkeep__differs_between_check_and_perform__only_its_own_answer_reaches_it(
    answering, run_upkeep, upkeep
) -> None:
    """The check says one thing in each call; what is performed is what it said in this one."""
    answering(RETURNS, encode(["bool", "bytes"], [True, b"something else"]))

    assert run_upkeep()["returnData"] == YES
    assert upkeep.lastData() == b"something else"


def test_upkeep__check_that_writes_or_re_enters__changes_nothing(
    answering, run_upkeep, upkeep, upkeep_adapter, upkeep_call, errors, deployer
) -> None:
    upkeep.setScript([(upkeep_adapter.address, 0, upkeep_call)], sender=deployer)
    answering(PLAYS)

    executed = run_upkeep()

    error = errors.decode_error(executed["returnData"])
    assert (executed["success"], error.name) == (False, "Adapter_CheckFailed")
    assert (upkeep.performed(), upkeep.outcomes()) == (0, [])


def test_upkeep__re_enters_when_performed__is_a_call_like_any_other(
    manager, run_upkeep, upkeep, upkeep_adapter, upkeep_call, deployer
) -> None:
    execute = manager.executeQueuedTasks.encode_input(0)
    withdraw = manager.withdrawBond.encode_input(1)
    script = [(upkeep_adapter.address, upkeep_call), (manager.address, execute)]
    script.append((manager.address, withdraw))
    upkeep.setScript([(target, 0, data) for target, data in script], sender=deployer)

    executed = run_upkeep(gas=750_000)

    again, locked, money = upkeep.outcomes()
    assert executed["success"] is True
    assert (again.success, bytes(again.returnData)) == (True, NO)
    assert (locked.success, money.success) == (False, False)
    assert bytes(locked.returnData)[:4] == keccak(text="TaskManager_Reentered()")[:4]
    assert upkeep.performed() == 1


# Answers


@pytest.mark.parametrize("size", [200_000, 96])
@pytest.mark.parametrize("ready", [True, False])
def test_upkeep__200_kilobytes_by_return__cost_the_adapter_nothing(
    answering, run_upkeep, upkeep, ready, size
) -> None:
    answering(RETURNS, encode(["bool", "bytes"], [ready, b""]), size)

    assert run_upkeep()["returnData"] == (YES if ready else NO)
    assert upkeep.performed() == ready


def test_upkeep__200_kilobytes_of_payload__are_refused(
    answering, run_upkeep, upkeep, errors
) -> None:
    answering(RETURNS, words(1, 64, 199_904), 200_000)

    error = errors.decode_error(run_upkeep()["returnData"])

    assert error.name == "Adapter_PayloadTooLong"
    assert (error["length"], error["max"]) == (199_904, MAX_PAYLOAD)
    assert upkeep.performed() == 0


def test_upkeep__200_kilobytes_by_revert__are_cut_off(answering, run_upkeep, errors) -> None:
    answering(REVERTS, b"\xee" * 40, 200_000)

    executed = run_upkeep()

    error = errors.decode_error(executed["returnData"])
    assert (executed["success"], error.name) == (False, "Adapter_CheckFailed")
    assert to_bytes(error["reason"]) == b"\xee" * 40 + bytes(88)


@pytest.mark.parametrize("length", [0, 5, 128])
def test_upkeep__check_reverts__reason_is_whole(
    answering, run_upkeep, upkeep, errors, length
) -> None:
    answering(REVERTS, b"\xee" * length)

    error = errors.decode_error(run_upkeep()["returnData"])

    assert error.name == "Adapter_CheckFailed"
    assert to_bytes(error["source"]) == to_bytes(upkeep.address)
    assert to_bytes(error["reason"]) == b"\xee" * length


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 1_000, MAX_PAYLOAD])
def test_resolver__payload_up_to_the_limit__arrives_whole(
    call_at, upkeep, resolver_adapter, rpc, stranger, length
) -> None:
    """The target returns nothing to the adapter; so it is one that reverts with a hash."""
    # CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY, then reverts with the hash of it all.
    rpc("anvil_setCode", NOBODY, "0x365f5f37365f205f5260205ffd")
    payload = bytes((11 + 7 * i) % 253 for i in range(length))
    ask = call_of(upkeep, "checker(bytes)", payload)
    data = call_of(resolver_adapter, "run(address,bytes,address)", upkeep.address, ask, NOBODY)

    with pytest.raises(RpcError) as caught:
        call_at(None, resolver_adapter, data, sender=stranger)

    assert to_bytes(caught.value.data) == keccak(payload)
    rpc("anvil_setCode", NOBODY, "0x")


def test_upkeep__payload_a_byte_too_long__is_refused(answering, run_upkeep, errors) -> None:
    answering(RETURNS, words(1, 64, MAX_PAYLOAD + 1), 96 + MAX_PAYLOAD + 1)

    assert errors.decode_error(run_upkeep()["returnData"]).name == "Adapter_PayloadTooLong"


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        (b"", 0),
        (words(1), 32),
        (words(0), 32),
        (words(1, 64), 64),
        (words(1, 64, 0), 95),
        (words(2, 64, 0), 96),  # no bool
        (words(2**256 - 1, 64, 0), 96),
        (words(1, 65, 0), 96),  # the length begins beyond the end
        (words(1, 96, 0), 96),
        (words(1, 2**256 - 1, 0), 96),
        (words(1, 2**256 - 32, 0), 96),
        (words(1, 2**64, 0), 96),
        (words(1, 64, 1), 96),  # the bytes end beyond it
        (words(1, 64, 33, 0), 128),
        (words(1, 64, 2**256 - 1, 0), 128),
        (words(1, 64, 2**256 - 96, 0), 128),
        (words(1, 64, 2**64, 0), 128),
    ],
)
def test_upkeep__malformed_answer__is_refused_by_name(
    answering, run_upkeep, upkeep, errors, answer, size
) -> None:
    answering(RETURNS, answer, size)

    executed = run_upkeep()

    error = errors.decode_error(executed["returnData"])
    assert (executed["success"], error.name) == (False, "Adapter_MalformedAnswer")
    assert (to_bytes(error["source"]), error["size"]) == (to_bytes(upkeep.address), size)
    assert upkeep.performed() == 0


# Gas


@pytest.mark.parametrize("gas", [15_000, 60_000, 750_000])
def test_upkeep__check_burns_all_gas__is_named(answering, run_upkeep, errors, gas) -> None:
    answering(BURNS)

    executed = run_upkeep(gas=gas)

    error = errors.decode_error(executed["returnData"])
    assert (error.name, to_bytes(error["reason"])) == ("Adapter_CheckFailed", b"")


def test_resolver__target_burns_all_gas__fails_and_the_next_task_runs(
    create_task, run_at, resolver_adapter, upkeep, burner
) -> None:
    ask = call_of(upkeep, "checker(bytes)", call_of(burner, "invalid()"))
    signature = "run(address,bytes,address)"
    data = call_of(resolver_adapter, signature, upkeep.address, ask, burner.address)
    bad = create_task(target=resolver_adapter, data=data, gas=100_000)
    good = create_task(start=bad.start)

    runs = {run["taskHash"]: run for run in run_at(bad.start).named("TaskExecuted")}

    assert (runs[bad.hash]["success"], runs[bad.hash]["returnData"]) == (False, b"")
    assert runs[good.hash]["success"] is True


@pytest.mark.parametrize("length", [0, 1, 256, 257, 100_000])
def test_resolver__target_reverts_at_length__256_bytes_are_passed_on(
    call_at, upkeep, resolver_adapter, long_answer, stranger, length
) -> None:
    ask = call_of(upkeep, "checker(bytes)", call_of(long_answer, "byRevert(uint256)", length))
    signature = "run(address,bytes,address)"
    data = call_of(resolver_adapter, signature, upkeep.address, ask, long_answer.address)

    with pytest.raises(RpcError) as caught:
        call_at(None, resolver_adapter, data, sender=stranger)

    answer = (b"\xff" * 32 + bytes(256))[: min(length, 256)]
    assert to_bytes(caught.value.data or "0x") == answer


def test_resolver__target_returns_at_length__is_not_read(run_resolver, long_answer) -> None:
    executed = run_resolver(long_answer, call_of(long_answer, "byReturn(uint256)", 50_000))

    assert (executed["success"], executed["returnData"]) == (True, YES)


# Nobody there


@pytest.mark.parametrize("nobody", [NOBODY, IDENTITY])
def test_adapters__no_code__is_refused_by_name(
    create_task, run_at, upkeep_adapter, errors, nobody
) -> None:
    data = call_of(upkeep_adapter, "run(address,bytes)", nobody, WORK)
    task = create_task(target=upkeep_adapter, data=data)

    error = errors.decode_error(run_at(task.start).one("TaskExecuted")["returnData"])

    assert error.name == "Adapter_NoCode"
    assert to_bytes(error["target"]) == to_canonical_address(nobody)


def test_resolver__target_without_code__is_no_success(run_resolver, errors) -> None:
    executed = run_resolver(NOBODY, WORK)

    error = errors.decode_error(executed["returnData"])
    assert (executed["success"], error.name) == (False, "Adapter_NoCode")


# Strangers


def test_upkeep__called_by_a_stranger__gets_only_what_it_answers_itself(
    answering, upkeep, upkeep_adapter, stranger
) -> None:
    answering(RETURNS, encode(["bool", "bytes"], [True, WORK]))

    upkeep_adapter.run(upkeep, b"of the stranger's choice", sender=stranger)

    assert (upkeep.performed(), upkeep.lastData()) == (1, WORK)
