"""What the students build: generated from the notebooks by nbdev, never edited by hand."""
