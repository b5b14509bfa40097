"""Sets the second stage: accounts, contracts, a pool with its terms and its budget for time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from examples.demo.jobs import cast
from examples.demo.stage import KEEPER, STAGEHAND, Report, load_callee
from taskwork.actions.deployment import FACTORY, MANAGER, deploy_all
from taskwork.chain.abi import ContractAbi
from taskwork.chain.addresses import CREATE2_PROXY, NO_SALT, create2_address
from taskwork.chain.pool_factory import PoolCreated, TaskPoolFactoryClient
from taskwork.chain.pool_types import (
    Bps,
    DataMode,
    JobId,
    JobTerms,
    PoolConfig,
    PoolSetup,
    Seconds,
)
from taskwork.chain.rpc import Web3
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.task_pool import TaskPoolClient
from taskwork.chain.transactions import Call, send
from taskwork.chain.types import ZERO_ADDRESS, Address, Gas, Wei
from taskwork.devnet.control import ChainControl
from taskwork.privacy.boxes import EncryptedInput
from taskwork.privacy.keys import PrivateKey

_RECEIVES_BY_BOMB = 3  # `ReceivingMode.Bomb` of contracts/mocks: answers with 100 kB


@dataclass(frozen=True)
class Hostile:
    """A worker that is a contract; its maker makes it act."""

    abi: ContractAbi
    address: Address

    def acts(self, call: Call) -> Call:
        """What its maker sends, so that the contract makes the call."""
        data = self.abi.encode_call("forward(address,bytes)", (call.to, call.data))
        return Call(self.address, data, call.value, call.spare)


@dataclass
class JobStage:
    """Everything that the second act needs, by the names of its cast."""

    web3: Web3
    chain_id: int
    control: ChainControl
    manager: TaskManagerClient
    pool: TaskPoolClient
    accounts: Mapping[str, LocalAccount]  # of those who sign
    hostile: Hostile
    keys: Mapping[str, PrivateKey]  # for what is encrypted
    jobs: dict[str, JobId] = field(default_factory=dict)
    secrets: dict[str, EncryptedInput] = field(default_factory=dict)  # what rita keeps, by job

    @property
    def addresses(self) -> dict[str, Address]:
        """Everybody's address."""
        own = {name: Address(account.address) for name, account in self.accounts.items()}
        return {**own, cast.HOSTILE: self.hostile.address}

    def name_of(self, address: Address) -> str:
        """Who it is."""
        known = {account: name for name, account in self.addresses.items()}
        return known.get(address, address)

    def job_named(self, task_id: JobId) -> str:
        """What the job is called here."""
        return next(name for name, one in self.jobs.items() if one == task_id)


async def set_job_stage(web3: Web3, report: Report) -> JobStage:
    """Fund, deploy and make a pool; afterwards the chain stands at the opening block."""
    control = ChainControl(web3)
    accounts = _make_accounts()
    for name in (*cast.PEOPLE, KEEPER, STAGEHAND):
        await control.set_balance(accounts[name].address, cast.FUNDS)
    await control.set_block_seconds(cast.BLOCK_SECONDS)
    report("deploying TaskManager and the pools' factory")
    addresses = await _deploy(web3, accounts[STAGEHAND])
    report("making the pool")
    factory = TaskPoolFactoryClient(web3, addresses[FACTORY])
    pool = await _make_pool(factory, accounts)
    hostile = await _make_hostile(web3, accounts[STAGEHAND])
    await _fund(pool, accounts, hostile)
    stage = JobStage(
        web3=web3,
        chain_id=await web3.eth.chain_id,
        control=control,
        manager=TaskManagerClient(web3, addresses[MANAGER]),
        pool=pool,
        accounts=accounts,
        hostile=hostile,
        keys={name: PrivateKey.generate() for name in (cast.REQUESTER, *cast.WORKERS)},
    )
    await control.set_automine(on=False)
    await control.mine_to(cast.OPENS, lambda _: cast.BASE_FEE)
    return stage


def _make_accounts() -> dict[str, LocalAccount]:
    """Keys that follow from the names: for a local chain only."""
    names = (*cast.PEOPLE, KEEPER, STAGEHAND)
    return {name: Account.from_key(keccak(text=f"taskwork demo: {name}")) for name in names}


async def _deploy(web3: Web3, account: LocalAccount) -> dict[str, Address]:
    deployment = await deploy_all(web3, account, folder=None)
    return {contract.name: contract.address for contract in deployment.contracts}


async def _make_pool(
    factory: TaskPoolFactoryClient, accounts: Mapping[str, LocalAccount]
) -> TaskPoolClient:
    """A pool that keeps everything on chain, in which anybody may post."""
    owner = accounts[cast.OWNER]
    config = PoolConfig(
        owner=Address(owner.address),
        bucket_seconds=cast.BUCKET,
        max_claims=2,
        data_mode=DataMode.CODE,
        open_posting=True,
    )
    terms = JobTerms(
        verifier=Address(accounts[cast.JUDGE].address),
        hook_gas=Gas(0),
        dispute_window=Seconds(0),
        claim_bond=cast.BOND,
        claim_window=cast.CLAIM_WINDOW,
        verify_window=cast.VERIFY_WINDOW,
        forfeit_bps=cast.FORFEIT,
        caller_share_bps=Bps(100),
        max_attempts=3,
        is_hook=False,
    )
    setup = PoolSetup(ZERO_ADDRESS, "odd jobs", "the demo's pool", terms)
    receipt = await factory.send(owner, factory.calls.create_pool_to_order(config, setup))
    (made,) = factory.events_in(receipt, PoolCreated)
    return TaskPoolClient(factory.web3, made.pool)


async def _make_hostile(web3: Web3, account: LocalAccount) -> Hostile:
    abi = load_callee("ContractOwner")
    init_code = abi.encode_init([])
    await send(web3, account, Call(CREATE2_PROXY, NO_SALT + init_code))
    address = create2_address(init_code)
    bomb = abi.encode_call("setReceivingMode(uint8)", (_RECEIVES_BY_BOMB,))
    await send(web3, account, Call(address, bomb))
    return Hostile(abi, address)


async def _fund(
    pool: TaskPoolClient, accounts: Mapping[str, LocalAccount], hostile: Hostile
) -> None:
    """Workers prepay their bonds, the owner the calls on time."""
    calls = pool.calls
    await pool.send(accounts[cast.OWNER], calls.fund_time_budget(cast.TIME_BUDGET))
    for name in cast.WORKERS:
        account, amount = accounts[name], Wei(cast.PREPAID * cast.BOND)
        deposit = calls.deposit_credit(Address(account.address), amount, value=amount)
        await pool.send(account, deposit)
    deposit = calls.deposit_credit(hostile.address, cast.BOND, value=cast.BOND)
    await pool.send(accounts[STAGEHAND], deposit)
