"""Data that ships with the package, as plain NumPy arrays."""

from tinytorch.datasets.digits import load_digits, split_digits

__all__ = ["load_digits", "split_digits"]
