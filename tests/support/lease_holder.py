"""A process that wants a lease: `python -m tests.support.lease_holder KIND WHERE`.

Prints `waiting`, `held` and `lost` as they come; ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from keeper.errors import LeaseLost
from keeper.lease import FileLease, PostgresLease
from keeper.protocols import Lease

KEY = 7


async def main(kind: str, where: str) -> None:
    lease: Lease = FileLease(Path(where), retry_s=0.05)
    if kind == "postgres":
        lease = PostgresLease(where, KEY, retry_s=0.05)
    say("waiting")
    await lease.acquire(asyncio.Event())
    say("held")
    try:
        while True:
            await lease.check()
            await asyncio.sleep(0.02)
    except LeaseLost:
        say("lost")


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
