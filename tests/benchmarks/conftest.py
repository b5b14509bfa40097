"""What the benchmarks' tests share."""

import warnings

with warnings.catch_warnings():
    # web3 imports a part of websockets that is deprecated; every other warning is an error.
    warnings.filterwarnings("ignore", "websockets.legacy is deprecated", DeprecationWarning)
    import benchmarks.curves  # noqa: F401
