"""What the benchmarks compare with: code as somebody would write it by hand, and plain SQL."""
