"""Environment, policy, registry: YAML to frozen objects, or a ConfigError that names file, key and cure."""
