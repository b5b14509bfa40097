"""The nonce ledger and the journal of transactions. Each is written before anything is sent."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, update

from keeper.store.rows import attempt_from_row, attempt_to_row, nonce_from_row
from keeper.store.schema import nonces, transactions
from keeper.types import BlockRef, Flight, NonceEntry, NonceState, SendState, SignedAttempt
from taskwork.chain.types import Address, BlockNumber

_UNSETTLED = (NonceState.OPEN.value, NonceState.MINED.value, NonceState.TAKEN.value)
_FINAL = (NonceState.FINAL.value, NonceState.LOST.value)


def add_attempt(db: Connection, attempt: SignedAttempt) -> None:
    """Journal a signed transaction; its nonce is open from now on."""
    known = select(transactions.c.tx_hash).where(transactions.c.tx_hash == attempt.tx_hash)
    if db.execute(known).first() is None:
        db.execute(transactions.insert().values(**attempt_to_row(attempt)))
    if find_nonce(db, attempt.executor, attempt.nonce) is None:
        db.execute(
            nonces.insert().values(
                executor=attempt.executor, nonce=attempt.nonce, state=NonceState.OPEN.value
            )
        )
    else:
        settle(db, attempt.executor, attempt.nonce, NonceState.OPEN)


def mark(db: Connection, tx_hash: str, state: SendState) -> None:
    """Note how far a transaction got."""
    changed = update(transactions).where(transactions.c.tx_hash == tx_hash)
    db.execute(changed.values(state=state.value))


def publish(db: Connection, tx_hash: str) -> None:
    """Note that a private transaction was shown to everybody."""
    changed = update(transactions).where(transactions.c.tx_hash == tx_hash)
    db.execute(changed.values(is_private=False))


def settle(
    db: Connection,
    executor: Address,
    nonce: int,
    state: NonceState,
    *,
    tx_hash: str | None = None,
    block: BlockRef | None = None,
) -> None:
    """Say what became of a nonce; OPEN takes back what was said."""
    where = (nonces.c.executor == executor, nonces.c.nonce == nonce)
    db.execute(
        update(nonces)
        .where(*where)
        .values(
            state=state.value,
            tx_hash=tx_hash,
            block=block.number if block else None,
            block_hash=block.hash if block else None,
        )
    )


def find_nonce(db: Connection, executor: Address, nonce: int) -> NonceEntry | None:
    """What the ledger says of a nonce."""
    found = select(nonces).where(nonces.c.executor == executor, nonces.c.nonce == nonce)
    row = db.execute(found).first()
    return nonce_from_row(row) if row else None


def unsettled(db: Connection, executor: Address) -> list[NonceEntry]:
    """Nonces that are open, or used but not for good; lowest first."""
    found = select(nonces).where(nonces.c.executor == executor, nonces.c.state.in_(_UNSETTLED))
    return [nonce_from_row(row) for row in db.execute(found.order_by(nonces.c.nonce))]


def open_flights(db: Connection, executor: Address) -> list[Flight]:
    """The nonces that are not used, with all that was signed for them; lowest first."""
    found = select(nonces.c.nonce).where(
        nonces.c.executor == executor, nonces.c.state == NonceState.OPEN.value
    )
    numbers = db.execute(found.order_by(nonces.c.nonce)).scalars().all()
    return [Flight(nonce, tuple(attempts(db, executor, nonce))) for nonce in numbers]


def final_count(db: Connection, executor: Address) -> int:
    """One past the highest nonce that is used for good; 0 when none is known."""
    used = select(func.max(nonces.c.nonce)).where(
        nonces.c.executor == executor, nonces.c.state.in_(_FINAL)
    )
    highest = db.execute(used).scalar()
    return 0 if highest is None else int(highest) + 1


def next_nonce(db: Connection, executor: Address) -> int:
    """One past the highest nonce that was or may be used by a transaction of ours."""
    used = select(func.max(nonces.c.nonce)).where(
        nonces.c.executor == executor, nonces.c.state != NonceState.VOID.value
    )
    highest = db.execute(used).scalar()
    return 0 if highest is None else int(highest) + 1


def newest_block(db: Connection, executor: Address) -> BlockNumber:
    """The last block in which something of ours was mined; 0 when nothing was."""
    found = select(func.max(nonces.c.block)).where(
        nonces.c.executor == executor, nonces.c.state == NonceState.MINED.value
    )
    return BlockNumber(db.execute(found).scalar() or 0)


def attempts(db: Connection, executor: Address, nonce: int) -> list[SignedAttempt]:
    """Everything ever signed for a nonce, oldest first."""
    found = (
        select(transactions)
        .where(transactions.c.executor == executor, transactions.c.nonce == nonce)
        .order_by(transactions.c.sent_at, transactions.c.max_fee)
    )
    return [attempt_from_row(row) for row in db.execute(found)]


def find_attempt(db: Connection, tx_hash: str) -> SignedAttempt | None:
    """One transaction of the journal."""
    row = db.execute(select(transactions).where(transactions.c.tx_hash == tx_hash)).first()
    return attempt_from_row(row) if row else None
