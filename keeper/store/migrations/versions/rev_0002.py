"""Definitions of committed tasks. Where events are indexed already, the index is built anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and forget an index that lacks its contents."""
    op.create_table(
        "definitions",
        sa.Column("task_hash", sa.String(66), primary_key=True),
        sa.Column("block", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(42), nullable=False),
        sa.Column("gas", sa.BigInteger, nullable=False),
        sa.Column("target", sa.String(42), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("nonce", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_definitions_block", "definitions", ["block"])
    for table in ("cursors", "blocks", "events", "tasks"):
        op.execute(sa.delete(sa.table(table)))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("definitions")
