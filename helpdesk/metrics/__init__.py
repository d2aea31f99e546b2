"""Figures of the running product for Prometheus: how much waits, how late, how well the devices are."""
