"""What is frozen of a device when its trouble opens a ticket: the set, when it is due, how it is kept."""
