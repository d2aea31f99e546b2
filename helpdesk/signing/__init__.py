"""Keys people sign with, and electronic signatures on papers."""
