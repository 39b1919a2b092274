"""Record types, the single JSON Lines writer, the reader, provenance and build fingerprint."""
