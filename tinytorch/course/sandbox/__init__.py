"""Running code that nobody trusts: kernels in bubblewrap, with limits."""
