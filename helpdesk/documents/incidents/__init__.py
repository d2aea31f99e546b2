"""The set of evidence of an automatic ticket: gathered, drawn and frozen."""
