"""What people read: tables in the terminal, report.html, feedback pages, CSV files."""
