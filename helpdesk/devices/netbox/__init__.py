"""The list of devices that a NetBox keeps: its JSON export, and its API."""
