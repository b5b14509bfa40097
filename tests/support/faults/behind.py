"""A node that lags: everything it says is from an earlier block, and fits together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.faults.faults import Ask, Json

# Where a method names its block.
_BLOCK_AT = {
    "eth_call": 1,
    "eth_createAccessList": 1,
    "eth_estimateGas": 1,
    "eth_feeHistory": 1,
    "eth_getBalance": 1,
    "eth_getBlockByNumber": 0,
    "eth_getCode": 1,
    "eth_getStorageAt": 2,
    "eth_getTransactionCount": 1,
    "eth_simulateV1": 1,
}
_MINED = ("eth_getTransactionReceipt", "eth_getTransactionByHash")
_TAGS = ("latest", "pending", "safe", "finalized", None)


@dataclass(frozen=True)
class Behind:
    """Answers as of the block that `view` makes of the node's head."""

    view: Callable[[int], int]

    async def apply(self, request: Json, ask: Ask) -> Json:
        head = int(
            (await ask({**request, "method": "eth_blockNumber", "params": []}))["result"], 16
        )
        seen = self.view(head)
        if request["method"] == "eth_blockNumber":
            return _result(request, hex(seen))
        if request["method"] in _MINED:
            return _mined_by(await ask(request), seen)
        if request["method"] == "eth_getLogs":
            return await ask({**request, "params": [_until(request["params"][0], seen)]})
        return await self._as_of(seen, request, ask)

    async def _as_of(self, seen: int, request: Json, ask: Ask) -> Json:
        place = _BLOCK_AT.get(request["method"])
        if place is None:
            return await ask(request)
        params = [*request.get("params", ()), *[None] * (place + 1)][
            : max(place + 1, len(request.get("params", ())))
        ]
        asked = params[place]
        if asked not in _TAGS and int(asked, 16) > seen:
            if request["method"] == "eth_getBlockByNumber":
                return _result(request, None)
            error = {"code": -32001, "message": "header not found"}
            return {"jsonrpc": "2.0", "id": request["id"], "error": error}
        params[place] = hex(seen) if asked in _TAGS else asked
        return await ask({**request, "params": params})


def lagging(blocks: int) -> Behind:
    """A node so many blocks behind."""
    return Behind(lambda head: max(0, head - blocks))


def stuck_at(block: int) -> Behind:
    """A node that saw no block after this one."""
    return Behind(lambda head: min(head, block))


def _result(request: Json, result: Any) -> Json:
    return {"jsonrpc": "2.0", "id": request["id"], "result": result}


def _mined_by(answer: Json, seen: int) -> Json:
    result = answer.get("result")
    if result and result.get("blockNumber") and int(result["blockNumber"], 16) > seen:
        return {**answer, "result": None}
    return answer


def _until(wanted: Json, seen: int) -> Json:
    if "blockHash" in wanted:
        return wanted
    last = wanted.get("toBlock", "latest")
    end = seen if last in _TAGS else min(seen, int(last, 16))
    return {**wanted, "toBlock": hex(end)}
