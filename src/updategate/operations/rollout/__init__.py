"""After a roll-out: is it what was validated, does it work, is it as fast as it was, and does it stay so."""
