"""`taskwork`: questions about tasks, asked from a terminal."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict

import click

from taskwork.actions.deployment import find_manager
from taskwork.actions.explanation import in_words
from taskwork.chain.lens import TaskManagerLensClient
from taskwork.chain.rpc import connect
from taskwork.chain.types import Explanation, as_address, as_task_hash
from taskwork.errors import TaskworkError


@click.group()
@click.version_option(package_name="taskwork")
def main() -> None:
    """Ask a Taskwork deployment about its tasks."""


@main.command()
@click.argument("task_hash")
@click.option("--rpc", default="http://127.0.0.1:8545", show_default=True, help="The node's URL.")
@click.option("--manager", help="TaskManager; else from deployments/.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def explain(task_hash: str, rpc: str, manager: str | None, *, as_json: bool) -> None:
    """Say why a task has not run yet, and what can be done about it."""
    try:
        found = asyncio.run(_explain(task_hash, rpc, manager))
    except TaskworkError as error:
        click.echo(f"taskwork: {error}", err=True)
        sys.exit(2)
    click.echo(_as_json(found) if as_json else in_words(found))


async def _explain(task_hash: str, rpc: str, manager: str | None) -> Explanation:
    wanted = as_task_hash(task_hash)
    given = as_address(manager) if manager else None
    async with connect(rpc) as web3:
        lens = await TaskManagerLensClient.of(web3, await find_manager(web3, given))
        return await lens.explain(wanted)


def _as_json(found: Explanation) -> str:
    named = {"reason": found.reason.name.lower(), "status": found.status.name.lower()}
    return json.dumps(asdict(found) | named, indent=2)
