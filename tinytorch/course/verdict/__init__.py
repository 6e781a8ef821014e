"""From a submission's run to a verdict on each test."""
