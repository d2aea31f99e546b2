"""Numbers of official papers: the office's patterns, a counter a year, the register of numbers."""
