"""Sets the stage: accounts, contracts and tasks, on a fresh chain."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from examples.demo.scenario import Bond, Callee, Scenario, TaskPlan, Terms
from examples.demo.units import Reserves
from examples.demo.words import Names, Nonsense, encode_call, encode_init
from taskwork.chain.abi import ContractAbi, index_abi
from taskwork.chain.addresses import CREATE2_PROXY, create2_address
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.rpc import Web3
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.transactions import Call, send
from taskwork.chain.types import (
    UNLIMITED,
    ZERO_ADDRESS,
    Address,
    BlockNumber,
    Gas,
    Task,
    TaskDefinition,
    TaskHash,
    TaskSchedule,
    Wei,
)
from taskwork.devnet.control import ChainControl

ABIS = Path(__file__).parent / "abi"
STAGEHAND = "stagehand"
KEEPER = "keeper"

Report = Callable[[str], None]


@dataclass
class Stage:
    """Everything that the play needs, by the names of the scenario."""

    scenario: Scenario
    web3: Web3
    manager: TaskManagerClient
    control: ChainControl
    accounts: dict[str, LocalAccount]
    addresses: dict[str, Address]
    contracts: dict[str, ContractAbi] = field(default_factory=dict)
    tasks: dict[str, TaskHash] = field(default_factory=dict)
    reserves: dict[str, Wei] = field(default_factory=dict)  # wei held for one run, by task

    def wei(self, amount: Bond, task: str) -> Wei:
        """An amount that may be given in a task's reserves."""
        return Wei(amount.of(self.reserves[task]) if isinstance(amount, Reserves) else amount)


async def set_stage(web3: Web3, scenario: Scenario, report: Report) -> Stage:
    """Fund, deploy and schedule; afterwards the chain stands at the opening block."""
    control = ChainControl(web3)
    accounts = _make_accounts(scenario)
    await _fund(control, scenario, accounts)
    report("deploying TaskManager")
    stagehand = accounts[STAGEHAND]
    manager = TaskManagerClient(
        web3, await deploy_missing(web3, stagehand, "TaskManager", 0, ZERO_ADDRESS)
    )
    addresses = {name: account.address for name, account in accounts.items()}
    stage = Stage(scenario, web3, manager, control, accounts, dict(addresses))
    for name, callee in scenario.contracts.items():
        report(f"deploying {name}, a {callee.kind}")
        await _naming(f"contracts.{name}", _deploy(stage, name, callee))
    for name, owner in scenario.owners.items():
        if owner.terms:
            await _set_terms(stage, name, owner.terms)
    for name, plan in scenario.tasks.items():
        report(f"scheduling {name}")
        await _naming(f"tasks.{name}", _schedule(stage, name, plan))
    await _open(stage)
    return stage


def load_callee(kind: str) -> ContractAbi:
    """The ABI and bytecode of a contract that a scenario may deploy."""
    file = ABIS / f"{kind}.json"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in ABIS.glob("*.json")))
        raise Nonsense(f"there is no {kind}; there are {known}")
    return index_abi(kind, json.loads(file.read_text("utf-8")))


def _make_accounts(scenario: Scenario) -> dict[str, LocalAccount]:
    """Keys that follow from the names: for a local chain only."""
    names = (*scenario.owners, *scenario.people, KEEPER, STAGEHAND)
    return {name: Account.from_key(keccak(text=f"taskwork demo: {name}")) for name in names}


async def _fund(
    control: ChainControl, scenario: Scenario, accounts: Mapping[str, LocalAccount]
) -> None:
    funds = {name: owner.funds for name, owner in scenario.owners.items()}
    stagehand_funds = 10**18 + sum(callee.funds for callee in scenario.contracts.values())
    for name, wei in {**funds, KEEPER: scenario.keeper.funds, STAGEHAND: stagehand_funds}.items():
        await control.set_balance(accounts[name].address, wei)


async def _deploy(stage: Stage, name: str, callee: Callee) -> None:
    """Through the deterministic proxy, with a salt of the name: two of a kind may exist."""
    abi, salt = load_callee(callee.kind), keccak(text=name)
    init_code = encode_init(abi, callee.args, await _names(stage))
    call = Call(CREATE2_PROXY, salt + init_code, Wei(callee.funds))
    await send(stage.web3, stage.accounts[STAGEHAND], call)
    stage.contracts[name] = abi
    stage.addresses[name] = create2_address(init_code, salt=salt)


async def _names(stage: Stage) -> Names:
    envoys = {
        name: await stage.manager.envoy_of(stage.addresses[name]) for name in stage.scenario.owners
    }
    return Names(stage.addresses, envoys)


async def _set_terms(stage: Stage, owner: str, terms: Terms) -> None:
    call = stage.manager.calls.set_price_terms(
        ceiling=Wei(terms.ceiling),
        tip=Wei(terms.tip),
        premium_cap=Wei(terms.premium_cap),
        failure_limit=terms.failure_limit,
    )
    await stage.manager.send(stage.accounts[owner], call)


async def _schedule(stage: Stage, name: str, plan: TaskPlan) -> None:
    manager, owner = stage.manager, stage.accounts[plan.owner]
    definition = await _define(stage, plan)
    ceiling = (await manager.price_terms_of(owner.address)).ceiling
    stage.reserves[name] = await manager.estimate_required_bond(definition, ceiling)
    call = manager.calls.schedule_task(definition, value=stage.wei(plan.bond, name))
    (task_hash,) = await manager.simulate(call, sender=owner.address)
    await manager.send(owner, call)
    stage.tasks[name] = task_hash


async def _define(stage: Stage, plan: TaskPlan) -> TaskDefinition:
    owner = stage.addresses[plan.owner]
    task = Task(
        owner=owner,
        gas=Gas(plan.gas),
        target=stage.addresses[plan.call.partition(".")[0]],
        data=encode_call(plan.call, stage.contracts, await _names(stage)),
        nonce=await stage.manager.get_account_nonce(owner),
    )
    return TaskDefinition(
        task,
        TaskSchedule(
            start_block=BlockNumber(plan.start),
            interval=plan.every,
            executions=min(plan.runs, UNLIMITED),
            deadline=BlockNumber(plan.deadline),
        ),
    )


async def _open(stage: Stage) -> None:
    opens, head = stage.scenario.chain.opens, await stage.control.head()
    if head > opens:
        raise Nonsense(f"chain.opens: setting the stage took until block {head}, not {opens}")
    await stage.control.set_automine(on=False)
    await stage.control.mine_to(opens, stage.scenario.chain.base_fee.at)


async def _naming(where: str, act: Awaitable[None]) -> None:
    try:
        await act
    except Nonsense as error:
        raise Nonsense(f"{where}: {error}") from error
