"""`ape run pool`: make a pool in which jobs can be posted."""

from __future__ import annotations

import click

from scripts._shared import (
    Account,
    Amount,
    ApeSigner,
    ChainCommand,
    Duration,
    console,
    factory_option,
    json_option,
    on_factory,
    print_json,
    signer_option,
)
from taskwork.actions.posting import PoolOrder, make_pool
from taskwork.chain.pool_types import Seconds
from taskwork.chain.types import Address, Wei


@click.command(cls=ChainCommand)
@signer_option
@click.argument("category")
@click.option(
    "--verifier", type=Account(), required=True, help="Who judges results: an address or account."
)
@click.option("--bond", type=Amount(), default="0 wei", help="What a worker stakes on a claim.")
@click.option(
    "--claim-window",
    type=Duration(),
    default="1h",
    show_default=True,
    help="How long a claim lasts.",
)
@click.option(
    "--verify-window",
    type=Duration(),
    default="1d",
    show_default=True,
    help="How long the verifier may take; then the requester is refunded.",
)
@click.option("--open", "open_posting", is_flag=True, help="Let anybody post, not only yourself.")
@click.option("--metadata", default="", help="What else is to be known of the pool; often a URI.")
@factory_option
@json_option
def cli(
    *,
    account: object,
    category: str,
    verifier: Address,
    bond: Wei,
    claim_window: Seconds,
    verify_window: Seconds,
    open_posting: bool,
    metadata: str,
    factory: Address | None,
    machine: bool,
) -> None:
    """Make a pool of native coin for jobs of a CATEGORY; the account owns it.

    \b
    ape run pool captions --verifier TEST::1 --bond "0.01 ether" --open --account TEST::0
    """  # noqa: D301 - click's mark for lines to leave as they are
    order = PoolOrder(
        category=category,
        verifier=verifier,
        metadata=metadata,
        claim_bond=bond,
        claim_window=claim_window,
        verify_window=verify_window,
        open_posting=open_posting,
    )
    pool = on_factory(factory, lambda client: make_pool(client, ApeSigner(account), order))
    if machine:
        print_json({"pool": pool})
    else:
        console.print(f"Pool [bold]{pool}[/]: `ape run post` puts jobs into it.", soft_wrap=True)
