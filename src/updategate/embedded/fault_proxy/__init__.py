"""A proxy between a connector and a shop, as a process of its own: it disturbs as told, and keeps what it saw."""
