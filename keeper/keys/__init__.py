"""The executor's key: in the environment, in a keystore, or with a remote signer. None: dry run."""

from keeper.keys.choice import load_signer

__all__ = ["load_signer"]
