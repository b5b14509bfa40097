"""What to do about the errors that people meet most."""

from __future__ import annotations

from collections.abc import Mapping

from taskwork.errors import ChainError, ContractError, TaskworkError

REMEDIES: Mapping[str, str] = {
    "TaskManager_FromNotCaller": "schedule with the account that is to own the task",
    "TaskManager_WrongNonce": "another task was scheduled in between: try again",
    "TaskManager_GasOutOfRange": "give less gas, or split the work",
    "TaskManager_TargetIsManager": "name the contract that is to be called",
    "TaskManager_StartNotInFuture": "give a later block",
    "TaskManager_StartTooFar": "give an earlier block",
    "TaskManager_IntervalTooShort": "give a longer interval",
    "TaskManager_BlockFull": "start at the block it names",
    "TaskManager_BaseFeeAboveCeiling": "raise your price terms' ceiling, or wait",
    "TaskManager_UnknownTask": "check the hash, and that the node is of the right chain",
    "TaskManager_NotOwner": "use the owner's account",
    "TaskManager_TaskEnded": "schedule it anew",
    "TaskManager_InsufficientBond": "send a larger bond with it, or deposit first",
    "TaskNotFound": "check the id, the pool and the chain; or wait for a job to be posted",
    "TaskAlreadyClaimed": "another worker holds it, or you hold as many jobs as the pool allows",
    "TaskNotClaimed": "claim the job first, with the account that submits",
    "TaskExpired": "its deadline has passed",
    "Unauthorized": "use the account that may do this: the owner's, or the worker's",
    "InsufficientFunds": "send the rewards' sum",
    "TaskPool_Inactive": "its owner deactivated it; post in another pool",
    "TaskPool_NoVerifier": "its owner has to name a verifier first",
    "TaskPool_ValueMismatch": "send the rewards' sum, or nothing to a pool of tokens",
    "TaskPool_DeadlineOutOfRange": "give seconds, later than now",
    "TaskPool_InsufficientCredit": "deposit credit for the bond of the claim first",
    "TaskPool_TermsChanged": "read the terms in force, and decide again",
}


def explain(error: TaskworkError) -> str:
    """One line: what happened, and what to do if that is known."""
    if isinstance(error, ContractError) and error.name in REMEDIES:
        return f"{error}: {REMEDIES[error.name]}"
    if isinstance(error, ChainError):
        return f"{error}: is the node up, and its URL right?"
    return str(error)
