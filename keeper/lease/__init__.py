"""The right to be the one keeper that sends with a key: a file's lock, or a database's."""

from keeper.lease.choice import choose_lease
from keeper.lease.file import FileLease
from keeper.lease.postgres import PostgresLease, lease_key

__all__ = ["FileLease", "PostgresLease", "choose_lease", "lease_key"]
