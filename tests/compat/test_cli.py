"""The verb: exit codes, messages, files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.compat.bench import PHP, Bench, php
from updategate.cli import execute

GONE = "Shopware\\Core\\Checkout\\OldThing"


def arguments(bench: Bench, *more: str) -> list[str]:
    cores = ["--core", str(bench.before), "--core", str(bench.after)]
    versions = ["--from", "6.5.8.14", "--to", "6.6.0.0"]
    return ["compat", "--project", str(bench.project), *cores, *versions, "--no-cache", "--processes", "1", *more]


@pytest.mark.parametrize(("source", "code"), [("", 0), (f"new \\{GONE}();", 1), ("\0", 3)])
def test_exit_codes(bench: Bench, capsys: pytest.CaptureFixture[str], source: str, code: int) -> None:
    bench.core(php(GONE, "{}"), {}).plugin({"src/A.php": PHP + source})
    assert int(execute(arguments(bench, "--json"))) == code
    data = json.loads(capsys.readouterr().out)
    assert set(data) >= {"findings", "ran", "skipped"}
    assert data["counts"]["blocked"] == (1 if code == 1 else 0)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--core", "/nowhere"], "Core source /nowhere does not exist"),
        (["--to", "banana"], "--to: 'banana' is no Composer version"),
        (["--waivers", "/nowhere.yaml"], "Waiver file /nowhere.yaml cannot be read"),
        (["--plugin", "Nobody"], "No plugin named Nobody"),
        (["--destructive", "everything"], "'safe', 'blue-green', 'all'"),
    ],
)
def test_usage_errors(bench: Bench, capsys: pytest.CaptureFixture[str], more: list[str], message: str) -> None:
    bench.core({}, {}).plugin({"src/A.php": PHP})
    assert int(execute(arguments(bench, *more))) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert "Traceback" not in captured.err


def test_text_output(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.core(php(GONE, "{}"), {}).plugin({"src/A.php": f"{PHP}new \\{GONE}();"})
    assert int(execute(arguments(bench))) == 1
    text = capsys.readouterr().out
    assert "AcmeExample 1.0.0 (store vendor): 1 blocked" in text
    assert "src/A.php:2" in text
    assert "What was checked" in text


def test_every_output_at_once(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench.core(php(GONE, "{}"), {}).plugin({"src/A.php": f"{PHP}new \\{GONE}();"})
    out = tmp_path / "out"
    files = ["--sarif", f"{out}/a.sarif", "--junit", f"{out}/a.xml", "--gitlab", f"{out}/a.json"]
    more = ["--adjustments", f"{out}/doc", "--evidence", f"{out}/run", "--environment", "staging", "--github"]
    assert int(execute(arguments(bench, *files, *more))) == 1
    written = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    documents = {f"doc/adjustments.{name}" for name in ("json", "en.md", "en.html", "de.md", "de.html")}
    assert written == {"a.sarif", "a.xml", "a.json", "run/evidence.jsonl", *documents}
    captured = capsys.readouterr()
    assert captured.out.startswith("::error file=custom/plugins/AcmeExample/src/A.php,line=2")
    assert captured.err.count("Written: ") == 9


def test_same_evidence_folder_twice_is_refused(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.core({}, {}).plugin({"src/A.php": PHP})
    assert int(execute(arguments(bench, "--evidence", str(tmp_path / "run")))) == 0
    assert int(execute(arguments(bench, "--evidence", str(tmp_path / "run")))) == 2
    assert "exists already" in capsys.readouterr().err


def test_announcements_stand_in_for_a_target_that_is_not_at_hand(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "Shopware\\Core\\Checkout\\Payment\\Cart\\PaymentHandler\\AsynchronousPaymentHandlerInterface"
    head = "/** @deprecated tag:v6.7.0 - will be removed, extend AbstractPaymentHandler instead */"
    bench.core(php(name, "{}", kind="interface", head=head), {})
    bench.plugin({"src/A.php": f"{PHP}class A implements \\{name} {{}}"}, require={"shopware/core": "~6.6.0"})
    command = [
        "compat",
        "--project",
        str(bench.project),
        "--core",
        str(bench.before),
        "--from",
        "6.6.7.1",
        "--to",
        "6.7.2.0",
    ]
    assert int(execute([*command, "--no-cache", "--processes", "1", "--announced", "--json"])) == 1
    data = json.loads(capsys.readouterr().out)
    levels = {item["check"]: item["level"] for item in data["findings"]}
    assert levels == {
        "composer-constraint": "blocked",
        "announced-removal": "review",
        "rule:payment-handler-interface": "review",
    }
    assert "was not compared" in data["incomplete"][0]


def test_waivers_and_block_comments(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench.core(php(GONE, "{}"), {})
    view = "{% sw_extends '@Storefront/storefront/base.html.twig' %}\n{% block base_body %}x{% endblock %}"
    bench.plugin({"src/A.php": f"{PHP}new \\{GONE}();", "src/Resources/views/storefront/base.html.twig": view})
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("waivers:\n  - {id: AcmeExample/symbol-missing/*, expires: 2999-01-01, reason: test}\n")
    assert int(execute(arguments(bench, "--waivers", str(waivers), "--write-block-comments"))) == 0
    assert "Suppressed by waivers" in capsys.readouterr().out
    marked = bench.project / "custom/plugins/AcmeExample/src/Resources/views/storefront/base.html.twig"
    assert "{# shopware-block: " in marked.read_text()
