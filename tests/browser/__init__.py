"""What people see: the course in a real browser."""
