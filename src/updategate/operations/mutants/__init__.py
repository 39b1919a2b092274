"""The sweep: every mutant of the reference shop and of its connector, and whether the gate catches it.

A suite is worth what it detects. So each mutant is updated to, as a shop is: the run before the update on a healthy
older version, then the same database served by the new version with the mutant in it, the run after, and the gate.
"""
