"""When devices are read and health reports are made: schedules that a person edits."""
