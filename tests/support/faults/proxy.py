"""The proxy itself: HTTP and websocket on one port, in a thread of its own."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType, web

from taskwork.devnet.processes import free_port
from tests.support.faults.faults import AnswerWith, Ask, CutOff, Json
from tests.support.faults.program import Program

MOST = 2**26  # bytes of a message that passes
NEW_IDS = 10**9  # above any id that a client chooses


class Proxy:
    """Forwards to a node what no rule of its program keeps."""

    def __init__(self, node_url: str, luck: Random) -> None:
        self.program = Program(luck)
        self.port = free_port()
        self.http = f"http://127.0.0.1:{self.port}"
        self.ws = f"ws://127.0.0.1:{self.port}"
        self._node_url = node_url
        self._loop = asyncio.new_event_loop()
        self._session: ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    # From any thread

    def start(self) -> None:
        self._thread.start()
        self._do(self._open())

    def stop(self) -> None:
        self._do(self._close())
        self._do(self._abandon())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody listens on the port; who is connected is cut off."""
        self._do(self._close())
        try:
            yield
        finally:
            self._do(self._open())

    def _do(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    # In the proxy's thread

    async def _open(self) -> None:
        self._session = ClientSession()
        app = web.Application(client_max_size=MOST)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def _close(self) -> None:
        if self._runner is not None and self._session is not None:
            server = self._runner.server
            for connection in list(server.connections if server else ()):
                if connection.transport is not None:
                    connection.transport.abort()
            await self._runner.cleanup()
            await self._session.close()
            self._runner = self._session = None

    async def _abandon(self) -> None:
        """Give up every request that still hangs."""
        hanging = asyncio.all_tasks() - {asyncio.current_task()}
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._websocket(request)
        body = await request.json()
        try:
            if isinstance(body, list):
                return web.json_response([await self._answer(one, self._post) for one in body])
            return web.json_response(await self._answer(body, self._post))
        except AnswerWith as odd:
            return web.Response(body=odd.body, status=odd.status, headers=odd.headers)
        except CutOff:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()

    async def _answer(self, request: Json, ask: Ask) -> Json:
        fault = self.program.choose(request["method"])
        return await (ask(request) if fault is None else fault.apply(request, ask))

    async def _post(self, request: Json) -> Json:
        if self._session is None:
            raise CutOff
        try:
            async with self._session.post(self._node_url, json=request) as answer:
                found: Json = await answer.json()
                return found
        except ClientError:
            raise CutOff from None

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if self._session is None:
            raise CutOff
        client = web.WebSocketResponse(max_msg_size=MOST)
        await client.prepare(request)
        url = self._node_url.replace("http", "ws", 1)
        async with self._session.ws_connect(url, max_msg_size=MOST) as node:
            await _Pipe(self, client, node).run()
        return client

    async def relay(self, request: Json, ask: Ask) -> str | bytes:
        """What a websocket's client gets for a request."""
        try:
            if isinstance(request, list):
                return json.dumps([await self._answer(one, ask) for one in request])
            return json.dumps(await self._answer(request, ask))
        except AnswerWith as odd:
            if odd.status != 200:
                raise CutOff from None
            return odd.body


class _Pipe:
    """One websocket client, and its own connection to the node."""

    def __init__(
        self, proxy: Proxy, client: web.WebSocketResponse, node: ClientWebSocketResponse
    ) -> None:
        self._proxy, self._client, self._node = proxy, client, node
        self._ids = itertools.count(NEW_IDS)
        self._asked: dict[int, asyncio.Future[Json]] = {}

    async def run(self) -> None:
        listening = asyncio.create_task(self._listen())
        working: set[asyncio.Task[None]] = set()
        async for message in self._client:
            if message.type is WSMsgType.TEXT:
                task = asyncio.create_task(self._handle(json.loads(message.data)))
                working.add(task)
                task.add_done_callback(working.discard)
        for each in (listening, *working):
            each.cancel()

    async def _handle(self, request: Json) -> None:
        try:
            said = await self._proxy.relay(request, self._ask)
            await self._client.send_str(said if isinstance(said, str) else said.decode("latin-1"))
        except (CutOff, ConnectionError):
            await self._client.close()

    async def _ask(self, request: Json) -> Json:
        number, answer = next(self._ids), asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        await self._node.send_json({**request, "id": number})
        return {**await answer, "id": request["id"]}

    async def _listen(self) -> None:
        async for message in self._node:
            said = json.loads(message.data)
            waiting = self._asked.pop(said.get("id", -1), None)
            if waiting is not None:
                waiting.set_result(said)
            elif not self._proxy.program.silences():
                with suppress(ConnectionError):
                    await self._client.send_str(message.data)
        await self._client.close()


@contextmanager
def running_proxy(node_url: str, *, seed: int = 0) -> Iterator[Proxy]:
    """A proxy before a node, as long as the block."""
    proxy = Proxy(node_url, Random(seed))
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
