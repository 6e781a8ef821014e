"""The tests. A package, so that helpers and programs are imported by one name from everywhere below the root."""
