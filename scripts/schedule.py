"""`ape run schedule`: have a contract called at a block, once or again and again."""

from __future__ import annotations

import click

from scripts._shared import (
    Amount,
    ApeSigner,
    ChainCommand,
    checked,
    describe_runway,
    json_option,
    manager_option,
    on_manager,
    print_json,
    print_rows,
    signer_option,
)
from taskwork.actions.calldata import encode_call, read_hex
from taskwork.actions.scheduling import Order, Scheduled, schedule
from taskwork.chain.types import UNLIMITED, Address, BlockNumber, Gas, Wei, as_address
from taskwork.errors import TaskworkError
from taskwork.units import short


class Times(click.ParamType):
    """A number of runs, or `forever`."""

    name = "number|forever"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read it."""
        return UNLIMITED if value == "forever" else int(click.INT.convert(value, param, ctx))


@click.command(cls=ChainCommand)
@signer_option
@click.argument("target")
@click.argument("signature", required=False)
@click.argument("arguments", nargs=-1)
@click.option("--data", help="Calldata in hex, instead of a signature and arguments.")
@click.option("--gas", type=int, required=True, help="Gas that the target gets, at most 750000.")
@click.option("--start", type=int, help="First block in which it may run.")
@click.option("--in", "in_blocks", type=int, help="Or: blocks from now until then.")
@click.option("--every", type=int, default=0, help="Blocks between runs, at least 100.")
@click.option("--times", type=Times(), default=1, show_default=True, help="How often it runs.")
@click.option("--deadline", type=int, default=0, help="Last block in which it may run.")
@click.option("--bond", type=Amount(), help="What to send; else enough to begin with.")
@manager_option
@json_option
def cli(
    *,
    account: object,
    target: str,
    signature: str | None,
    arguments: tuple[str, ...],
    data: str | None,
    gas: int,
    start: int | None,
    in_blocks: int | None,
    every: int,
    times: int,
    deadline: int,
    bond: Wei | None,
    manager: Address | None,
    machine: bool,
) -> None:
    """Schedule a call of TARGET by your envoy.

    SIGNATURE is like "transfer(address,uint256)", one argument each behind it; lists are JSON.

    \b
    ape run schedule 0x5FbD... "beat()" --gas 80000 --in 20 --every 100 --times forever
    """  # noqa: D301 - click's mark for lines to leave as they are
    if (start is None) == (in_blocks is None):
        raise click.UsageError("give either --start or --in")
    order = Order(
        target=checked(as_address, target),
        data=_calldata(signature, arguments, data),
        gas=Gas(gas),
        start_block=None if start is None else BlockNumber(start),
        in_blocks=in_blocks,
        interval=every,
        executions=times,
        deadline=BlockNumber(deadline),
    )
    scheduled = on_manager(
        manager, lambda client: schedule(client, ApeSigner(account), order, bond)
    )
    if machine:
        print_json(scheduled)
    else:
        _print(scheduled)


def _calldata(signature: str | None, arguments: tuple[str, ...], data: str | None) -> bytes:
    if (signature is None) == (data is None):
        raise click.UsageError("give either a signature or --data")
    try:
        return read_hex(data) if data is not None else encode_call(str(signature), arguments)
    except TaskworkError as error:
        raise click.ClickException(str(error)) from error


def _print(scheduled: Scheduled) -> None:
    runway = describe_runway(scheduled.runway) if scheduled.runway else "-"
    print_rows(
        {
            "task": f"[bold]{scheduled.task_hash}[/]",
            "due from block": str(scheduled.next_block),
            "called by": f"{scheduled.envoy} (your envoy)",
            "required bond": short(scheduled.required_bond),
            "bond sent": short(scheduled.sent),
            "bond pays for": runway,
        }
    )
