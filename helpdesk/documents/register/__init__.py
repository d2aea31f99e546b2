"""The register book: one line a ticket of a year, on the page and as a book to print."""
