"""The whole evaluation of an update: before run, update commands, after run, verdict, and the way back."""
