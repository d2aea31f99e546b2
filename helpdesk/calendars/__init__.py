"""Working time: the hours of the office, to the minute."""
