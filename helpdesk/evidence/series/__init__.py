"""Time series of what the snapshots showed: rates of ports and meters of devices, rolled up and forgotten."""
