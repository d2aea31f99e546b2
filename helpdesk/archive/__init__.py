"""A ticket as one archive; retention, legal holds and erasure."""
