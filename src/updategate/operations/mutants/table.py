"""``docs/mutants.md``: what the gate catches, for people."""

from __future__ import annotations

from pathlib import Path

from updategate.operations.mutants.kept import Kept
from updategate.operations.mutants.results import Result

PAGE = Path("docs") / "mutants.md"
HEAD = """# What the gate catches

Each mutant is the reference shop (or its connector) with one seeded defect, modelled on a defect that real shops had.
The shop is validated as Shopware 6.6.6.1, updated to 6.6.7.1 with the mutant in it, validated again, and judged by the
gate. A mutant counts as caught only if the verdict is *fail*, by a process that stands for an area which the mutant can
touch, with the expected and the actual value. Written by `updategate mutants --table` from `ci/mutants/results.json`;
not edited by hand.
"""
LONGEST = 90


def page_of(kept: Kept) -> str:
    """The whole page, as Markdown."""
    parts = [HEAD, _summary(kept), *(_group(kept, group) for group in _groups(kept))]
    missed = [result for result in kept.results.values() if result.outcome != "caught"]
    if missed:
        parts.append(_missed(kept, missed))
    if kept.useless is not None:
        told = ", ".join(kept.useless) or "none"
        parts.append(f"## Processes that catch no mutant\n\n{told}\n")
    if kept.fragile is not None:
        rows = [f"| {process} | {name} |" for name, process in sorted(kept.fragile.items(), key=lambda one: one[::-1])]
        parts.append("\n".join(["## Caught by one process alone\n", "| process | mutant |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _groups(kept: Kept) -> list[str]:
    return list(dict.fromkeys(result.group for result in kept.results.values()))


def _summary(kept: Kept) -> str:
    rows = ["| group | caught | of |", "|---|---|---|"]
    for group in _groups(kept):
        own = [result for result in kept.results.values() if result.group == group]
        rows.append(f"| {group} | {sum(result.outcome == 'caught' for result in own)} | {len(own)} |")
    rows.append(f"| **all** | **{len(kept.caught)}** | **{len(kept.results)}** |")
    silent = sum(result.seconds for result in kept.results.values())
    told = f"\nShop time of all mutants together: {silent / 60:.0f} minutes.\n"
    if kept.healthy:
        healthy = kept.healthy
        told += (
            f"\nFalse alarms: {healthy['alarms']} in {healthy['runs']} runs on the healthy shop, "
            f"{healthy['runs_with_erp']} of them with an ERP (`ci/healthy-runs`).\n"
        )
    return "\n".join(rows) + "\n" + told


def _group(kept: Kept, group: str) -> str:
    rows = [
        f"## {group}\n",
        "| mutant | defect | modelled on | caught by | expected | actual | s |",
        "|---|" + "---|" * 6,
    ]
    rows += [_row(result) for result in kept.results.values() if result.group == group]
    return "\n".join(rows) + "\n"


def _row(result: Result) -> str:
    first = result.by[0] if result.by else None
    cells = [
        f"`{result.name}`",
        result.description,
        _source(result.source),
        first.by if first else f"**{_outcome(result)}**",
        first.expected if first else "",
        first.actual if first else "",
        f"{result.seconds:.0f}",
    ]
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _outcome(result: Result) -> str:
    """The outcome, or that the search is not over."""
    return "not yet caught" if result.left and result.outcome != "caught" else result.outcome


def _source(source: str) -> str:
    if "#" in source and "/" in source and " " not in source:
        repository, _, number = source.partition("#")
        return f"[{source}](https://github.com/{repository}/issues/{number})"
    return source.removeprefix("class: ")


def _cell(text: str) -> str:
    flat = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    if len(flat) > LONGEST and not flat.startswith("["):
        flat = flat[: LONGEST - 1].rstrip() + "…"
    return flat


def _missed(kept: Kept, missed: list[Result]) -> str:
    rows = ["## Not caught\n", "| mutant | outcome | why |", "|---|---|---|"]
    for result in missed:
        near = "; ".join(f"{name}: {why}" for name, why in result.unclear.items())
        still = f"not looked for yet by {', '.join(result.left)} processes" if result.left else ""
        if result.outcome == "untried":
            still = "it has not had its turn yet"
        why = kept.excused.get(result.name) or result.problem or near or still or "no process asserts what it breaks"
        rows.append(f"| `{result.name}` | {_outcome(result)}, verdict {result.verdict} | {' '.join(why.split())} |")
    return "\n".join(rows) + "\n"
