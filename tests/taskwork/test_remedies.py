"""Errors as people read them: one line, and what to do."""

from __future__ import annotations

import pytest

from taskwork.actions.remedies import REMEDIES, explain
from taskwork.chain.abi import encode_values, load_abi
from taskwork.chain.contract_errors import known_errors
from taskwork.chain.revert import decode_revert
from taskwork.chain.types import TaskStatus
from taskwork.errors import ChainError, ConfigError

pytestmark = pytest.mark.unit

HASH = f"0x{7:064x}"


def test_explain__custom_error__values_by_name_and_a_remedy() -> None:
    abi = load_abi("TaskManager")
    selector = next(s for s, e in abi.errors.items() if e["name"] == "TaskManager_TaskEnded")
    values = encode_values(abi.errors[selector]["inputs"], [HASH, TaskStatus.CANCELLED])

    line = explain(decode_revert(selector + values))

    assert line == (f"TaskManager_TaskEnded(taskHash={HASH}, status=cancelled): schedule it anew")


def test_explain__node_away__asks_for_the_node() -> None:
    assert explain(ChainError("the node does not answer")).endswith("and its URL right?")


def test_explain__anything_else__as_it_is() -> None:
    assert explain(ConfigError("no key")) == "no key"


def test_remedies__every_error__is_one_of_the_contracts() -> None:
    known = {str(error["name"]) for error in known_errors().values()}

    assert set(REMEDIES) <= known
