"""Numerics that know nothing of clusters: families, the Newton engine, segment sums, batches of rows."""
