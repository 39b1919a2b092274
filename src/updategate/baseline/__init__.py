"""Stored runs, comparison, statistics: pure judgement over samples that others collected."""
