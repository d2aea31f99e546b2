"""SSH: allow-listed commands over netmiko, checked host keys, secrets masked."""
