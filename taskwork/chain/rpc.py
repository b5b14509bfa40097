"""A connection to a node, and where the node's exceptions become ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias

from aiohttp import ClientError, ClientResponseError, ClientTimeout
from web3 import AsyncHTTPProvider, AsyncIPCProvider, AsyncWeb3, WebSocketProvider
from web3.exceptions import (
    ContractLogicError,
    MethodUnavailable,
    ProviderConnectionError,
    Web3Exception,
    Web3RPCError,
)
from web3.providers.persistent import PersistentConnectionProvider
from web3.types import RPCEndpoint
from websockets.exceptions import WebSocketException

from taskwork.chain.revert import decode_revert
from taskwork.errors import ChainError, MethodMissing, NodeRefused, TaskworkError

Web3: TypeAlias = AsyncWeb3[Any]
Request: TypeAlias = tuple[str, list[Any]]  # method and parameters

_REVERTED = 3
_NO_METHOD = -32601


@asynccontextmanager
async def connect(url: str, *, timeout_s: float = 30.0) -> AsyncIterator[Web3]:
    """Connect to a node by http(s), ws(s) or the path of its socket; closes it at the end."""
    provider = _provider(url, timeout_s)
    web3 = AsyncWeb3(provider)
    with node_errors():
        if isinstance(provider, PersistentConnectionProvider):
            await provider.connect()
    try:
        yield web3
    finally:
        await provider.disconnect()


def _provider(url: str, timeout_s: float) -> Any:
    # None repeats anything by itself: a transaction sent twice is refused the second time.
    if url.startswith(("ws://", "wss://")):
        return WebSocketProvider(url, max_connection_retries=1, request_timeout=timeout_s)
    if url.startswith(("http://", "https://")):
        limit = {"timeout": ClientTimeout(total=timeout_s)}
        return AsyncHTTPProvider(url, request_kwargs=limit, exception_retry_configuration=None)
    path = url.removeprefix("ipc://")
    return AsyncIPCProvider(path, max_connection_retries=1, request_timeout=timeout_s)


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


async def batch(web3: Web3, requests: Sequence[Request]) -> list[Any]:
    """Ask several things in one request; raises the first error among the answers."""
    with node_errors():
        named = [(RPCEndpoint(method), params) for method, params in requests]
        answers: Any = await web3.provider.make_batch_request(named)
    if not isinstance(answers, list) or len(answers) != len(requests):
        raise _refusal(answers)
    return [_result(answer) for answer in answers]


def _result(answer: Mapping[str, Any]) -> Any:
    if "error" in answer:
        raise _refusal(answer)
    return answer["result"]


def _refusal(answer: Any) -> TaskworkError:
    """What the node said instead of a result; a revert brings its data."""
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return ChainError(f"the node answered a batch with {str(answer)[:200]}")
    if error.get("code") == _REVERTED:
        return decode_revert(_revert_data(error.get("data")))
    kind = MethodMissing if error.get("code") == _NO_METHOD else NodeRefused
    return kind(str(error.get("message", error)))


def _message(error: Web3RPCError) -> str:
    """What the node said; web3's own text is a Python dictionary."""
    answer: Any = error.rpc_response or {}
    said = answer.get("error") or str(error)
    return str(said.get("message", said)) if isinstance(said, dict) else str(said)


def _revert_data(data: object) -> bytes:
    if isinstance(data, str) and data.startswith("0x"):
        return bytes.fromhex(data[2:])
    return b""
