"""Tickets that findings open: one for each thing, appended to, and ended by a person."""
