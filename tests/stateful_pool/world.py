"""Who takes part in a history, and what is deployed before it begins."""

from __future__ import annotations

from dataclasses import dataclass

from eth_abi import encode
from eth_account import Account
from eth_keys.datatypes import PrivateKey
from eth_utils import keccak

from tests.stateful.calls import selector, split, words
from tests.stateful.engine import DEPLOYER, ETHER, Engine, text
from tests.stateful_pool.calls import TERMS, encoded
from tests.stateful_pool.compiled import POOL, Compiled
from tests.stateful_pool.state import Config, Terms

# anvil's well-known accounts, who can sign
MNEMONIC = " ".join([*["test"] * 11, "junk"])
Account.enable_unaudited_hdwallet_features()
KEYS = [
    Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{i}").key for i in range(1, 3)
]
SIGNERS = tuple(PrivateKey(key) for key in KEYS)
WORKER, OTHER_WORKER = (
    int.from_bytes(key.public_key.to_canonical_address(), "big") for key in SIGNERS
)

OWNER, REQUESTER, VERIFIER, REGISTRY, ROUTER, STRANGER, OPERATOR = range(0xACC1000, 0xACC1007)
RICH = 10**9 * ETHER
BLOCK_SECONDS = 1
BUCKET_SECONDS = 60
TIME_BUDGET = ETHER

FIRST_TERMS = Terms(
    verifier=VERIFIER, claim_bond=1000, forfeit_bps=3333, caller_share_bps=999, max_attempts=2
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """A pool and everybody around it."""

    pool: int
    config: Config
    manager: int
    factory: int
    viewer: int
    hook: int
    contracts: tuple[int, int]  # a worker and a requester that are contracts

    @property
    def workers(self) -> tuple[int, ...]:
        return (WORKER, OTHER_WORKER, self.contracts[0])

    @property
    def requesters(self) -> tuple[int, ...]:
        return (REQUESTER, OWNER, self.contracts[1])

    @property
    def everybody(self) -> tuple[int, ...]:
        """Whose money is counted."""
        people = (OWNER, REQUESTER, VERIFIER, REGISTRY, ROUTER, STRANGER)
        return (*people, *self.workers, self.contracts[1])


def build(engine: Engine, code: Compiled) -> tuple[World, World]:
    """Deploy a pool of native coin and one of tokens, and give everybody some of both."""
    creation = code.creation
    manager = engine.deploy(creation["TaskManager"] + words(0, 0), code.manager_runtime)
    implementation = engine.deploy(creation[POOL] + words(manager, BLOCK_SECONDS))
    factory = engine.deploy(creation["TaskPoolFactory"] + words(implementation, 0, ROUTER))
    token = engine.deploy(creation["TokenDouble"])
    around = {
        "manager": manager,
        "factory": factory,
        "viewer": engine.deploy(creation["TaskPoolViewer"]),
        "hook": engine.deploy(creation["VerifierDouble"]),
        "contracts": tuple(engine.deploy(creation["ContractOwner"]) for _ in range(2)),
    }
    native = Config(OWNER, 0, ROUTER, BUCKET_SECONDS, 3, logged=True, open_posting=True)
    tokens = Config(OWNER, token, ROUTER, 0, 1, logged=False, open_posting=False)
    worlds = tuple(
        World(pool=make_pool(engine, factory, config), config=config, **around)
        for config in (native, tokens)
    )
    for world in worlds:
        enrich(engine, world, token)
    fund_time(engine, worlds[0].pool)
    return worlds[0], worlds[1]


def make_pool(engine: Engine, factory: int, config: Config) -> int:
    """Have the factory make a pool."""
    signature = (
        "createPoolToOrder((address,address,address,uint32,uint8,uint8,bool),"
        f"(address,string,string,{TERMS}))"
    )
    setup = (REGISTRY, "tests", "", tuple(FIRST_TERMS))
    chosen = (*config[:5], 0 if not config.logged else 1, config.open_posting)
    data = encoded(signature, chosen, setup)
    engine.give(OWNER, RICH)
    answer = engine.send(OWNER, factory, data)
    assert answer.ok, answer.output.hex()
    (count,) = split(engine.view(factory, selector("getPoolCount()")))[:1]
    (pool,) = split(engine.view(factory, selector("allPools(uint256)") + words(count - 1)))
    return pool


def enrich(engine: Engine, world: World, token: int) -> None:
    for one in {DEPLOYER, OPERATOR, *world.everybody}:
        engine.give(one, RICH)
        must(engine, OPERATOR, token, encoded("mint(address,uint256)", one, RICH))
    approval = encoded("approve(address,uint256)", world.pool, 2**256 - 1)
    for one in world.everybody:
        if one in world.contracts:
            must(engine, OPERATOR, one, forward(token, approval))
        else:
            must(engine, one, token, approval)


def fund_time(engine: Engine, pool: int) -> None:
    must(engine, OPERATOR, pool, encoded("fundTimeBudget()"), TIME_BUDGET)


def must(engine: Engine, sender: int, to: int, data: bytes, value: int = 0) -> None:
    engine.give(OPERATOR, RICH)
    answer = engine.send(sender, to, data, value=value)
    assert answer.ok, f"{data[:4].hex()} reverted: {answer.output.hex()}"


def forward(target: int, data: bytes) -> bytes:
    """Calldata for a contract that is to make a call."""
    return encoded("forward(address,bytes)", target, data)


def balance_of(engine: Engine, asset: int, account: int) -> int:
    """What an account has of a pool's asset."""
    if asset == 0:
        return engine.balance(account)
    return read(engine, asset, "balanceOf(address)", account)[0]


def read(engine: Engine, contract: int, signature: str, *values: int) -> tuple[int, ...]:
    """The words that a view answers."""
    return split(engine.view(contract, selector(signature) + words(*values)))


def sign(key: PrivateKey, digest: bytes) -> bytes:
    signature = key.sign_msg_hash(digest)
    return signature.to_bytes()[:64] + bytes([27 + signature.v])


def claim_digest(domain: bytes, user: int, task_id: int, nonce: int, expiry: int) -> bytes:
    """What a user signs to claim (EIP-712)."""
    kind = keccak(text="Claim(address user,uint256 taskId,uint256 nonce,uint256 expiry)")
    values = ["bytes32", "address", "uint256", "uint256", "uint256"]
    struct = keccak(encode(values, [kind, text(user), task_id, nonce, expiry]))
    return bytes(keccak(b"\x19\x01" + domain + struct))
