"""What runs outside the grader's process: the fork server, and the kernels that it forks. None imports tinytorch."""
