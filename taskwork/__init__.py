"""Taskwork: scheduled calls and proven work for Ethereum."""
