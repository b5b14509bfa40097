"""A local chain that mines when told: transactions by raw JSON-RPC, gas from receipts and traces.

Automine is off throughout. Where a sender, a price or a block matters it is stated, so that the
same contracts give the same figures to the unit of gas.
"""

from __future__ import annotations

import http.client
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from taskwork.chain.revert import decode_revert
from taskwork.chain.transactions import Call
from taskwork.chain.types import ZERO_ADDRESS, Address, as_address
from taskwork.devnet.node import running_node
from taskwork.errors import ChainError

GWEI = 10**9
ETHER = 10**18
GAS_LIMIT = 200_000_000  # of a transaction; gas that is not used costs nothing
BLOCK_GAS_LIMIT = 10**12
RICH = 10**12 * ETHER
GENEROUS_FEE = 1000 * GWEI
HEADERS = {"Content-Type": "application/json"}
LOG = Path(__file__).parent.parent / ".build/benchmarks/anvil.log"


@dataclass(frozen=True)
class Receipt:
    """A transaction that was mined and did not revert."""

    hash: str
    gas: int
    gas_price: int
    logs: list[dict[str, Any]]


@contextmanager
def running_chain() -> Iterator[Chain]:
    """A fresh chain that ends with the block."""
    with running_node(LOG) as node:
        chain = Chain(node.url)
        chain.rpc("evm_setAutomine", False)
        chain.rpc("evm_setBlockGasLimit", hex(BLOCK_GAS_LIMIT))
        chain.rpc("anvil_autoImpersonateAccount", True)
        try:
            yield chain
        finally:
            chain.close()


class Chain:
    """One connection that is kept open; anyone's account can send."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=120)
        self._ids = itertools.count(1)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def rpc(self, method: str, *params: object) -> Any:
        """Ask the node; its refusal is an exception, a revert by the name of its error."""
        return _result(method, self._post(self._request(method, params)))

    def rpc_all(self, asked: Iterable[tuple[str, Sequence[object]]]) -> list[Any]:
        """Ask many things in one request; the node may do them in any order, or at once."""
        requests = [self._request(method, params) for method, params in asked]
        answers = {answer["id"]: answer for answer in self._post(requests)} if requests else {}
        return [_result(one["method"], answers[one["id"]]) for one in requests]

    def _request(self, method: str, params: Sequence[object]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}

    def _post(self, body: object) -> Any:
        self._connection.request("POST", "/", json.dumps(body), HEADERS)
        return json.loads(self._connection.getresponse().read())

    # Transactions

    def submit(self, sender: Address, call: Call, *, gas: int = GAS_LIMIT) -> str:
        """Hand in a transaction for the next block; returns its hash."""
        return str(self.rpc("eth_sendTransaction", _request(sender, call) | {"gas": hex(gas)}))

    def run(self, sender: Address, call: Call, *, base_fee: int = GWEI) -> Receipt:
        """Mine a transaction in a block of its own."""
        sent = self.submit(sender, call)
        self.mine(base_fee=base_fee)
        return self.receipt(sent)

    def create(self, sender: Address, init_code: bytes) -> Address:
        """Deploy by a plain transaction: to an address that the code has no part in."""
        request = _request(sender, Call(ZERO_ADDRESS, init_code))
        del request["to"]
        sent = self.rpc("eth_sendTransaction", request)
        self.mine()
        return as_address(self._mined(sent)["contractAddress"])

    def mine(self, *, base_fee: int = GWEI) -> None:
        """Mine what was submitted into one block."""
        self.rpc("anvil_setNextBlockBaseFeePerGas", hex(base_fee))
        self.rpc("anvil_mine", "0x1")

    def receipt(self, sent: str) -> Receipt:
        """The receipt of a mined transaction, which must have succeeded.

        In a full block anvil takes a millisecond to find it: ask only for what is needed.
        """
        answer = self._mined(sent)
        gas, price = int(answer["gasUsed"], 16), int(answer["effectiveGasPrice"], 16)
        return Receipt(sent, gas, price, answer["logs"])

    def _mined(self, sent: str) -> dict[str, Any]:
        answer = self.rpc("eth_getTransactionReceipt", sent)
        if answer is None or answer["status"] != "0x1":
            raise ChainError(f"{sent} reverted or was not mined")
        return dict(answer)

    def read(self, call: Call, *, sender: Address | None = None) -> bytes:
        """Call without leaving a trace; `sender` matters to writes that are only tried."""
        request = _request(sender or call.to, call)
        return bytes.fromhex(self.rpc("eth_call", request, "latest")[2:])

    # Traces

    def trace(self, receipt: Receipt) -> dict[str, Any]:
        """The calls within a transaction, as a tree."""
        answer = self.rpc("debug_traceTransaction", receipt.hash, {"tracer": "callTracer"})
        return dict(answer)

    def trace_at(self, block: int, sender: Address, call: Call) -> dict[str, Any]:
        """The calls that a transaction would make if the latest state were that of `block`."""
        options = {"tracer": "callTracer", "blockOverrides": {"number": hex(block)}}
        return dict(self.rpc("debug_traceCall", _request(sender, call), "latest", options))

    # Blocks and state

    def head(self) -> int:
        """The latest block."""
        return int(self.rpc("eth_blockNumber"), 16)

    def mine_before(self, block: int) -> None:
        """Mine until the next transaction lands in `block`."""
        missing = block - 1 - self.head()
        assert missing >= 0, f"block {block} has passed"
        if missing:
            self.rpc("anvil_mine", hex(missing))

    @contextmanager
    def rewinding(self) -> Iterator[None]:
        """What happens inside has not happened afterwards."""
        snapshot = self.rpc("evm_snapshot")
        try:
            yield
        finally:
            self.rpc("anvil_dropAllTransactions")
            self.rpc("evm_revert", snapshot)

    def enrich(self, account: Address) -> None:
        """Give an account more than it can spend."""
        self.rpc("anvil_setBalance", account, hex(RICH))

    def balance(self, account: Address) -> int:
        """An account's ether."""
        return int(self.rpc("eth_getBalance", account, "latest"), 16)

    def place_code(self, account: Address, code: str) -> None:
        """Make an account a contract."""
        self.rpc("anvil_setCode", account, code)


def calls_to(target: Address, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The frames in which `target` itself ran."""
    if frame.get("to", "").lower() == target.lower():
        yield frame
    for inner in frame.get("calls", ()):
        yield from calls_to(target, inner)


def gas_of(frame: dict[str, Any]) -> int:
    """Gas used in a frame; in the outermost one, by the transaction after refunds."""
    return int(frame["gasUsed"], 16)


def _result(method: str, answer: dict[str, Any]) -> Any:
    if "error" not in answer:
        return answer["result"]
    data = answer["error"].get("data")
    if isinstance(data, str) and len(data) > 2:
        raise decode_revert(bytes.fromhex(data[2:]))
    raise ChainError(f"{method}: {answer['error'].get('message')}")


def _request(sender: Address, call: Call) -> dict[str, str]:
    return {
        "from": sender,
        "to": call.to,
        "data": f"0x{call.data.hex()}",
        "value": hex(call.value),
        "gas": hex(GAS_LIMIT),
        "maxFeePerGas": hex(GENEROUS_FEE),
        "maxPriorityFeePerGas": "0x0",
    }
