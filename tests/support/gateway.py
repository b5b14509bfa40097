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
        self.requests.append(body["method"])
        if body["method"] in self.unknown:
            return self._refusal(body["id"], -32601, "Method not found")
        if body["method"] in self.refused:
            return self._refusal(body["id"], -32000, "not now")
        async with ClientSession() as session, session.post(self._node_url, json=body) as answer:
            content = await answer.json()
        if body["method"] == self.deaf_after:
            self.deaf_after = None
            return web.Response(status=502)
        return web.json_response(content)

    def _refusal(self, request_id: int, code: int, message: str) -> web.Response:
        error = {"code": code, "message": message}
        return web.json_response({"jsonrpc": "2.0", "id": request_id, "error": error})


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
