"""`taskwork`: questions about tasks, asked from a terminal."""

from __future__ import annotations

import click


@click.group()
@click.version_option(package_name="taskwork")
def main() -> None:
    """Ask a Taskwork deployment about its tasks."""
