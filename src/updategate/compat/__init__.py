"""What a target version changed and which plugin code it hits: source in, findings out."""
