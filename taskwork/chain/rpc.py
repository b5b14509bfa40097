"""A connection to a node, and where the node's exceptions become ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias

from aiohttp import ClientError, ClientResponseError
from web3 import AsyncHTTPProvider, AsyncWeb3, WebSocketProvider
from web3.exceptions import (
    ContractLogicError,
    MethodUnavailable,
    ProviderConnectionError,
    Web3Exception,
    Web3RPCError,
)
from websockets.exceptions import WebSocketException

from taskwork.chain.revert import decode_revert
from taskwork.errors import ChainError, MethodMissing, NodeRefused

Web3: TypeAlias = AsyncWeb3[Any]


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[Web3]:
    """Connect to a node by http(s) or ws(s); closes the connection at the end."""
    if url.startswith(("ws://", "wss://")):
        provider: Any = WebSocketProvider(url, max_connection_retries=1)
    else:
        # Repeats nothing by itself: a transaction sent twice is refused the second time.
        provider = AsyncHTTPProvider(url, exception_retry_configuration=None)
    web3 = AsyncWeb3(provider)
    with node_errors():
        if isinstance(provider, WebSocketProvider):
            await provider.connect()
    try:
        yield web3
    finally:
        await provider.disconnect()


@contextmanager
def node_errors() -> Iterator[None]:
    """Turn a revert into `ContractError` and any trouble with the node into `ChainError`."""
    try:
        yield
    except ContractLogicError as error:
        raise decode_revert(_revert_data(error.data)) from error
    except MethodUnavailable as error:
        raise MethodMissing(_message(error)) from error
    except Web3RPCError as error:
        raise NodeRefused(_message(error)) from error
    except ProviderConnectionError:  # its text holds the URL, hence perhaps a key
        raise ChainError("the node does not answer: no websocket connection") from None
    except Web3Exception as error:
        raise ChainError(str(error)) from error
    except ClientResponseError as error:  # the same
        raise ChainError(f"the node answered {error.status} {error.message}") from None
    except (TimeoutError, ClientError, OSError, WebSocketException) as error:
        raise ChainError(
            f"the node does not answer: {str(error) or type(error).__name__}"
        ) from error


def _message(error: Web3RPCError) -> str:
    """What the node said; web3's own text is a Python dictionary."""
    answer: Any = error.rpc_response or {}
    said = answer.get("error") or str(error)
    return str(said.get("message", said)) if isinstance(said, dict) else str(said)


def _revert_data(data: object) -> bytes:
    if isinstance(data, str) and data.startswith("0x"):
        return bytes.fromhex(data[2:])
    return b""
