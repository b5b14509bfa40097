"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_HASH = sa.String(66)
_ADDRESS = sa.String(42)
_WORD = sa.String(48)
_AMOUNT = sa.String(80)


def upgrade() -> None:
    """Make them."""
    _identity()
    _blocks()
    _cursors()
    _events()
    _tasks()
    _nonces()
    _transactions()
    _entries()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("entries")
    op.drop_table("transactions")
    op.drop_table("nonces")
    op.drop_table("tasks")
    op.drop_table("events")
    op.drop_table("cursors")
    op.drop_table("blocks")
    op.drop_table("identity")


def _identity() -> None:
    op.create_table(
        "identity",
        sa.Column("name", _WORD, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _blocks() -> None:
    op.create_table(
        "blocks",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", _HASH, nullable=False),
        sa.Column("parent_hash", _HASH, nullable=False),
    )


def _cursors() -> None:
    op.create_table(
        "cursors",
        sa.Column("name", _WORD, primary_key=True),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("block", sa.BigInteger, nullable=False),
        sa.Column("hash", _HASH, nullable=False),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("block", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("log_index", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("block_hash", _HASH, nullable=False),
        sa.Column("tx_hash", _HASH, nullable=False),
        sa.Column("name", _WORD, nullable=False),
        sa.Column("task_hash", _HASH),
        sa.Column("account", _ADDRESS),
        sa.Column("fields", sa.Text, nullable=False),
    )
    op.create_index("ix_events_account", "events", ["account"])
    op.create_index("ix_events_task_hash", "events", ["task_hash"])
    op.create_index("ix_events_tx_hash", "events", ["tx_hash"])


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("task_hash", _HASH, primary_key=True),
        sa.Column("owner", _ADDRESS, nullable=False),
        sa.Column("status", _WORD, nullable=False),
        sa.Column("scheduled_at", sa.BigInteger, nullable=False),
        sa.Column("next_block", sa.BigInteger, nullable=False),
        sa.Column("executed", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.Column("spent", _AMOUNT, nullable=False),
        sa.Column("last_block", sa.BigInteger, nullable=False),
        sa.Column("last_event", _WORD, nullable=False),
    )
    op.create_index("ix_tasks_owner", "tasks", ["owner"])
    op.create_index("ix_tasks_status_next_block", "tasks", ["status", "next_block"])


def _nonces() -> None:
    op.create_table(
        "nonces",
        sa.Column("executor", _ADDRESS, primary_key=True),
        sa.Column("nonce", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("tx_hash", _HASH),
        sa.Column("block", sa.BigInteger),
        sa.Column("block_hash", _HASH),
    )
    op.create_index("ix_nonces_state", "nonces", ["state"])


def _transactions() -> None:
    op.create_table(
        "transactions",
        sa.Column("tx_hash", _HASH, primary_key=True),
        sa.Column("executor", _ADDRESS, nullable=False),
        sa.Column("nonce", sa.BigInteger, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("target", _ADDRESS, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("gas", sa.BigInteger, nullable=False),
        sa.Column("max_fee", _AMOUNT, nullable=False),
        sa.Column("tip", _AMOUNT, nullable=False),
        sa.Column("sent_at", sa.BigInteger, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("is_private", sa.Boolean, nullable=False),
        sa.Column("expected_profit", _AMOUNT, nullable=False),
    )
    op.create_index("ix_transactions_executor_nonce", "transactions", ["executor", "nonce"])


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("tx_hash", _HASH, primary_key=True),
        sa.Column("executor", _ADDRESS, nullable=False),
        sa.Column("nonce", sa.BigInteger, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("block", sa.BigInteger, nullable=False),
        sa.Column("block_hash", _HASH, nullable=False),
        sa.Column("timestamp", sa.BigInteger, nullable=False),
        sa.Column("reverted", sa.Boolean, nullable=False),
        sa.Column("executed", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("gas_used", sa.BigInteger, nullable=False),
        sa.Column("cost", _AMOUNT, nullable=False),
        sa.Column("reimbursed", _AMOUNT, nullable=False),
        sa.Column("credited", _AMOUNT, nullable=False),
        sa.Column("expected_profit", _AMOUNT, nullable=False),
        sa.Column("state", _WORD, nullable=False),
    )
    op.create_index("ix_entries_block", "entries", ["block"])
    op.create_index("ix_entries_state", "entries", ["state"])
    op.create_index("ix_entries_timestamp", "entries", ["timestamp"])
