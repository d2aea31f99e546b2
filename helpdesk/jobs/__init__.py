"""Work that nobody waits for: tasks, their clock, the leader."""
