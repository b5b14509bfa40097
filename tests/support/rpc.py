"""A thin JSON-RPC client for what would take too long through ape: bulk reads, scans, resets."""

from __future__ import annotations

import http.client
import itertools
import json
from typing import Any
from urllib.parse import urlsplit

from eth_abi import decode, encode
from eth_utils import function_signature_to_4byte_selector

HEADERS = {"Content-Type": "application/json"}


class RpcError(Exception):
    """The node's refusal; `data` is what the call reverted with, whole."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("message"))
        self.code: int | None = error.get("code")
        data = error.get("data")
        self.data = bytes.fromhex(data[2:]) if isinstance(data, str) else b""


class Rpc:
    """One connection that is kept open; one round trip per request."""

    def __init__(self, uri: str) -> None:
        url = urlsplit(uri)
        assert url.hostname is not None
        self._connection = http.client.HTTPConnection(url.hostname, url.port, timeout=120)
        self._ids = itertools.count(1)

    def __call__(self, method: str, *params: object) -> Any:
        request = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
        self._connection.request("POST", "/", json.dumps(request), HEADERS)
        answer = json.loads(self._connection.getresponse().read())
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer["result"]

    def close(self) -> None:
        self._connection.close()

    def send(
        self, sender: str, to: str, data: bytes, value: int = 0, gas: int = 29_000_000
    ) -> dict[str, Any]:
        """Send a transaction of an unlocked account and wait for its receipt."""
        tx = {"from": sender, "to": to, "data": hexed(data), "value": hex(value), "gas": hex(gas)}
        try:
            receipt: dict[str, Any] = self("eth_sendTransactionSync", tx)
        except RpcError as error:
            if "confirmation timeout" not in str(error):
                raise
            receipt = self._mine_by_hand(sender)
        return receipt

    def _mine_by_hand(self, sender: str) -> dict[str, Any]:
        """Mine what waits: after `evm_revert` anvil now and then forgets to."""
        self("evm_mine")
        (sent,) = self("eth_getBlockByNumber", "latest", True)["transactions"]
        assert sent["from"].lower() == sender.lower()
        receipt: dict[str, Any] = self("eth_getTransactionReceipt", sent["hash"])
        return receipt

    def call(
        self, to: str, data: bytes, *, sender: str | None = None, gas: int | None = None,
        block: str = "latest",
    ) -> bytes:  # fmt: skip
        tx = {"to": to, "data": hexed(data)}
        if sender is not None:
            tx["from"] = sender
        if gas is not None:
            tx["gas"] = hex(gas)
        return bytes.fromhex(self("eth_call", tx, block)[2:])

    def read(self, to: str, signature: str, *args: object, returns: str) -> tuple[Any, ...]:
        """Call a view by its signature and decode what it returns."""
        return decode(split_types(returns), self.call(to, calldata(signature, *args)))


def calldata(signature: str, *args: object) -> bytes:
    types = split_types(signature[signature.index("(") + 1 : -1])
    return function_signature_to_4byte_selector(signature) + encode(types, args)


def split_types(types: str) -> list[str]:
    """Split at the commas outside parentheses."""
    parts, depth = [""], 0
    for char in types:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part]


def hexed(data: bytes) -> str:
    return "0x" + data.hex()
