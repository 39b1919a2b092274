"""Rule packs: one YAML file for each major step, read by `updategate.compat.rule_packs`."""
