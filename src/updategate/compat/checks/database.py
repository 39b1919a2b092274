"""Raw SQL of a plugin against columns and tables that destructive migrations drop in the chosen mode.

`system:update:finish` runs `database:migrate-destructive` with `--version-selection-mode` (source: Shopware's
MigrationCollectionLoader): `safe` runs the destructive half of majors up to two before the target's, `blue-green` up to
one before (two on x.0), `all` every one.
"""

from __future__ import annotations

import re
from typing import Any

from updategate.compat.case import Case, Probe
from updategate.compat.model import Effort, Level
from updategate.compat.versions import Version

CHECK = "sql-dropped-column"
MODES = ("safe", "blue-green", "all")
_STATEMENT = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\b.+\bSET\b|\bDELETE\s+FROM\b|\bALTER\s+TABLE\b|"
    r"\bREPLACE\s+INTO\b",
    re.IGNORECASE | re.DOTALL,
)


def last_destructive_major(version: Version, mode: str) -> tuple[int, int]:
    """The newest major whose destructive migrations run when a shop is updated to this version."""
    first, second = version.major
    if mode == "all":
        return first, second
    if mode == "blue-green":
        return first, second - (2 if version.numbers[2] == 0 else 1)
    return first, second - 2


def dropped(case: Case) -> list[list[Any]]:
    """Drops that this update runs for the first time."""
    last = last_destructive_major(case.version_to, case.destructive)
    done = last_destructive_major(case.version_from, case.destructive) if case.version_from is not None else (0, 0)
    old = {tuple(drop[:4]) for drop in case.old.drops} if case.old is not None else set()
    result = []
    for drop in case.new.drops:
        major = tuple(int(part) for part in drop[0].split("."))
        if major <= last and (major > done or tuple(drop[:4]) not in old):
            result.append(drop)
    return result


def check_database(case: Case) -> Probe:
    """String literals that look like SQL."""
    probe = Probe(case, CHECK)
    if case.version_from is None:
        probe.skip("SQL", "without the source version nothing can be said about which migrations are new")
        return probe
    drops = dropped(case)
    for php in case.facts.php:
        for literal in php.literals:
            if not _STATEMENT.search(literal.text):
                continue
            probe.look()
            for major, _, table, column, path in drops:
                if _mentions(literal.text, table, column):
                    what = f"{table}.{column}" if column else table
                    probe.find(
                        Level.BLOCKED if _is_exact(literal.text, table, column) else Level.REVIEW,
                        php.path, literal.line, what,
                        f"SQL names {what}, which a destructive migration of {major} drops in mode {case.destructive}.",
                        effort=Effort.MEDIUM, evidence=case.source_after.link(path),
                    )  # fmt: skip
    return probe


def _word(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w-])`?{re.escape(name)}`?(?![\w-])", text) is not None


def _mentions(sql: str, table: str, column: str) -> bool:
    if not _word(sql, table):
        return False
    # A table's own name is no mention of a column that is called like it.
    rest = re.sub(rf"\b(FROM|JOIN|INTO|UPDATE|TABLE)\s+`?{re.escape(table)}`?(?!\w)", " ", sql, flags=re.IGNORECASE)
    rest = re.sub(rf"`?{re.escape(table)}`?\.(?=[`\w])", " ", rest)
    return not column or _word(rest, column)


def _is_exact(sql: str, table: str, column: str) -> bool:
    """Whether the column certainly belongs to the table: qualified with it or its alias, or it is the only table."""
    tables = set(re.findall(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+`?(\w+)`?", sql, re.IGNORECASE))
    if table not in tables:
        return False
    if not column or tables == {table}:
        return True
    alias = re.search(rf"`?{re.escape(table)}`?\s+(?:AS\s+)?`?(\w+)`?", sql, re.IGNORECASE)
    names = {table, alias[1]} if alias else {table}
    return any(re.search(rf"`?{re.escape(name)}`?\.`?{re.escape(column)}`?(?!\w)", sql) for name in names)
