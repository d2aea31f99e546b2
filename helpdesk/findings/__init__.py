"""What is wrong on the network: found in the snapshots, followed until it is over."""
