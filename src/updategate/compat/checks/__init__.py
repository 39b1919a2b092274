"""The checks, each a function from a case to what it found and how many places it looked at."""
