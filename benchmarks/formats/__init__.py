"""One small reader per file format; `benchmarks.instances.read_instance` chooses among them."""
