"""What the scenarios share."""

import warnings

with warnings.catch_warnings():
    # web3 imports a part of websockets that is deprecated; every other warning is an error.
    warnings.filterwarnings("ignore", "websockets.legacy is deprecated", DeprecationWarning)
    import benchmarks.chain  # noqa: F401
