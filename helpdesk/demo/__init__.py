"""The demo: an invented office, a network on loopback, and one command that runs them all."""
