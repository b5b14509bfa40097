"""Tests of the contracts, under ape on anvil: `ape test tests/contracts`."""
