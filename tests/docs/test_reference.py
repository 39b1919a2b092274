"""The reference documentation cannot fall behind the code."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import jsonschema
import pytest

from tests.gate.conftest import OLD, PASSED, Judged, RunOf, failed, judged, write_run
from updategate.cli import VERBS
from updategate.cli.schema import SCHEMAS, schema_text
from updategate.config.exit_codes import ExitCode

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
__all__ = ["judged"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_stored_schema_is_the_one_of_the_code(name: str) -> None:
    stored = REFERENCE / f"{name}.schema.json"
    if os.environ.get("UPDATE_GOLDEN"):
        stored.write_text(schema_text(name), encoding="utf-8")
    assert stored.read_text(encoding="utf-8") == schema_text(name)
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text(name)))


def test_a_verdict_satisfies_its_published_schema(judged: Judged) -> None:
    verdict = judged(RunOf(PASSED, build=OLD), RunOf({**PASSED, "CHK-001": failed("CHK-001")}))
    schema = json.loads((REFERENCE / "verdict.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(verdict.to_json()), schema)


def test_every_line_of_evidence_satisfies_its_published_schema(tmp_path: Path) -> None:
    schema = json.loads((REFERENCE / "evidence.schema.json").read_text(encoding="utf-8"))
    lines = (write_run(tmp_path / "run", RunOf(PASSED)) / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 8
    for line in lines:
        jsonschema.validate(json.loads(line), schema)


def test_every_verb_and_exit_code_is_documented() -> None:
    text = (REFERENCE / "command-line.md").read_text(encoding="utf-8")
    for verb in VERBS:
        assert f"## `updategate {verb}" in text, f"docs/reference/command-line.md lacks the verb {verb}"
    for code in ExitCode:
        assert f"| {int(code)} |" in text


def test_every_reason_code_is_documented() -> None:
    text = (REFERENCE / "verdict.md").read_text(encoding="utf-8")
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/updategate/gate").glob("*.py"))
    codes = set(re.findall(r'(?:code=|doubt\(\s*|_reason\(entry, )"([a-z_]+)"', source))
    assert len(codes) > 15
    undocumented = sorted(code for code in codes if f"`{code}`" not in text)
    assert undocumented == []
