"""`ape run deploy`: the contracts, at the same addresses on every chain."""

from __future__ import annotations

import click
from rich.table import Table

from scripts._shared import (
    ApeSigner,
    ChainCommand,
    checked,
    console,
    json_option,
    on_chain,
    print_json,
    signer_option,
)
from taskwork.actions.deployment import BLOCK_SECONDS, Deployment, DeployOptions, Fee, deploy_all
from taskwork.chain.pool_types import Seconds
from taskwork.chain.types import ZERO_ADDRESS, as_address


@click.command(cls=ChainCommand)
@signer_option
@click.option(
    "--fee-bps", type=click.IntRange(0, 10_000), default=0, show_default=True, help="Of a charge."
)
@click.option(
    "--fee-recipient", default=ZERO_ADDRESS, help="Who may take the fee, if there is one."
)
@click.option(
    "--block-seconds",
    type=click.IntRange(1),
    default=BLOCK_SECONDS,
    show_default=True,
    help="The chain's, as pools reckon when they have themselves called.",
)
@json_option
def cli(
    account: object, fee_bps: int, fee_recipient: str, block_seconds: int, machine: bool
) -> None:
    """Deploy what is missing; a second run finds everything there.

    The addresses follow from the code and these options alone. They go to
    deployments/<chain id>.json, where the other commands and the keeper look for them.
    """
    fee = Fee(fee_bps, checked(as_address, fee_recipient))
    options = DeployOptions(fee, Seconds(block_seconds))
    deployment = on_chain(lambda web3: deploy_all(web3, ApeSigner(account), options))
    if machine:
        print_json(deployment)
    else:
        _print(deployment)


def _print(deployment: Deployment) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for contract in deployment.contracts:
        state = "[green]deployed[/]" if contract.is_new else "[bright_black]was there[/]"
        table.add_row(f"[bold]{contract.name}[/]", contract.address, state)
    console.print(table)
    if not any(contract.is_new for contract in deployment.contracts):
        console.print("Nothing to deploy.")
    console.print(f"Addresses for chain {deployment.chain_id} are in {deployment.file}.")
