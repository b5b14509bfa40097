"""`ape run post`: put jobs into a pool, their rewards in escrow."""

from __future__ import annotations

from pathlib import Path

import click

from scripts._shared import (
    Account,
    Amount,
    ApeSigner,
    ChainCommand,
    Duration,
    json_option,
    on_pool,
    print_json,
    print_rows,
    signer_option,
)
from taskwork.actions.posting import Posted, PostOrder, post
from taskwork.chain.pool_types import Priority, Seconds
from taskwork.chain.types import Address, Wei
from taskwork.units import short, span

PRIORITIES = [one.name.lower() for one in Priority]


@click.command(cls=ChainCommand)
@signer_option
@click.argument("pool", type=Account())
@click.argument("inputs", nargs=-1)
@click.option(
    "--file",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A file in UTF-8 with the input of one more job.",
)
@click.option("--reward", type=Amount(), required=True, help="For each job.")
@click.option(
    "--in", "lasts", type=Duration(), required=True, help="Time until the deadline: 10m, 2h, 7d."
)
@click.option("--model", default="", help="Which model is to be run.")
@click.option(
    "--request-id", type=click.IntRange(0), default=0, help="Of the first; the others follow."
)
@click.option(
    "--priority", type=click.Choice(PRIORITIES), default="normal", show_default=True, help="Queue."
)
@json_option
def cli(
    *,
    account: object,
    pool: Address,
    inputs: tuple[str, ...],
    files: tuple[Path, ...],
    reward: Wei,
    lasts: Seconds,
    model: str,
    request_id: int,
    priority: str,
    machine: bool,
) -> None:
    """Post one job for each of INPUTS in POOL. The account pays, and is refunded.

    \b
    ape run post 0x5FbD... "What is AI?" --reward "0.1 ether" --in 1h --account TEST::0
    """  # noqa: D301 - click's mark for lines to leave as they are
    texts = [*inputs, *map(_read, files)]
    if not texts:
        raise click.UsageError("give an input, or a file with one")
    order = PostOrder(texts, reward, lasts, model, request_id, Priority[priority.upper()])
    posted = on_pool(pool, lambda client: post(client, ApeSigner(account), order))
    if machine:
        print_json(posted)
    else:
        _print(posted, lasts)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise click.BadParameter(f"{file} is not text in UTF-8: encode it, say in base64") from None


def _print(posted: Posted, lasts: Seconds) -> None:
    terms = posted.terms
    print_rows(
        {
            "jobs": f"[bold]{', '.join(map(str, posted.task_ids))}[/]",
            "pool": posted.pool,
            "in escrow": short(posted.escrowed),
            "deadline": f"in {span(lasts)} (timestamp {posted.deadline})",
            "a claim": f"lasts {span(terms.claim_window)}, for a bond of {short(terms.claim_bond)}",
            "judged by": f"{terms.verifier}, within {span(terms.verify_window)}",
        }
    )
