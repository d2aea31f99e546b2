"""What is known of each platform, as data: one YAML file a platform."""
