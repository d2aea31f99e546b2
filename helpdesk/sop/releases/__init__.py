"""Releases: versions that never change, what a new one changes, and the lock that holds them."""
