"""The contract's price rule, for nodes that cannot simulate a batch (no eth_simulateV1).

It knows neither how much of its gas a callee will use nor the surcharge of crowded blocks: the
margin per gas is right at least, the size of the payout an upper bound. Where a node can simulate,
`keeper.simulator` measures instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from keeper.types import DueTask, Quote
from taskwork.chain.types import BlockNumber, Gas, Wei

_BATCH_GAS = 37_600  # once a transaction; the manager charges its owners the same
_BOOKKEEPING_GAS = 30_000  # per task, beside the callee


def predict_quote(
    tasks: Sequence[DueTask], block: BlockNumber, base_fee: Wei, gas_limit: Gas
) -> Quote:
    """What executing `tasks` in this order would use and pay, if each used all its gas."""
    used, payout, executed = _BATCH_GAS, 0, 0
    for task in tasks:
        gas = task.gas + _BOOKKEEPING_GAS
        if task.ceiling < base_fee or used + gas > gas_limit:
            continue
        share = _BATCH_GAS if executed == 0 else 0
        payout += (gas + share) * pay_per_gas(task, block, base_fee)
        used += gas
        executed += 1
    return Quote(executed=executed, failed=0, gas_used=Gas(used), payout=Wei(payout))


def pay_per_gas(task: DueTask, block: BlockNumber, base_fee: Wei) -> Wei:
    """What the executor gets for a unit of gas: the price, and a premium that rises when late."""
    price = min(base_fee + task.tip, task.ceiling)
    blocks_late = max(0, block - task.next_block)
    premium = min(task.premium_cap, task.premium_cap * (4 + blocks_late) // 32)
    return Wei(price + premium)
