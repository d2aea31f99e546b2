"""People, the offices they hold, and their sign-in."""
