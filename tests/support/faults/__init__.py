"""A JSON-RPC proxy before a real node that misbehaves as it is told: `running_proxy`."""
