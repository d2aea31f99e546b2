"""Sweeps: a range of addresses that a person confirmed is asked who answers."""
