"""Devices that the registered ones see, and nobody has registered."""
