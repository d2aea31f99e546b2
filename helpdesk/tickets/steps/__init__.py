"""The forms of the steps: one kind of output, one form. A step shows the forms of all it yields."""
