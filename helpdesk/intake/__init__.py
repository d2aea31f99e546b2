"""How work arrives: the public form and the receipt."""
