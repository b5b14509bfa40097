"""A JSON-RPC gateway before a node: can be closed, lack methods, and lose an answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, web


class Gateway:
    """Forwards to a node, except for what it was told to keep to itself."""

    def __init__(self, node_url: str) -> None:
        self.unknown: set[str] = set()  # methods that the node pretends not to know
        self.refused: set[str] = set()  # methods that the node will not serve now
        self.is_open = True
        self.deaf_after: str | None = None  # loses the node's next answer to this method
        self.requests: list[str] = []
        self._node_url = node_url

    async def handle(self, request: web.Request) -> web.Response:
        if not self.is_open:
            return web.Response(status=503)
        body = await request.json()
        calls = body if isinstance(body, list) else [body]
        methods = {call["method"] for call in calls}
        self.requests += [call["method"] for call in calls]
        if refusals := [self._refused(call) for call in calls if self._refused(call)]:
            return web.json_response(refusals if isinstance(body, list) else refusals[0])
        async with ClientSession() as session, session.post(self._node_url, json=body) as answer:
            content = await answer.json()
        if self.deaf_after in methods:
            self.deaf_after = None
            return web.Response(status=502)
        return web.json_response(content)

    def _refused(self, call: dict[str, Any]) -> dict[str, Any] | None:
        if call["method"] in self.unknown:
            return refusal(call["id"], -32601, "Method not found")
        if call["method"] in self.refused:
            return refusal(call["id"], -32000, "not now")
        return None


def refusal(request_id: int, code: int, message: str) -> dict[str, Any]:
    error = {"code": code, "message": message}
    return {"jsonrpc": "2.0", "id": request_id, "error": error}


@asynccontextmanager
async def running_gateway(node_url: str, path: str = "/") -> AsyncIterator[tuple[Gateway, str]]:
    """A gateway and its URL, as long as the block."""
    gateway = Gateway(node_url)
    app = web.Application()
    app.router.add_post(path, gateway.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = _port(site)
    try:
        yield gateway, f"http://127.0.0.1:{port}{path}"
    finally:
        await runner.cleanup()


def _port(site: Any) -> int:
    return int(site._server.sockets[0].getsockname()[1])
