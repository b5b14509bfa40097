"""What the scripts have in common: ape's account as a signer, one line per error, two outputs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, TypeVar

import ape
import click
from ape.cli import ConnectedProviderCommand, account_option
from ape.logging import LogLevel, logger
from ape_node.provider import NodeSoftwareNotInstalledError
from eth_account.datastructures import SignedTransaction
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from rich.console import Console
from rich.markup import escape

from taskwork.actions.deployment import FACTORY, find_contract, find_manager
from taskwork.actions.remedies import explain
from taskwork.chain.deploy import has_code
from taskwork.chain.lens import Runway
from taskwork.chain.pool_factory import TaskPoolFactoryClient
from taskwork.chain.pool_types import Seconds
from taskwork.chain.rpc import Web3, connect
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.task_pool import TaskPoolClient
from taskwork.chain.types import Address, TaskHash, Wei, as_address, as_task_hash
from taskwork.errors import ConfigError, TaskworkError
from taskwork.units import parse_seconds, parse_wei

Result = TypeVar("Result")
Decorator = Callable[[Callable[..., None]], Callable[..., None]]

console = Console(highlight=False)

signer_option: Decorator = account_option()
json_option: Decorator = click.option("--json", "machine", is_flag=True, help="Print JSON.")
manager_option: Decorator = click.option(
    "--manager",
    callback=lambda _ctx, _param, word: word and checked(as_address, word),
    help="TaskManager's address; else the one in deployments/.",
)
factory_option: Decorator = click.option(
    "--factory",
    callback=lambda _ctx, _param, word: word and checked(as_address, word),
    help="TaskPoolFactory's address; else the one in deployments/.",
)


class ChainCommand(ConnectedProviderCommand):  # type: ignore[misc] # ape has no types
    """A command with ape's --network; a node that is away is told in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Connect and run."""
        if ctx.params.get("machine"):
            logger.set_level(LogLevel.ERROR)  # what it says of the connection goes to stdout
        try:
            return super().invoke(ctx)
        except NodeSoftwareNotInstalledError:
            raise click.ClickException(
                "no node answers there: start one (make up), or name another with --network"
            ) from None


class Amount(click.ParamType):
    """`0.05 ether`, `20 gwei`, `1 wei`."""

    name = "amount"

    def convert(self, value: Any, _param: object, _ctx: object) -> Wei:
        """Read an amount, or say how to write one."""
        try:
            return parse_wei(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error


class Duration(click.ParamType):
    """`90s`, `10m`, `2h`, `7d`."""

    name = "time"

    def convert(self, value: Any, _param: object, _ctx: object) -> Seconds:
        """Read a span of time, or say how to write one."""
        try:
            return parse_seconds(str(value))
        except ValueError as error:
            raise click.BadParameter(str(error)) from error


class Account(click.ParamType):
    """An address, a name of ape's, or a test account."""

    name = "account"

    def convert(self, value: Any, _param: object, _ctx: object) -> Address:
        """Read an account, or say what is wrong with it."""
        word = str(value)
        if word in ape.accounts.aliases:
            return as_address(ape.accounts.load(word).address)
        if not word.startswith("TEST::"):
            return checked(as_address, word)
        try:
            return as_address(ape.accounts.test_accounts[int(word.removeprefix("TEST::"))].address)
        except (IndexError, ValueError):
            raise click.BadParameter(f"no account {word}: TEST::0 is the first") from None


class Hash(click.ParamType):
    """A task's hash."""

    name = "task hash"

    def convert(self, value: Any, _param: object, _ctx: object) -> TaskHash:
        """Read a hash, or say what is wrong with it."""
        return checked(as_task_hash, value)


@dataclass(frozen=True)
class ApeSigner:
    """One of ape's accounts; asks for its passphrase where ape does."""

    account: Any

    @property
    def address(self) -> Address:
        """The account's address."""
        return as_address(self.account.address)

    def sign_transaction(self, transaction_dict: Any, /) -> SignedTransaction:
        """Sign by ape."""
        ecosystem = ape.networks.provider.network.ecosystem
        fields = {name: value for name, value in transaction_dict.items() if name != "from"}
        unsigned = ecosystem.create_transaction(**fields, sender=self.address, type=2)
        signed = self.account.sign_transaction(unsigned)
        if signed is None:
            raise click.ClickException("not signed: nothing was sent")
        raw = HexBytes(signed.serialize_transaction())
        v, r, s = signed.signature
        numbers = (int.from_bytes(r, "big"), int.from_bytes(s, "big"), int(v))
        return SignedTransaction(raw, HexBytes(keccak(raw)), *numbers)


def on_chain(act: Callable[[Web3], Awaitable[Result]]) -> Result:
    """Do something on the chain that ape is connected to."""

    async def connected() -> Result:
        async with connect(str(ape.networks.provider.http_uri)) as web3:
            return await act(web3)

    try:
        return asyncio.run(connected())
    except TaskworkError as error:
        raise click.ClickException(explain(error)) from error


def on_manager(
    manager: Address | None, act: Callable[[TaskManagerClient], Awaitable[Result]]
) -> Result:
    """Do something with the manager of the chain that ape is connected to."""

    async def found(web3: Web3) -> Result:
        return await act(TaskManagerClient(web3, await find_manager(web3, manager)))

    return on_chain(found)


def on_factory(
    factory: Address | None, act: Callable[[TaskPoolFactoryClient], Awaitable[Result]]
) -> Result:
    """Do something with the pools' factory of the chain that ape is connected to."""

    async def found(web3: Web3) -> Result:
        address = await find_contract(web3, FACTORY, factory)
        return await act(TaskPoolFactoryClient(web3, address))

    return on_chain(found)


def on_pool(pool: Address, act: Callable[[TaskPoolClient], Awaitable[Result]]) -> Result:
    """Do something with a pool of the chain that ape is connected to."""

    async def found(web3: Web3) -> Result:
        if not await has_code(web3, pool):
            raise ConfigError(f"no pool at {pool} on this node: is it the right chain?")
        return await act(TaskPoolClient(web3, pool))

    return on_chain(found)


def checked(read: Callable[[str], Result], word: str) -> Result:
    """Read a word of the command line, or say what is wrong with it."""
    try:
        return read(word)
    except TaskworkError as error:
        raise click.BadParameter(str(error)) from error


def print_rows(rows: Mapping[str, str]) -> None:
    """For people: one fact per line, never cut, so that it can be copied."""
    width = max(map(len, rows)) + 2
    for name, value in rows.items():
        console.print(f"[bright_black]{name:<{width}}[/]{value}", soft_wrap=True)


def foreign(text: str) -> str:
    """What anybody may have put on the chain, made harmless for a terminal."""
    return escape(
        "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
    )


def describe_runway(runway: Runway) -> str:
    """How many runs a bond pays for."""
    return f"{runway.at_least} runs at the highest price, {runway.at_this_price} at today's"


def print_json(value: object) -> None:
    """For machines: wei as integers, bytes as hex."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    click.echo(json.dumps(plain, indent=2, default=_plain))


def _plain(value: object) -> object:
    return f"0x{value.hex()}" if isinstance(value, bytes) else str(value)
