"""``ci/bench-mutation``: mutation testing of ``baseline``.

Each mutant is one small wrong change that a test has to find. A module's mutants are run against that module's
own tests, in a copy of the sources.
"""

from __future__ import annotations

import ast
import copy
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from updategate.config.process_environment import for_child

TESTS = {
    "quantiles": ("tests/baseline/test_quantiles.py",),
    "boundaries": ("tests/baseline/test_boundaries.py",),
    "decision": ("tests/baseline/test_decision.py",),
    "pairing": ("tests/baseline/test_pairing.py",),
    "failures": ("tests/baseline/test_failures.py",),
    "stored": ("tests/baseline/test_stored.py",),
    "files": ("tests/baseline/test_files.py",),
    "exact": ("tests/baseline/test_exact.py",),
    "paired": ("tests/baseline/test_paired.py",),
    "server": ("tests/baseline/test_server.py",),
    "comparison": ("tests/campaign/test_side_by_side.py",),
}
_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
}
Change = Callable[[ast.AST], None]


@dataclass(frozen=True)
class Mutation:
    """One wrong change: in which module and line, and what it is."""

    module: str
    line: int
    what: str
    index: int
    change: Change


def _changes_of(node: ast.AST) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARE:
        other = _COMPARE[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} → {other.__name__}", lambda n: setattr(n, "ops", [other()])
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        turned = _ARITHMETIC[type(node.op)]
        yield f"{type(node.op).__name__} → {turned.__name__}", lambda n: setattr(n, "op", turned())
    if isinstance(node, ast.BoolOp):
        joined = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{type(node.op).__name__} → {joined.__name__}", lambda n: setattr(n, "op", joined())
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        number = node.value
        value = number + 1 if isinstance(number, int) else number * 1.5 + 0.01
        yield f"{number} → {value}", lambda n: setattr(n, "value", value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "-x → +x", lambda n: setattr(n, "op", ast.UAdd())


def mutations_of(module: str, tree: ast.Module) -> list[Mutation]:
    """All mutations of a module, but for annotations and docstrings, which decide nothing."""
    found = []
    skipped = {id(part) for node in ast.walk(tree) for field in _annotations(node) for part in ast.walk(field)}
    for index, node in enumerate(ast.walk(tree)):
        if id(node) in skipped:
            continue
        found += [
            Mutation(module, getattr(node, "lineno", 0), what, index, change) for what, change in _changes_of(node)
        ]
    return found


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    for name in ("annotation", "returns"):
        field = getattr(node, name, None)
        if isinstance(field, ast.AST):
            yield field


def mutated_source(tree: ast.Module, mutation: Mutation) -> str:
    """The module's source with one mutation."""
    changed = copy.deepcopy(tree)
    for index, node in enumerate(ast.walk(changed)):
        if index == mutation.index:
            mutation.change(node)
            break
    return ast.unparse(ast.fix_missing_locations(changed))


def survives(root: Path, copy_of_sources: Path, mutation: Mutation, source: str) -> bool:
    """Whether the module's tests still pass with the mutation."""
    target = copy_of_sources / "updategate" / "baseline" / f"{mutation.module}.py"
    original = target.read_text(encoding="utf-8")
    target.write_text(source, encoding="utf-8")
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [
                sys.executable,
                "-m",
                "pytest",
                "-x",
                "-q",
                "-p",
                "no:cacheprovider",
                "-p",
                "no:randomly",
                *TESTS[mutation.module],
            ],
            cwd=root,
            env=for_child({"PYTHONPATH": str(copy_of_sources), "PYTHONDONTWRITEBYTECODE": "1"}),
            capture_output=True,
            check=False,
            timeout=600,
        )
    except subprocess.TimeoutExpired:
        return False  # a mutant that never ends is found
    finally:
        target.write_text(original, encoding="utf-8")
    return done.returncode == 0


@click.command("bench-mutation")
@click.option("--module", "modules", multiple=True, type=click.Choice(list(TESTS)), help="Default: all.")
@click.option("--sample", default=60, show_default=True, help="So many mutants, chosen by the seed; 0: all of them.")
@click.option("--seed", default=1, show_default=True)
@click.option("--goal", default=0.85, show_default=True, help="Least share that has to be found.")
def bench_mutation(modules: tuple[str, ...], sample: int, seed: int, goal: float) -> None:
    """Make small wrong changes to the statistics, and count how many of them a test finds."""
    root = Path.cwd()
    folder = root / "src" / "updategate" / "baseline"
    trees = {name: ast.parse((folder / f"{name}.py").read_text(encoding="utf-8")) for name in modules or TESTS}
    mutations = [mutation for name, tree in trees.items() for mutation in mutations_of(name, tree)]
    if sample and sample < len(mutations):
        mutations = random.Random(seed).sample(mutations, sample)  # noqa: S311 - a choice, not a secret
    survivors = []
    with tempfile.TemporaryDirectory(prefix="bench-mutation-") as name:
        sources = Path(name) / "src"
        shutil.copytree(root / "src", sources, ignore=shutil.ignore_patterns("__pycache__"))
        for number, mutation in enumerate(mutations, start=1):
            if survives(root, sources, mutation, mutated_source(trees[mutation.module], mutation)):
                survivors.append(mutation)
                click.echo(f"survived: {mutation.module}.py:{mutation.line} {mutation.what}")
            if number % 10 == 0:
                click.echo(f"  {number} of {len(mutations)}, {len(survivors)} survived", err=True)
    share = 1 - len(survivors) / len(mutations) if mutations else 0.0
    click.echo(f"{len(mutations) - len(survivors)} of {len(mutations)} mutants found: {share:.0%} (goal {goal:.0%})")
    sys.exit(0 if share >= goal else 1)


if __name__ == "__main__":
    bench_mutation()
