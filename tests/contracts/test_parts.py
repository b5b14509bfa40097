"""The manager's reads, which are another contract's code: reached through it, and nothing else is."""

from __future__ import annotations

import pytest

from tests.support.abi import to_bytes
from tests.support.rpc import RpcError, calldata
from tools.artifacts import build


@pytest.mark.parametrize("data", ["0x", "0x12345678", "0x01"])
def test_manager__called_with_what_it_does_not_know__reverts_with_nothing(
    call_at, manager, stranger, data
) -> None:
    with pytest.raises(RpcError) as refused:
        call_at(None, manager, to_bytes(data), sender=stranger)

    assert refused.value.data == b""


@pytest.mark.parametrize("data", [b"", calldata("clock()")])
def test_manager__sent_ether_where_none_is_taken__refuses_it(
    call_at, manager, stranger, data
) -> None:
    with pytest.raises(RpcError) as refused:
        call_at(None, manager, data, sender=stranger, value=1)

    assert refused.value.data == b""


def test_reads__asked_at_their_own_address__know_nothing(
    project, manager, create_task, owner
) -> None:
    scheduled = create_task()
    reads = project.ITaskManagerReads.at(manager.READS())

    assert manager.getAccountTasks(owner) == [scheduled.hash]
    assert reads.getAccountTasks(owner) == []
    assert reads.bondOf(owner) == (0, 0)


def test_reads__what_never_changes__is_the_managers(
    project, deploy_manager, fee_recipient, owner
) -> None:
    manager = deploy_manager(250, fee_recipient)
    reads = project.TaskManagerReads.at(manager.READS())

    assert reads.FEE_BPS() == manager.FEE_BPS() == 250
    assert reads.FEE_RECIPIENT() == manager.FEE_RECIPIENT() == fee_recipient
    assert reads.ENVOY_FACTORY() == manager.ENVOY_FACTORY()
    assert reads.envoyOf(owner) == manager.envoyOf(owner)


def test_parts__by_their_layouts__keep_everything_at_the_same_slots(project) -> None:
    layouts = [
        {entry["label"]: entry["slot"] for entry in artifact.storage["storage"]}
        for artifact in build()
        if artifact.name in ("TaskManager", "TaskManagerReads")
    ]

    assert layouts[0]
    assert layouts[0] == layouts[1]
