"""The life of a ticket: from its number to its closing."""
