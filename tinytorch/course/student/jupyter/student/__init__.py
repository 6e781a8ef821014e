"""Settings for students."""
