"""Snapshots and files, frozen and hashed."""
