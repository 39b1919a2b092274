"""From test through staging to production: what was validated is what moves on."""
