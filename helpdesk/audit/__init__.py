"""The hash chain over everything that happened."""
