"""An anvil of one's own."""

from __future__ import annotations

import http.client
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from taskwork.devnet import processes

GWEI = 10**9


@dataclass(frozen=True)
class NodeOptions:
    """What one may want of a node."""

    chain_id: int = 31337
    port: int = 0  # 0 for any that is free
    base_fee: int = GWEI
    block_time: int | None = None  # seconds; None mines a block per transaction
    ipc: Path | None = None  # a socket to answer on, too


@dataclass(frozen=True)
class Node:
    """A node that answers."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def running_node(log: Path, options: NodeOptions | None = None) -> Iterator[Node]:
    """A fresh chain that ends with the block."""
    node = start_node(log, options or NodeOptions())
    try:
        yield node
    finally:
        processes.stop(node.process)


def start_node(log: Path, options: NodeOptions) -> Node:
    """Start a fresh chain and wait until it answers."""
    port = options.port or processes.free_port()
    command = [processes.find_program("anvil"), "--port", str(port), "--hardfork", "prague"]
    command += ["--chain-id", str(options.chain_id), "--base-fee", str(options.base_fee)]
    if options.block_time is not None:
        command += ["--block-time", str(options.block_time), "--mixed-mining"]
    if options.ipc is not None:
        command += ["--ipc", str(options.ipc)]
    process = processes.start(command, log)
    url = f"http://127.0.0.1:{port}"
    processes.wait_until(lambda: answers(url), process, log)
    return Node(url, process)


def answers(url: str) -> bool:
    """Whether a node answers at this address."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []})
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=2)
    try:
        connection.request("POST", "/", body, {"Content-Type": "application/json"})
        return "result" in json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()
