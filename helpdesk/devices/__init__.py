"""Sites, devices and credentials as the desk knows them; the only door to the collectors."""
