"""Envoys: who calls the targets, and that nobody else can use them."""

from __future__ import annotations

import pytest
from eth_utils import keccak, to_canonical_address, to_checksum_address

from tests.contracts.conftest import BOND, call_of
from tests.support.rpc import hexed

ZERO = "0x" + "00" * 20


@pytest.fixture
def probe(project, deployer):
    return deployer.deploy(project.EnvoyProbe)


@pytest.fixture
def factory(project, manager):
    return project.EnvoyFactory.at(manager.ENVOY_FACTORY())


def order_for(target: str, gas: int, data: bytes) -> bytes:
    """What the manager tells an envoy: gas and target in one word, then the calldata."""
    return gas.to_bytes(12, "big") + to_canonical_address(target) + data


def test_envoy__address__follows_from_the_owner_alone(manager, factory, owner, other_owner) -> None:
    preimage = (
        b"\xff"
        + to_canonical_address(factory.address)
        + bytes(12)
        + to_canonical_address(owner.address)
        + bytes(factory.INIT_CODE_HASH())
    )

    expected = to_checksum_address(keccak(preimage)[12:])
    assert manager.envoyOf(owner) == factory.envoyOf(owner) == expected
    assert manager.envoyOf(other_owner) != expected


def test_envoy__of_another_manager__is_another(manager, deploy_manager, owner) -> None:
    assert deploy_manager().envoyOf(owner) != manager.envoyOf(owner)


def test_envoy__before_the_first_task__has_no_code(rpc, manager, owner) -> None:
    assert rpc("eth_getCode", manager.envoyOf(owner), "latest") == "0x"


def test_envoy__after_the_first_task__is_there_for_good(rpc, manager, create_task, owner) -> None:
    create_task(active=False)
    code = rpc("eth_getCode", manager.envoyOf(owner), "latest")
    assert len(code) > 2
    assert manager.address.lower()[2:] in code

    create_task(active=False)

    assert rpc("eth_getCode", manager.envoyOf(owner), "latest") == code


def test_envoy__run__is_the_sender_and_sends_no_value(
    manager, create_task, probe, run_at, owner
) -> None:
    task = create_task(target=probe, data=call_of(probe, "look()"))

    run_at(task.start)

    assert probe.caller() == manager.envoyOf(owner)
    assert probe.codeSize() > 0
    assert probe.valueSeen() == 0


def test_envoy__two_owners__have_one_each(
    manager, create_task, other_owner, run_at, counter, owner
) -> None:
    first = create_task()
    second = create_task(owner=other_owner, start=first.start + 1)

    run_at(first.start)
    assert counter.lastCaller() == manager.envoyOf(owner)
    run_at(second.start)
    assert counter.lastCaller() == manager.envoyOf(other_owner)


@pytest.mark.parametrize("gas", [21_000, 100_000, 250_000, 750_000])
def test_envoy__run__gives_the_target_exactly_its_gas(
    project, rpc, deployer, create_task, run_at, gas
) -> None:
    witness = deployer.deploy(project.GasWitness)
    data = gas.to_bytes(32, "big")
    harness = deployer.deploy(project.GasHarness)
    asked = (witness.address, bytes(witness.lastGas.encode_input()))
    direct = harness.run.call(witness, max(gas, 60_000), data, [asked], sender=deployer)
    entry_cost = max(gas, 60_000) - int.from_bytes(bytes(direct.answers[0]))
    rpc("anvil_setStorageAt", witness.address, "0x0", f"0x{1:064x}")
    task = create_task(target=witness, data=(gas - entry_cost).to_bytes(32, "big"), gas=gas)

    batch = run_at(task.start)

    assert batch.one("TaskExecuted")["success"] is True
    assert witness.lastGas() == gas - entry_cost
    assert witness.shortfalls() == 0


def test_envoy__used_by_a_stranger__refuses(
    rpc, manager, create_task, counter, bump, stranger, owner
) -> None:
    create_task()
    before = counter.count()
    order = order_for(counter.address, 90_000, bump)

    receipt = rpc.send(stranger.address, manager.envoyOf(owner), order)

    assert int(receipt["status"], 16) == 0
    assert counter.count() == before


def test_envoy__used_by_its_own_owner__refuses(
    rpc, manager, create_task, owner, counter, bump
) -> None:
    create_task()

    receipt = rpc.send(
        owner.address, manager.envoyOf(owner), order_for(counter.address, 90_000, bump)
    )

    assert int(receipt["status"], 16) == 0


def test_envoy__ordered_about_by_its_target__refuses(
    manager, counter, bump, probe, create_task, run_at, owner
) -> None:
    order = order_for(counter.address, 50_000, bump)
    data = call_of(probe, "order(bytes)", order)
    task = create_task(target=probe, data=data, gas=250_000)

    run_at(task.start)

    assert probe.caller() == manager.envoyOf(owner)
    assert probe.strangerServed() is False
    assert counter.count() == 0


def test_envoy__of_another_owner_as_target__does_nothing_in_its_name(
    manager, create_task, other_owner, counter, bump, run_at
) -> None:
    victim = create_task(owner=other_owner, active=False)
    assert victim
    order = order_for(counter.address, 50_000, bump)
    task = create_task(target=manager.envoyOf(other_owner), data=order)

    batch = run_at(task.start)

    assert batch.one("TaskExecuted")["success"] is False
    assert counter.count() == 0


def test_envoy__own_one_as_target__does_nothing(
    manager, counter, bump, create_task, owner, run_at
) -> None:
    order = order_for(counter.address, 50_000, bump)
    task = create_task(target=manager.envoyOf(owner), data=order)

    batch = run_at(task.start)

    assert batch.one("TaskExecuted")["success"] is False
    assert counter.count() == 0


def test_envoy__made_beforehand_by_a_stranger__is_the_same_and_serves(
    rpc, manager, factory, owner, stranger, create_task, run_at, counter
) -> None:
    factory.create(owner, sender=stranger)
    factory.create(owner, sender=stranger)
    assert len(rpc("eth_getCode", manager.envoyOf(owner), "latest")) > 2

    task = create_task()
    run_at(task.start)

    assert counter.lastCaller() == manager.envoyOf(owner)


def test_envoy__factory_called_by_a_stranger__does_not_disturb_the_ids(
    manager, create_task, factory, stranger, owner
) -> None:
    first = create_task()
    factory.create(stranger, sender=stranger)
    second = create_task()

    assert int.from_bytes(first.hash[24:]) == 1
    assert int.from_bytes(second.hash[24:]) == 2
    assert [bytes(one) for one in manager.getAccountTasks(owner)] == [first.hash, second.hash]


def test_envoy__ether_sent_to_its_address_beforehand__does_not_stop_it(
    rpc, manager, owner, create_task, run_at, counter
) -> None:
    rpc("anvil_setBalance", manager.envoyOf(owner), hex(BOND))

    task = create_task()
    run_at(task.start)

    assert counter.count() == 1


def test_envoy__plain_ether__is_refused(rpc, manager, create_task, stranger, owner) -> None:
    create_task()

    receipt = rpc.send(stranger.address, manager.envoyOf(owner), b"", 1)

    assert int(receipt["status"], 16) == 0


def test_envoy__answer_with_high_bits_in_the_order__calls_the_same_target(
    rpc, manager, create_task, counter, bump, owner
) -> None:
    """The word's upper bits are gas: they never leak into the address."""
    create_task()
    order = order_for(counter.address, 2**96 - 1, bump)
    tx = {"from": manager.address, "to": manager.envoyOf(owner), "data": hexed(order)}

    answer = rpc("eth_call", tx, "latest")

    assert int(answer, 16) == counter.count() + 1


def test_envoy__of_nobody__has_an_address_too(manager, owner) -> None:
    assert manager.envoyOf(ZERO) != manager.envoyOf(owner)
