"""For everybody, student or not."""
