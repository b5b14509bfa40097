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
    NotFound: frozenset(
        {
            "Adapter_NoCode",
            "TaskManager_TaskChanged",
            "TaskManager_UnknownTask",
            "TaskNotFound",
            "TaskPoolFactory_NotAPool",
            "TaskPool_BucketEmpty",
        }
    ),
    NotPermitted: frozenset(
        {
            "AttestationVerifier_NotASigner",
            "TaskManager_FromNotCaller",
            "TaskManager_NotOwner",
            "TaskPool_InvalidSignature",
            "Unauthorized",
        }
    ),
    WrongState: frozenset(
        {
            "Adapter_CheckFailed",
            "Groth16Settler_NotJudged",
            "ReentrancyGuardReentrantCall",
            "TaskAlreadyClaimed",
            "TaskManager_NotInactive",
            "TaskManager_NotQueued",
            "TaskManager_Reentered",
            "TaskManager_TaskEnded",
            "TaskManager_WrongNonce",
            "TaskNotClaimed",
            "TaskPoolFactory_NoChange",
            "TaskPool_AlreadyInitialized",
            "TaskPool_BucketScheduled",
            "TaskPool_Inactive",
            "TaskPool_JobsLive",
            "TaskPool_NoVerifier",
            "TaskPool_NotTimed",
            "TaskPool_TermsChanged",
            "TaskPool_WrongStatus",
        }
    ),
    OutOfTime: frozenset(
        {
            "TaskExpired",
            "TaskManager_BacklogTooOld",
            "TaskManager_NotDue",
            "TaskManager_StartNotInFuture",
            "TaskManager_StartTooFar",
            "TaskPool_BucketNotDue",
            "TaskPool_DeadlineOutOfRange",
            "TaskPool_NotOverdue",
            "TaskPool_SignatureExpired",
            "TaskPool_WindowOver",
        }
    ),
    NotEnough: frozenset(
        {
            "CircuitVerifier_InsufficientGas",
            "InsufficientBalance",
            "InsufficientFunds",
            "TaskManager_BaseFeeAboveCeiling",
            "TaskManager_BlockFull",
            "TaskManager_CounterExhausted",
            "TaskManager_InsufficientBond",
            "TaskManager_InsufficientGas",
            "TaskManager_NoCredit",
            "TaskManager_PaymentRefused",
            "TaskPool_CounterExhausted",
            "TaskPool_InsufficientCredit",
            "TaskPool_InsufficientGas",
            "TaskPool_PaymentRefused",
            "TaskPool_TransferMismatch",
        }
    ),
    BadValue: frozenset(
        {
            "Adapter_MalformedAnswer",
            "Adapter_PayloadTooLong",
            "AttestationVerifier_MalformedSignature",
            "AttestationVerifier_ProofLength",
            "AttestationVerifier_SignaturesNotRising",
            "AttestationVerifier_SignersNotRising",
            "AttestationVerifier_SignersOutOfRange",
            "AttestationVerifier_ThresholdOutOfRange",
            "AttestationVerifier_WrongChain",
            "CircuitVerifier_LengthMismatch",
            "Create2EmptyBytecode",
            "FailedDeployment",
            "Groth16Settler_NotProven",
            "Groth16Settler_WrongResult",
            "Groth16Verifier_CountMismatch",
            "Groth16Verifier_ProofLength",
            "Groth16Verifier_SignalTooLarge",
            "Groth16Verifier_WrongJob",
            "InvalidShortString",
            "InvalidZKPProof",
            "StringTooLong",
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
            "TaskPoolFactory_CategoryLengthOutOfRange",
            "TaskPoolFactory_MetadataTooLong",
            "TaskPoolFactory_NoImplementation",
            "TaskPoolViewer_LimitTooHigh",
            "TaskPool_AmountTooLarge",
            "TaskPool_DataTooLong",
            "TaskPool_LengthMismatch",
            "TaskPool_NativeNotTaken",
            "TaskPool_NoCode",
            "TaskPool_NoJobs",
            "TaskPool_TermOutOfRange",
            "TaskPool_ValueMismatch",
            "TaskPool_ZeroReward",
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
