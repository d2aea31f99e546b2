"""The running configurations of devices: read, masked, and kept for as long as they differ."""
