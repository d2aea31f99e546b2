"""What was not done as the SOP says: found from the record, with who, when and why."""
