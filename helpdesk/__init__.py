"""Disposisi: a helpdesk that executes an official SOP. Importing this package loads nothing else."""
