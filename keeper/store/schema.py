"""The store's tables: one schema for SQLite and PostgreSQL.

Amounts of wei are text in decimal: neither database has an integer for 256 bits. A change here
needs a migration beside it (`migrations/versions`); a test compares the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

AMOUNT_DIGITS = 80
HASH = String(66)
ADDRESS = String(42)
WORD = String(48)


class Amount(TypeDecorator[int]):
    """Wei, signed, of any size."""

    impl = String(AMOUNT_DIGITS)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the database."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002
        """From the database."""
        return None if value is None else int(value)


metadata = MetaData()

# What the store is about.
identity = Table(
    "identity",
    metadata,
    Column("name", WORD, primary_key=True),
    Column("value", Text, nullable=False),
)

# Blocks that were seen as the chain's, as far back as reorganisations may go.
blocks = Table(
    "blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", HASH, nullable=False),
    Column("parent_hash", HASH, nullable=False),
)

# How far the event index is complete.
cursors = Table(
    "cursors",
    metadata,
    Column("name", WORD, primary_key=True),
    Column("start", BigInteger, nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("hash", HASH, nullable=False),
)

# All events of the manager.
events = Table(
    "events",
    metadata,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("block_hash", HASH, nullable=False),
    Column("tx_hash", HASH, nullable=False),
    Column("name", WORD, nullable=False),
    Column("task_hash", HASH),
    Column("account", ADDRESS),
    Column("fields", Text, nullable=False),  # JSON
    Index("ix_events_task_hash", "task_hash"),
    Index("ix_events_account", "account"),
    Index("ix_events_tx_hash", "tx_hash"),
)

# What the events amount to, task by task.
tasks = Table(
    "tasks",
    metadata,
    Column("task_hash", HASH, primary_key=True),
    Column("owner", ADDRESS, nullable=False),
    Column("status", WORD, nullable=False),
    Column("scheduled_at", BigInteger, nullable=False),
    Column("next_block", BigInteger, nullable=False),
    Column("executed", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("spent", Amount, nullable=False),
    Column("last_block", BigInteger, nullable=False),
    Column("last_event", WORD, nullable=False),
    Index("ix_tasks_owner", "owner"),
    Index("ix_tasks_status_next_block", "status", "next_block"),
)

# What committed tasks call: the manager keeps their hashes alone.
definitions = Table(
    "definitions",
    metadata,
    Column("task_hash", HASH, primary_key=True),
    Column("block", BigInteger, nullable=False),  # in which it was committed
    Column("owner", ADDRESS, nullable=False),
    Column("gas", BigInteger, nullable=False),
    Column("target", ADDRESS, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Index("ix_definitions_block", "block"),
)

# The nonce ledger: each nonce that anything was ever signed for.
nonces = Table(
    "nonces",
    metadata,
    Column("executor", ADDRESS, primary_key=True),
    Column("nonce", BigInteger, primary_key=True, autoincrement=False),
    Column("state", WORD, nullable=False),
    Column("tx_hash", HASH),  # the one that was mined
    Column("block", BigInteger),
    Column("block_hash", HASH),
    Index("ix_nonces_state", "state"),
)

# The journal: every transaction, from before it was sent.
transactions = Table(
    "transactions",
    metadata,
    Column("tx_hash", HASH, primary_key=True),
    Column("executor", ADDRESS, nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("target", ADDRESS, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("gas", BigInteger, nullable=False),
    Column("max_fee", Amount, nullable=False),
    Column("tip", Amount, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("state", WORD, nullable=False),
    Column("is_private", Boolean, nullable=False),
    Column("expected_profit", Amount, nullable=False),
    Index("ix_transactions_executor_nonce", "executor", "nonce"),
)

# Profit and loss: one entry per mined transaction, or per batch that a dry run foresaw.
entries = Table(
    "entries",
    metadata,
    Column("tx_hash", HASH, primary_key=True),
    Column("executor", ADDRESS, nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("block_hash", HASH, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("reverted", Boolean, nullable=False),
    Column("executed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("gas_used", BigInteger, nullable=False),
    Column("cost", Amount, nullable=False),
    Column("reimbursed", Amount, nullable=False),
    Column("credited", Amount, nullable=False),
    Column("expected_profit", Amount, nullable=False),
    Column("state", WORD, nullable=False),
    Index("ix_entries_block", "block"),
    Index("ix_entries_timestamp", "timestamp"),
    Index("ix_entries_state", "state"),
)
