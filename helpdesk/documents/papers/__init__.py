"""Papers of any procedure: drawn from outputs by the sections of its file, numbered and signed."""
