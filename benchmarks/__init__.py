"""Ratios against other ways of doing the same; see README.md."""
