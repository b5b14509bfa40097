"""The contracts' custom errors as exceptions: a class for each error of the committed ABIs.

    from taskwork.chain.contract_errors import TaskManager_InsufficientBond

    try:
        await manager.send(account, call)
    except TaskManager_InsufficientBond as error:
        lacking = error.args_by_name["required"] - error.args_by_name["free"]
    except WrongState:  # a whole branch, from taskwork.errors
        ...

Each class derives from the branch of `taskwork.errors` that says what the caller can do about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from eth_typing import ABIElement

from taskwork.chain.abi import load_all_abis
from taskwork.errors import (
    BadValue,
    ContractError,
    NotEnough,
    NotFound,
    NotPermitted,
    OutOfTime,
    WrongState,
)

BRANCHES: Mapping[type[ContractError], frozenset[str]] = {
    NotFound: frozenset({"TaskManager_UnknownTask", "TaskManager_TaskChanged"}),
    NotPermitted: frozenset({"TaskManager_FromNotCaller", "TaskManager_NotOwner"}),
    WrongState: frozenset(
        {
            "TaskManager_NotInactive",
            "TaskManager_NotQueued",
            "TaskManager_Reentered",
            "TaskManager_TaskEnded",
            "TaskManager_WrongNonce",
        }
    ),
    OutOfTime: frozenset(
        {
            "TaskManager_BacklogTooOld",
            "TaskManager_NotDue",
            "TaskManager_StartNotInFuture",
            "TaskManager_StartTooFar",
        }
    ),
    NotEnough: frozenset(
        {
            "InsufficientBalance",
            "TaskManager_BaseFeeAboveCeiling",
            "TaskManager_BlockFull",
            "TaskManager_CounterExhausted",
            "TaskManager_InsufficientBond",
            "TaskManager_InsufficientGas",
            "TaskManager_NoCredit",
            "TaskManager_PaymentRefused",
        }
    ),
    BadValue: frozenset(
        {
            "Create2EmptyBytecode",
            "FailedDeployment",
            "TaskManagerLens_WindowOutOfRange",
            "TaskManager_BondTooLarge",
            "TaskManager_DataTooLong",
            "TaskManager_DeadlineBeforeStart",
            "TaskManager_DeadlineTooFar",
            "TaskManager_ExecutionsOutOfRange",
            "TaskManager_FeeOutOfRange",
            "TaskManager_GasOutOfRange",
            "TaskManager_IntervalTooLong",
            "TaskManager_IntervalTooShort",
            "TaskManager_TargetHasNoCode",
            "TaskManager_TargetIsManager",
            "TaskManager_TermOutOfRange",
        }
    ),
}


@cache
def error_class(name: str) -> type[ContractError]:
    """The class of a custom error; one that no committed ABI has derives from `ContractError`."""
    branch = next((kind for kind, names in BRANCHES.items() if name in names), ContractError)
    return type(name, (branch,), {"__module__": __name__, "__doc__": f"`{name}`, of a contract."})


@cache
def known_errors() -> Mapping[bytes, ABIElement]:
    """The custom errors of all committed ABIs, by selector."""
    return {selector: one for abi in load_all_abis() for selector, one in abi.errors.items()}


def __getattr__(name: str) -> type[ContractError]:
    """`contract_errors.TaskNotFound`, if a committed ABI has it."""
    if any(error["name"] == name for error in known_errors().values()):  # type: ignore[typeddict-item]
        return error_class(name)
    raise AttributeError(f"no committed ABI has an error {name}")
