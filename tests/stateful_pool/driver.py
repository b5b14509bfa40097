"""Plays a history step by step on an engine and on the model, and compares every answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_abi import decode
from eth_utils import keccak

from tests.stateful.engine import Answer, Engine
from tests.stateful_pool import events
from tests.stateful_pool.books import Event
from tests.stateful_pool.calls import Call, ClaimSigned, ScheduleBucket, encoded
from tests.stateful_pool.house import Pool
from tests.stateful_pool.ledger import Ledger
from tests.stateful_pool.state import Doubles, Judgement, Moment, Receiving, Refused, Transfer
from tests.stateful_pool.world import (
    FIRST_TERMS,
    OPERATOR,
    REGISTRY,
    SIGNERS,
    STRANGER,
    World,
    balance_of,
    claim_digest,
    forward,
    sign,
)
from tests.support.rpc import calldata

SCHEDULED = int.from_bytes(keccak(text="BucketScheduled(uint256,bytes32,uint256)"), "big")
TASK = "(address,uint64,address,bytes,uint64)"
SCHEDULE = "(uint64,uint64,uint64,bool,uint64)"
COMMITTED = int.from_bytes(
    keccak(text=f"TaskCommitted(bytes32,address,({TASK},{SCHEDULE}))"), "big"
)
RUN = int.from_bytes(keccak(text="TaskExecuted(bytes32,address,bool,bytes)"), "big")


@dataclass(frozen=True)
class Send:
    """A call of the pool, by a person or a contract."""

    sender: int
    call: Call
    value: int = 0


@dataclass(frozen=True)
class ClaimBySignature:
    """A stranger brings a worker's signature, or something like it."""

    signer: int  # which of those who can sign
    task_id: int
    lasts: int  # seconds that it may be used; negative: it cannot
    flaw: str


@dataclass(frozen=True)
class Keep:
    """A keeper executes what is committed in the task manager and due."""


@dataclass(frozen=True)
class Wait:
    """Time goes by."""

    seconds: int


@dataclass(frozen=True)
class Tell:
    """A double learns how to behave."""

    behaviour: Receiving | Transfer | Judgement
    contract: int = 0


@dataclass(frozen=True)
class Block:
    """The token refuses an account from now on, or takes it again."""

    account: int
    blocked: bool


@dataclass(frozen=True)
class Gift:
    """Somebody gives the pool what nothing is owed for."""

    amount: int


Step = Send | ClaimBySignature | Keep | Wait | Tell | Block | Gift


class Driver:
    """A pool on an engine, and the model beside it."""

    def __init__(self, engine: Engine, world: World) -> None:
        self.engine = engine
        self.world = world
        self.model = Pool(world.pool, world.config, FIRST_TERMS, REGISTRY, Doubles())
        for one in (*world.everybody, world.pool):
            self.model.balances[one] = balance_of(engine, world.config.asset, one)
        self.ledger = Ledger(self.model.terms)
        self.buckets: dict[int, int] = {}  # by the task that calls for it
        self.committed: dict[int, Any] = {}  # tasks by their hashes
        self.domain = self._domain()
        self.answer = Answer(ok=True, output=b"")
        self.history: list[Step] = []

    def play(self, step: Step) -> None:
        self.history.append(step)
        match step:
            case Send(sender, call, value):
                self._send(sender, call, value)
            case ClaimBySignature():
                self._claim_by_signature(step)
            case Keep():
                self._keep()
            case Wait(seconds):
                self.engine.wait_until(self.engine.time + seconds)
            case Gift(amount):
                self._give(amount)
            case Tell(behaviour, contract):
                self._tell(behaviour, contract)
            case Block(account, blocked):
                self._block(account, blocked)

    # Calls of the pool

    def _send(self, sender: int, call: Call, value: int) -> None:
        now = Moment(sender, value, self.engine.time)
        payer, to, data = sender, self.world.pool, call.encode()
        if sender in self.world.contracts:
            payer, to, data = OPERATOR, sender, forward(self.world.pool, data)
            if self.world.config.asset == 0:
                self.model.move(OPERATOR, sender, value)
        self.answer = self.engine.send(payer, to, data, value=value)
        self._pay_for_gas(payer)
        if isinstance(call, ScheduleBucket):
            self._note_buckets()  # what the task manager makes of it is its own affair
            return
        self._compare(call, lambda: self.model.apply(call, now), payer == sender)
        if not self.answer.ok and payer != sender and self.world.config.asset == 0:
            self.model.move(sender, OPERATOR, value)

    def _compare(self, what: object, predict: Any, has_output: bool = True) -> None:
        """Hold what happened against what the model says should have."""
        answer = self.answer
        try:
            expected = predict()
        except Refused as refused:
            self._check_refused(refused, what)
            return
        assert answer.ok, f"{events.refusal(answer.output)} where {what} was due"
        self._check_events(self.model.events)
        self._check_returned(expected, has_output)

    def _check_refused(self, refused: Refused, what: object) -> None:
        due = refused.errors
        assert not self.answer.ok, f"{what} went through, where {due} was due"
        error = events.refusal(self.answer.output)
        assert error in due, f"{error}, where {due} was due"

    def _check_events(self, due: list[Event]) -> None:
        told = events.decode(self.answer.logs, self.world.pool)
        said, expected = events.comparable(told), events.comparable(due)
        assert said == expected, f"said {said}, not {expected}"
        self.ledger.read(told)
        self._note_buckets()

    def _check_returned(self, expected: list[Any], has_output: bool) -> None:
        if expected and has_output and not self.engine.true_gas:
            returned = int.from_bytes(self.answer.output[:32], "big")
            assert [returned] == expected, f"returned {returned}, not {expected}"

    def _note_buckets(self) -> None:
        for log in self.answer.logs:
            if log.address == self.world.pool and log.topics[0] == SCHEDULED:
                self.buckets[int.from_bytes(log.data[:32], "big")] = log.topics[1]
            if log.address == self.world.manager and log.topics[0] == COMMITTED:
                ((task, _),) = decode([f"({TASK},{SCHEDULE})"], log.data)
                self.committed[log.topics[1]] = task

    def _pay_for_gas(self, payer: int) -> None:
        if self.world.config.asset == 0:
            self.model.balances[payer] -= self.answer.fee

    # Signatures

    def _claim_by_signature(self, step: ClaimBySignature) -> None:
        key = SIGNERS[step.signer]
        user = int.from_bytes(key.public_key.to_canonical_address(), "big")
        nonce, expiry = self.model.nonces[user], self.engine.time + step.lasts
        domain = keccak(self.domain) if step.flaw == "domain" else self.domain
        signed_nonce = nonce + (step.flaw == "nonce")
        digest = claim_digest(domain, user, step.task_id, signed_nonce, expiry)
        key = SIGNERS[1 - step.signer] if step.flaw == "signer" else key
        signature = sign(key, digest)
        claimed_id = step.task_id + (step.flaw == "task")
        faults = [] if step.flaw == "none" else ["TaskPool_InvalidSignature"]
        if step.lasts < 0:
            faults.append("TaskPool_SignatureExpired")
        call = ClaimSigned(user, claimed_id, expiry, signature)
        now = Moment(STRANGER, 0, self.engine.time)
        self.answer = self.engine.send(STRANGER, self.world.pool, call.encode())
        self._pay_for_gas(STRANGER)
        self._compare(step, lambda: self._claim_signed(user, claimed_id, now, faults))

    def _claim_signed(self, user: int, task_id: int, now: Moment, faults: list[str]) -> list[Any]:
        self.model.events.clear()
        return self.model.claim_signed(user, task_id, now, faults)

    def _domain(self) -> bytes:
        """The pool's domain separator, by the book."""
        kind = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        names = keccak(text="Taskwork TaskPool") + keccak(text="1")
        here = (31337).to_bytes(32, "big") + self.world.pool.to_bytes(32, "big")
        return bytes(keccak(keccak(text=kind) + names + here))

    # Time

    def _keep(self) -> None:
        """What the keeper's transaction ran is read from the chain; that it was right, not."""
        time = self.engine.time
        call = calldata(f"executeCommitted({TASK}[],uint256)", [*self.committed.values()], 0)
        self.answer = self.engine.send(OPERATOR, self.world.manager, call)
        self.model.balances[OPERATOR] = 0
        assert self.answer.ok, self.answer.output.hex()
        self.model.events.clear()
        for log in self.answer.logs:
            if log.address == self.world.manager and log.topics[0] == RUN:
                assert log.data[31] == 1, "a bucket's task failed"
                del self.committed[log.topics[1]]
                bucket = self.buckets.get(log.topics[1])
                if bucket is not None and time >= self.model.due_from(bucket):
                    self.model.settle_bucket(bucket, 2**32, caller=0, time=time)
        self._check_events(self.model.events)

    # Doubles

    def _tell(self, behaviour: Receiving | Transfer | Judgement, contract: int) -> None:
        doubles = self.model.doubles
        match behaviour:
            case Receiving():
                to, signature = contract, "setReceivingMode(uint8)"
                doubles.receiving[contract] = behaviour
            case Transfer():
                to, signature = self.world.config.asset, "setMode(uint8)"
                doubles.transfer = behaviour
            case Judgement():
                to, signature = self.world.hook, "setMode(uint8)"
                doubles.judgement = behaviour
        self._must(to, encoded(signature, int(behaviour)))

    def _block(self, account: int, blocked: bool) -> None:
        data = encoded("setBlocked(address,bool)", account, blocked)
        self._must(self.world.config.asset, data)
        change = self.model.doubles.blocked.add if blocked else self.model.doubles.blocked.discard
        change(account)

    def _give(self, amount: int) -> None:
        pool, asset = self.world.pool, self.world.config.asset
        if asset == 0:
            self._must(pool, b"", amount)
        else:
            self._must(asset, encoded("mint(address,uint256)", pool, amount))
        self.model.balances[pool] += amount

    def _must(self, to: int, data: bytes, value: int = 0) -> None:
        answer = self.engine.send(OPERATOR, to, data, value=value)
        assert answer.ok, answer.output.hex()
