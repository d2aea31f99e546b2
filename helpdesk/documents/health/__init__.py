"""Health reports: what the devices of a site or a group were like over a day, a week or a month."""
