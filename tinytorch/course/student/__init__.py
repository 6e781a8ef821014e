"""What a student runs: `tito check`, `tito reset` and `tito lab`."""
