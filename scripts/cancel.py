"""`ape run cancel`: end a task, and take the bond back."""

from __future__ import annotations

import click

from scripts._shared import (
    ApeSigner,
    ChainCommand,
    Hash,
    console,
    json_option,
    manager_option,
    on_manager,
    print_json,
    signer_option,
)
from taskwork.actions.scheduling import Cancelled, cancel
from taskwork.chain.types import Address, TaskHash
from taskwork.units import short


@click.command(cls=ChainCommand)
@signer_option
@click.argument("task_hash", type=Hash())
@click.option("--withdraw", is_flag=True, help="Also withdraw all bond that is free then.")
@manager_option
@json_option
def cli(
    account: object, task_hash: TaskHash, withdraw: bool, manager: Address | None, machine: bool
) -> None:
    """Cancel the task TASK_HASH, which must be yours."""
    signer = ApeSigner(account)
    cancelled = on_manager(
        manager, lambda client: cancel(client, signer, task_hash, withdraw=withdraw)
    )
    if machine:
        print_json(cancelled)
    else:
        _print(cancelled)


def _print(cancelled: Cancelled) -> None:
    console.print(f"Cancelled [bold]{cancelled.task_hash}[/].", soft_wrap=True)
    if cancelled.withdrawn:
        console.print(f"Withdrew {short(cancelled.withdrawn)}.")
    elif cancelled.free_bond:
        console.print(
            f"{short(cancelled.free_bond)} of your bond is free: --withdraw takes it out."
        )
