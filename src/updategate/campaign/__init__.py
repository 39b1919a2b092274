"""The side-by-side performance comparison: asks load for the next unit, and baseline whether it is enough."""
