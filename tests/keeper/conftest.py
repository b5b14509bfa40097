"""What the keeper's tests share."""

import warnings

with warnings.catch_warnings():
    # web3 imports a part of websockets that is deprecated; every other warning is an error.
    warnings.filterwarnings("ignore", "websockets.legacy is deprecated", DeprecationWarning)
    from tests.support.chain import chain, node
    from tests.support.postgres import postgres

__all__ = ["chain", "node", "postgres"]
