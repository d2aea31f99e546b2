"""The clock of a step: an append-only ledger, and the deadline derived from it."""
