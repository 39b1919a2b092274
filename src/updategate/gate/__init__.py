"""judge(after, before, policy, now) -> Verdict: pure."""
