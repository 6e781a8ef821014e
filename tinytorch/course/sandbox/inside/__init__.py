"""What runs on the other side: the process that kernels are forked from, and the kernel. Each file stands alone."""
