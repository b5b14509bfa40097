"""What several suites share: a thin JSON-RPC client, logs and errors, the books."""
