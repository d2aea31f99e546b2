"""A small government network on loopback, for the demo and the tests."""
