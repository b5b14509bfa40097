"""Where a scenario plays: a chain that mines by itself, owners, tasks, keepers and their nodes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from benchmarks import duties, outside
from benchmarks.chain import GWEI, Chain
from benchmarks.duties import PURSE, Duty
from benchmarks.keeping import ROOT, Keeper, executor
from benchmarks.world import DEPLOYER, World
from taskwork.devnet.node import running_node
from tests.chaos.mining import Miner
from tests.support.faults.proxy import Proxy, running_proxy

BLOCK_S = 0.2
DEAR = 90 * GWEI
PATIENCE_S = 120.0
USUAL = {
    "poll_interval_s": 0.05,
    "request_timeout_s": 2,
    "bump_blocks": 3,
    "stop_timeout_s": 30,
    "log_format": "json",
    "log_level": "debug",
}


@dataclass(frozen=True)
class Signed:
    """A transaction that anyone may hand in."""

    nonce: int
    raw: str


@dataclass
class Stage:
    """One scenario's world, and what is owed to it."""

    chain: Chain
    url: str
    world: World
    miner: Miner
    luck: Random
    folder: Path
    exits: ExitStack
    sources: Path = ROOT  # of the keeper under test
    duties: list[Duty] = field(default_factory=list)
    keepers: list[Keeper] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)  # sent by others with an executor's key
    begun: int = 0  # the block after which executors act
    kills: int = 0

    # What there is

    def keeper(self, name: str = "one", *, of: str | None = None, **settings: object) -> Keeper:
        """A keeper that is not started yet; with the key and the store of another, or its own."""
        settings = {"rpc": self.url, "manager": self.world.manager, **USUAL, **settings}
        operator = of or name
        made = Keeper(name, executor(operator), self.folder / operator, settings, self.sources)
        self.keepers.append(made)
        self.exits.callback(end, made)
        self.fund(made.account)
        return made

    def working(self, name: str = "one", **settings: object) -> Keeper:
        """A keeper that has started and follows the chain."""
        keeper = self.keeper(name, of=None, **settings)
        keeper.start()
        keeper.said("keeper_started")
        return keeper

    def accounts(self) -> dict[str, Keeper]:
        """The executors, and one keeper of each."""
        return {keeper.account.address: keeper for keeper in self.keepers}

    def proxy(self) -> Proxy:
        """A node that can be told to misbehave."""
        return self.exits.enter_context(running_proxy(self.url, seed=self.luck.getrandbits(32)))

    def fund(self, account: LocalAccount, wei: int = PURSE) -> None:
        self.chain.rpc("anvil_setBalance", account.address, hex(wei))

    # What happens

    def schedule(
        self, count: int, *, soonest: int = 5, within: int = 40, hostile: float = 0.1,
        recurring: float = 0.0,
    ) -> None:  # fmt: skip
        """So many tasks, due at random blocks of the near future."""
        with self.miner.paused():
            first = self.chain.head() + count // duties.PER_BLOCK + 1 + soonest
            starts = [self.luck.randrange(first, first + within) for _ in range(count)]
            self.duties += duties.schedule(
                self.world, self.luck, starts,
                first=len(self.duties), hostile=hostile, recurring=recurring,
            )  # fmt: skip

    def wait_blocks(self, count: int) -> None:
        until = self.chain.head() + count
        self.wait(lambda: self.chain.head() >= until)

    @contextmanager
    def out(self, keeper: Keeper) -> Iterator[None]:
        """A transaction of the keeper waits in the pool, and no block comes by itself."""
        while True:
            with self.miner.paused():
                if self.pending(keeper.account):
                    yield
                    return
            time.sleep(0.02)

    def wait_for_batch(self, keeper: Keeper) -> None:
        """Wait until one more of its transactions is mined."""
        before = self.nonce(keeper.account)
        self.wait(lambda: self.nonce(keeper.account) > before)

    def wait_for_booking(self, keeper: Keeper) -> None:
        """Wait until it has booked one more of its transactions."""
        before = outside.read_store(keeper.store).booked
        self.wait(lambda: outside.read_store(keeper.store).booked > before)

    def last_batch(self, keeper: Keeper) -> int:
        """The block of its last transaction."""
        return outside.mined_by(self.chain, keeper.account.address, self.begun)[-1].block

    def wait(self, condition: Callable[[], object], *, patience_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + patience_s
        while not condition():
            assert time.monotonic() < deadline, f"waited {patience_s} s in vain"
            for keeper in self.keepers:
                keeper.check()
            time.sleep(0.05)

    def kill(self, keeper: Keeper) -> None:
        keeper.kill()
        self.kills += 1

    def reorganise(self, depth: int, *blocks: Sequence[Signed]) -> None:
        """Replace the latest blocks by others, in which only these transactions are."""
        pairs = [[tx.raw, place] for place, block in enumerate(blocks) for tx in block]
        self.chain.rpc("anvil_reorg", depth, pairs)

    def sent_since(self, block: int, account: LocalAccount) -> list[Signed]:
        """An account's transactions after a block, as they were signed."""
        numbers = range(block + 1, self.chain.head() + 1)
        blocks = self.chain.rpc_all(("eth_getBlockByNumber", [hex(n), True]) for n in numbers)
        return [
            Signed(int(tx["nonce"], 16), self.raw(tx["hash"]))
            for block in blocks
            for tx in block["transactions"]
            if tx["from"].lower() == account.address.lower()
        ]

    def hand_in(self, transactions: Iterable[Signed], account: LocalAccount) -> None:
        """Put transactions back into the pool, as nodes do, those that can still be mined."""
        used = self.nonce(account)
        for tx in transactions:
            if tx.nonce >= used:
                self.chain.rpc("eth_sendRawTransaction", tx.raw)

    def race(self, rival: LocalAccount, nonce: int) -> Signed:
        """A rival executes everything that is due."""
        call = self.world.calls.execute_queued_tasks(0)
        return sign(rival, nonce, {"to": call.to, "data": call.data, "gas": 5_000_000})

    def use_key(self, account: LocalAccount, nonce: int) -> Signed:
        """Somebody else sends a transaction with the executor's key."""
        signed = sign(account, nonce, {"to": DEPLOYER, "value": 1, "gas": 21_000})
        self.foreign.add(f"0x{keccak(bytes.fromhex(signed.raw[2:])).hex()}")
        return signed

    # How it stands

    def due(self) -> int:
        """Tasks that the next block can run."""
        return outside.due(self.world)

    def unfinished(self) -> bool:
        """Whether any task waits for its block, or to be run."""
        return outside.next_block(self.world) is not None

    def settle(self) -> None:
        """Let time pass until every task has run as often as it is to, with nothing left out."""
        while (block := outside.next_block(self.world)) is not None:
            self.miner.skip_to(block - 2)
            self.wait(partial(self._is_done, block))
        for keeper in self.keepers:
            self.wait(partial(self._is_idle, keeper))

    def nonce_at(self, account: LocalAccount, block: int) -> int:
        return self.nonce(account, hex(block))

    def nonce(self, account: LocalAccount, block: str = "latest") -> int:
        return int(self.chain.rpc("eth_getTransactionCount", account.address, block), 16)

    def pending(self, account: LocalAccount) -> int:
        """Transactions of an account that wait in the node's pool."""
        return outside.waiting(self.chain, account.address)

    def raw(self, tx_hash: str) -> str:
        """A transaction as it was signed."""
        return str(self.chain.rpc("eth_getRawTransactionByHash", tx_hash))

    def _is_done(self, block: int) -> bool:
        return self.chain.head() >= block and not self.due()

    def _is_idle(self, keeper: Keeper) -> bool:
        """Whether it has nothing out, and knows it."""
        knows = not keeper.is_running() or not outside.read_store(keeper.store).unsettled
        return knows and self.pending(keeper.account) == 0


def sign(account: LocalAccount, nonce: int, tx: dict[str, Any]) -> Signed:
    """Sign a transaction that is dear enough to be first."""
    fees = {"maxFeePerGas": DEAR, "maxPriorityFeePerGas": DEAR, "chainId": 31337}
    signed = account.sign_transaction({**tx, **fees, "nonce": nonce})
    return Signed(nonce, f"0x{signed.raw_transaction.hex()}")


def end(keeper: Keeper) -> None:
    """Leave no process behind, whatever happened."""
    if keeper.is_running():
        keeper.kill()


@contextmanager
def running_stage(
    folder: Path, *, seed: int = 0, block_s: float = BLOCK_S, sources: Path = ROOT
) -> Iterator[Stage]:
    """A chain of its own, as long as the block."""
    with running_node(folder / "anvil.log") as node, ExitStack() as exits:
        chain = Chain(node.url)
        exits.callback(chain.close)
        world = duties.prepare(chain)
        duties.make_usual(chain)
        miner = Miner(node.url, period_s=block_s)
        stage = Stage(
            chain, node.url, world, miner, Random(seed), folder, exits, sources, begun=chain.head()
        )  # fmt: skip
        with miner.working():
            yield stage
