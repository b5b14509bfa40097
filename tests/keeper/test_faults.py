"""The fault-injecting proxy: each fault is what it says, and everything else passes untouched."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from taskwork.devnet.node import Node
from tests.support.faults import faults
from tests.support.faults.behind import lagging, stuck_at
from tests.support.faults.proxy import Proxy, running_proxy

pytestmark = pytest.mark.integration


@pytest.fixture
def proxy(node: Node):
    with running_proxy(node.url, seed=1) as running:
        yield running


def post(proxy: Proxy, method: str, *params: object, timeout: float = 10) -> tuple[int, bytes, Any]:
    """Status, body and headers of one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=timeout)
    try:
        body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
        connection.request("POST", "/", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def ask(proxy: Proxy, method: str, *params: object) -> Any:
    status, body, _ = post(proxy, method, *params)
    assert status == 200
    return json.loads(body)["result"]


def ask_by_websocket(proxy: Proxy, method: str, *params: object) -> Any:
    with connect(proxy.ws) as socket:
        socket.send(json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}))
        return json.loads(socket.recv(10))


def mine(proxy: Proxy, blocks: int = 1) -> int:
    ask(proxy, "anvil_mine", hex(blocks))
    return int(ask(proxy, "eth_blockNumber"), 16)


def test_proxy__without_rules__passes_everything_on(proxy: Proxy) -> None:
    assert ask(proxy, "eth_chainId") == hex(31337)
    assert ask_by_websocket(proxy, "eth_chainId") == {
        "jsonrpc": "2.0", "id": 7, "result": hex(31337),
    }  # fmt: skip
    assert proxy.program.requests == ["eth_chainId", "eth_chainId"]


def test_proxy__batch__is_answered_one_by_one(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    batch = [{"jsonrpc": "2.0", "id": i, "method": "eth_chainId", "params": []} for i in range(3)]
    with proxy.program.during(faults.says("0x1"), "eth_chainId", times=1):
        connection.request("POST", "/", json.dumps(batch), {"Content-Type": "application/json"})
        answers = json.loads(connection.getresponse().read())
    connection.close()
    assert [(one["id"], one["result"]) for one in answers] == [
        (0, "0x1"), (1, hex(31337)), (2, hex(31337)),
    ]  # fmt: skip


@pytest.mark.parametrize("node_acts", [True, False])
def test_lost__request_or_answer__ends_the_connection(proxy: Proxy, node_acts: bool) -> None:
    before = mine(proxy)
    fault = faults.AnswerLost() if node_acts else faults.RequestLost()
    with proxy.program.during(fault, "anvil_mine"):
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            post(proxy, "anvil_mine", "0x1")
        with pytest.raises(ConnectionClosed):
            ask_by_websocket(proxy, "anvil_mine", "0x1")
    assert int(ask(proxy, "eth_blockNumber"), 16) == before + 2 * node_acts


@pytest.mark.parametrize("node_acts", [True, False])
def test_hang__request__is_never_answered(proxy: Proxy, node_acts: bool) -> None:
    before = mine(proxy)
    with (
        proxy.program.during(faults.Hang(node_acts), "anvil_mine"),
        pytest.raises(TimeoutError),
    ):
        post(proxy, "anvil_mine", "0x1", timeout=0.5)
    assert int(ask(proxy, "eth_blockNumber"), 16) == before + node_acts


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (faults.HttpStatus(429, {"Retry-After": "3"}), 429, b"sorry"),
        (faults.HttpStatus(503), 503, b"sorry"),
        (faults.Garbage(), 200, b"<html>502 Bad Gateway</html>"),
        (faults.HalfJson(), 200, b'{"jsonrpc": "2.0", "id"'),
    ],
)
def test_odd_answer__of_http__is_sent_as_it_is(
    proxy: Proxy, fault: faults.Fault, status: int, body: bytes
) -> None:
    with proxy.program.during(fault, "eth_chainId"):
        found, content, headers = post(proxy, "eth_chainId")
    assert (found, content) == (status, body)
    assert headers.get("Retry-After") == ("3" if status == 429 else None)


def test_odd_answer__of_a_websocket__is_a_message_or_the_end(proxy: Proxy) -> None:
    with proxy.program.during(faults.HalfJson(), times=1), pytest.raises(json.JSONDecodeError):
        ask_by_websocket(proxy, "eth_chainId")
    with proxy.program.during(faults.HttpStatus(429)), pytest.raises(ConnectionClosed):
        ask_by_websocket(proxy, "eth_chainId")


def test_huge__answer__has_the_size(proxy: Proxy) -> None:
    with proxy.program.during(faults.Huge(2_000_000)):
        assert len(ask(proxy, "eth_call")) == 2_000_002


def test_slow__answer__comes_all_the_same(proxy: Proxy) -> None:
    with proxy.program.during(faults.Slow(0.3)):
        with pytest.raises(TimeoutError):
            post(proxy, "eth_chainId", timeout=0.1)
        assert ask(proxy, "eth_chainId") == hex(31337)


def test_refused__method__says_why(proxy: Proxy) -> None:
    with proxy.program.during(faults.METHOD_MISSING, "eth_simulateV1"):
        _, body, _ = post(proxy, "eth_simulateV1")
        assert ask(proxy, "eth_chainId") == hex(31337)
    assert json.loads(body)["error"] == {"code": -32601, "message": "Method not found"}


def test_lies__about_numbers_receipts_and_clocks__are_told(proxy: Proxy) -> None:
    account = ask(proxy, "eth_accounts")[0]
    sent = ask(proxy, "eth_sendTransaction", {"from": account, "to": account, "value": "0x1"})
    mine(proxy)
    receipt = ask(proxy, "eth_getTransactionReceipt", sent)
    count = int(ask(proxy, "eth_getTransactionCount", account, "latest"), 16)
    with proxy.program.during(faults.off_by(5), "eth_getTransactionCount"):
        assert int(ask(proxy, "eth_getTransactionCount", account, "latest"), 16) == count + 5
    with proxy.program.during(faults.failed_receipt(), "eth_getTransactionReceipt"):
        told = ask(proxy, "eth_getTransactionReceipt", sent)
        assert (receipt["status"], told["status"]) == ("0x1", "0x0")
        assert ask(proxy, "eth_getTransactionReceipt", "0x" + "11" * 32) is None
    with proxy.program.during(faults.says(None), "eth_getTransactionReceipt"):
        assert ask(proxy, "eth_getTransactionReceipt", sent) is None
    clock = int(ask(proxy, "eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    with proxy.program.during(faults.other_clock(-3600), "eth_getBlockByNumber"):
        skewed = int(ask(proxy, "eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    assert clock - skewed == 3600


def test_behind__node__fits_together_as_of_an_earlier_block(proxy: Proxy) -> None:
    account = ask(proxy, "eth_accounts")[1]
    first = mine(proxy)
    transfer = {"from": account, "to": account, "value": "0x1", "gas": "0x5208"}
    before = ask(proxy, "eth_getTransactionCount", account, "latest")
    sent = ask(proxy, "eth_sendTransaction", transfer)
    mine(proxy, 3)
    with proxy.program.during(stuck_at(first)):
        assert int(ask(proxy, "eth_blockNumber"), 16) == first
        assert int(ask(proxy, "eth_getBlockByNumber", "latest", False)["number"], 16) == first
        assert ask(proxy, "eth_getBlockByNumber", hex(first + 1), False) is None
        assert ask(proxy, "eth_getTransactionCount", account, "latest") == before
        assert ask(proxy, "eth_getTransactionReceipt", sent) is None
        late = post(proxy, "eth_getBalance", account, hex(first + 1))[1]
        assert json.loads(late)["error"]["message"] == "header not found"
    head = int(ask(proxy, "eth_blockNumber"), 16)
    with proxy.program.during(lagging(2)):
        assert int(ask(proxy, "eth_blockNumber"), 16) == head - 2
        fees = ask(proxy, "eth_feeHistory", "0x1", "latest", [])
        assert int(fees["oldestBlock"], 16) == head - 2


def test_rule__skip_times_and_repeats__decide_who_is_struck(proxy: Proxy) -> None:
    def struck(count: int) -> str:
        return "".join("x" if ask(proxy, "eth_chainId") == "0x1" else "." for _ in range(count))

    lie = faults.says("0x1")
    with proxy.program.during(lie, "eth_chainId", skip=2, times=3) as rule:
        assert struck(8) == "..xxx..."
        assert rule.hit == 3
    with proxy.program.during(lie, "eth_chainId", skip=1, times=2, repeats=True):
        assert struck(7) == ".xx.xx."
    with proxy.program.during(lie, "eth_chainId", chance=0.5):
        some = struck(40)
    assert 5 < some.count("x") < 35


def test_rule__same_seed__strikes_the_same_requests(node: Node) -> None:
    runs = []
    for _ in range(2):
        with (
            running_proxy(node.url, seed=11) as proxy,
            proxy.program.during(faults.says("0x1"), chance=0.5),
        ):
            runs.append([ask(proxy, "eth_chainId") for _ in range(20)])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 2


def test_told__somebody__knows_before_the_answer(proxy: Proxy) -> None:
    heard = threading.Event()
    before = mine(proxy)
    with proxy.program.during(faults.Told(heard.set, node_acts=True), "anvil_mine", times=1):
        assert mine(proxy) == before + 1
    assert heard.is_set()


def test_away__proxy__refuses_connections_and_comes_back(proxy: Proxy) -> None:
    with proxy.away(), pytest.raises(ConnectionRefusedError):
        post(proxy, "eth_chainId")
    assert ask(proxy, "eth_chainId") == hex(31337)


def test_subscription__muted__tells_of_no_head(proxy: Proxy) -> None:
    with connect(proxy.ws) as socket:
        socket.send('{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}')
        assert "result" in json.loads(socket.recv(10))
        with proxy.program.during(faults.Muted(), "eth_subscription") as rule:
            mine(proxy)
            with pytest.raises(TimeoutError):
                socket.recv(0.5)
        assert rule.hit == 1
        head = mine(proxy)
        told = json.loads(socket.recv(10))
    assert int(told["params"]["result"]["number"], 16) == head
