"""The report's editor: working copy, versions, differences, comments, the way back."""
