"""The pipelines are valid, and every command in them works, with embedded shops in place of the containers."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import check_jsonschema
import click
import pytest
import yaml
from click.testing import CliRunner, Result

from tests.pipelines.sandbox import ROOT, Sandbox, normal
from updategate.cli import app
from updategate.evidence.reader import read_evidence

GITHUB = ROOT / "ci/pipelines/github-actions.yml"
GITLAB = ROOT / "ci/pipelines/gitlab-ci.yml"
COMPOSE = ROOT / "ci/compose/compose.yaml"
# the real image's tags, and what stands in for them here
IMAGES = {"dockware/shopware:6.6.10.2": "6.6.6.1", "dockware/shopware:6.7.2.2": "6.6.7.1"}


@pytest.mark.parametrize(
    ("schema", "file", "more"),
    [
        ("vendor.github-workflows", GITHUB, []),
        ("vendor.gitlab-ci", GITLAB, ["--data-transform", "gitlab-ci"]),
        ("vendor.compose-spec", COMPOSE, []),
    ],
)
def test_valid_by_the_published_schema(schema: str, file: Path, more: list[str], tmp_path: Path) -> None:
    def check(path: Path) -> Result:
        return CliRunner().invoke(check_jsonschema.main, ["--builtin-schema", schema, *more, str(path)])

    assert check(file).exit_code == 0, check(file).output
    broken = tmp_path / file.name
    text = re.sub(r"^(jobs|stages|services):", r"\1: 7 #", file.read_text("utf-8"), count=1, flags=re.MULTILINE)
    broken.write_text(text, encoding="utf-8")
    assert check(broken).exit_code == 1


def github() -> dict[str, Any]:
    return yaml.safe_load(GITHUB.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


class _GitlabLoader(yaml.SafeLoader):
    pass


def gitlab() -> dict[str, Any]:
    """The jobs with what they extend."""
    jobs: dict[str, Any] = yaml.load(GITLAB.read_text(encoding="utf-8"), _GitlabLoader)  # noqa: S506

    def whole(job: dict[str, Any]) -> dict[str, Any]:
        above = whole(jobs[job["extends"]]) if "extends" in job else {}
        merged = {**above, **job}
        merged["variables"] = {**above.get("variables", {}), **job.get("variables", {})}
        return merged

    return {name: whole(job) if (isinstance(job, dict) and "stage" in job) or "extends" in job else job
            for name, job in jobs.items()}  # fmt: skip


def filled(text: Any, known: dict[str, str]) -> str:
    """A value with its ``${{ expressions }}`` replaced; one that is not known here is an error."""

    def replace(match: re.Match[str]) -> str:
        return known[match[1].strip()]

    return re.sub(r"\$\{\{(.*?)\}\}", replace, str(text))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("pipelines"))
    yield made
    made.close()


SECRETS = {
    f"secrets.{name}": ""
    for name in (
        "UPDATEGATE_SIGNING_KEY", "STAGE_ACCESS_KEY", "STAGE_CLIENT_ID", "STAGE_CLIENT_SECRET",
        "PRODUCTION_ACCESS_KEY", "PRODUCTION_CLIENT_ID", "PRODUCTION_CLIENT_SECRET",
    )
}  # fmt: skip
STAGE_SECRETS = {"url": "URL", "access_key": "ACCESS_KEY", "client_id": "CLIENT_ID", "client_secret": "CLIENT_SECRET"}


class GithubJob:
    """Plays the steps of a job: their scripts for real, actions only by name."""

    def __init__(self, sandbox: Sandbox, name: str, known: dict[str, str], here: dict[str, str]) -> None:
        self.workflow, self.sandbox = github(), sandbox
        self.job = self.workflow["jobs"][name]
        self.known = {**SECRETS, **known}
        self.here = here

    def play(self) -> list[str]:
        told = []
        for step in self.job["steps"]:
            assert ("uses" in step) != ("run" in step)
            if "uses" in step:
                assert re.fullmatch(r"actions/[a-z-]+(/[a-z]+)?@v\d+", step["uses"])
                continue
            layers = [self.workflow["env"], self.job.get("env", {}), step.get("env", {})]
            variables = {
                name: filled(value, self.known) for layer in layers for name, value in layer.items()
            }  # later layers win, as with GitHub
            told.append(self.sandbox.run(step["run"], {**variables, **self.here}))
        return told


def secrets_of(shops: dict[str, dict[str, str]]) -> dict[str, str]:
    return {
        f"{prefix}_{variable}": shop[key] for prefix, shop in shops.items() for key, variable in STAGE_SECRETS.items()
    }


@pytest.fixture(scope="module")
def played(sandbox: Sandbox) -> Sandbox:
    """The sandbox after every job of the GitHub workflow has run in it."""
    jobs = github()["jobs"]
    matrix = jobs["run"]["strategy"]["matrix"]
    update = {name: str(value) for name, value in matrix["update"][0].items()}
    base = {"matrix.update.from": update["from"], "matrix.update.to": update["to"]}
    summary = sandbox.root / "reports" / "summary.md"
    for phase in matrix["phase"]:
        image_of = "matrix.phase == 'before' && matrix.update.from || matrix.update.to"
        version = update["from"] if phase == "before" else update["to"]
        image = filled(jobs["run"]["services"]["shop"]["image"], {image_of: version})
        shop = sandbox.shop(phase, IMAGES[image])
        here = {
            "SHOP_ADDRESS": shop["url"],
            "MAIL_SERVER": sandbox.mail["smtp"].removeprefix("smtp://"),
            "MAIL_URL": sandbox.mail["url"],
            "WORKERS": "0",
        }
        for shard in matrix["shard"]:
            known = {**base, "matrix.phase": phase, "matrix.shard": str(shard)}
            GithubJob(sandbox, "run", known, here).play()
    known = {**base, "github.token": "token-of-the-job", "github.event.number": "42"}
    here = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_API_URL": sandbox.notes.url,
        "GITHUB_REPOSITORY": "a/shop",
    }
    GithubJob(sandbox, "verdict", known, here).play()
    shops = {"STAGE": sandbox.shop("staging", "6.6.6.1"), "PRODUCTION": sandbox.shop("production", "6.6.6.1")}
    delivery = {
        "inputs.deliver": "staging",
        "inputs.deliver == 'test' && 'staging' || 'production'": "production",
    }
    GithubJob(sandbox, "update-stage", delivery, secrets_of(shops)).play()
    # what lies between: the merchant's own roll-out
    sandbox.shop("production", "6.6.7.1")
    GithubJob(sandbox, "check-production", {}, secrets_of(shops)).play()
    return sandbox


def test_every_command_of_the_github_workflow(played: Sandbox) -> None:
    sandbox, summary = played, played.root / "reports" / "summary.md"
    runs = sorted((sandbox.root / "reports/runs").glob("*/*"))
    assert [run.name for run in runs] == ["after-1", "after-2", "before-1", "before-2"]
    carried_out = {run.name: set(read_evidence(run).processes) for run in runs}
    assert carried_out["after-1"] | carried_out["after-2"] == {"CAT-010", "CAT-011"}
    assert carried_out["after-1"].isdisjoint(carried_out["after-2"])

    verdict = json.loads((sandbox.root / "reports/verdict/verdict.json").read_text(encoding="utf-8"))
    assert (verdict["verdict"], len(verdict["provenance"]["runs"])) == ("pass", 4)
    assert "6.6.6.1" in summary.read_text(encoding="utf-8")
    path, token, body = sandbox.notes.taken[0]
    assert (path, token) == ("/repos/a/shop/issues/42/comments", "Bearer token-of-the-job")
    assert "6.6.7.1" in json.loads(body)["body"]
    assert list((sandbox.root / "reports/allure-results").glob("*-result.json"))
    assert len(list((sandbox.root / "reports/durations").glob("*/evidence.jsonl"))) == 2

    assert sandbox.pushed()[-3:] == ["Check of production", "Promotion of staging to production", "Start"]
    assert (sandbox.root / "ci/promoted/production/verdict.json").is_file()


def test_every_command_of_the_gitlab_pipeline(played: Sandbox) -> None:
    """Most are the same, to the letter, as those of GitHub, which were executed; the others are executed here."""
    sandbox, jobs = played, gitlab()
    own = {
        "CI_MERGE_REQUEST_IID": "7",
        "NOTE_TOKEN": "note-token",
        "CI_API_V4_URL": f"{sandbox.notes.url}/api/v4",
        "CI_PROJECT_ID": "11",
        "LEDGER_TOKEN": "ledger-token",
        "CI_SERVER_HOST": "gitlab.example.test",
        "CI_PROJECT_PATH": "a/shop",
        "CI_COMMIT_REF_NAME": "main",
        "STAGE": "staging",
        "NEXT": "production",
    }
    scripts = [
        script
        for name, job in jobs.items()
        if isinstance(job, dict) and not name.startswith(".")
        for key in ("before_script", "script", "after_script")
        for script in job.get(key, [])
    ]
    assert len(scripts) >= 15
    number = 0
    for script in dict.fromkeys(scripts):
        if normal(script) in sandbox.executed:
            continue
        assert "curl" in script or "git push" in script, f"was not executed: {script}"
        if "git push" in script:
            number += 1
            sandbox.write(f"ci/promoted/note-{number}", "something to commit")
            subprocess.run(["git", "add", "ci/promoted"], cwd=sandbox.root, check=True)
        sandbox.run(script, own)
    path, token, body = sandbox.notes.taken[-1]
    assert (path, token) == ("/api/v4/projects/11/merge_requests/7/notes", "note-token")
    assert "6.6.7.1" in parse_qs(body)["body"][0]
    assert sorted(sandbox.pushed()[:2]) == ["Check of production", "Promotion of staging to production"]
    assert len(sandbox.pushed()) == 5


def test_both_pipelines_test_the_same_updates_in_the_same_shards() -> None:
    matrix = github()["jobs"]["run"]["strategy"]["matrix"]
    verdicts = github()["jobs"]["verdict"]["strategy"]["matrix"]["update"]
    updates = [(str(update["from"]), str(update["to"])) for update in matrix["update"]]
    assert [(str(update["from"]), str(update["to"])) for update in verdicts] == updates
    assert len(matrix["shard"]) == int(github()["env"]["SHARDS"])
    jobs = gitlab()
    for name in ("run-before", "run-after", "verdict"):
        assert [(row["FROM"], row["TO"]) for row in jobs[name]["parallel"]["matrix"]] == updates, name
    shards = {tuple(row["SHARD"]) for row in jobs["run-before"]["parallel"]["matrix"]}
    assert shards == {tuple(str(shard) for shard in matrix["shard"])}
    assert len(matrix["shard"]) == int(jobs["variables"]["SHARDS"])


def test_nothing_that_decides_is_swallowed() -> None:
    """Only a collecting run may end with 1 or 3; gate, update, promote and the check end their job themselves."""
    for file in (GITHUB, GITLAB):
        for line in file.read_text(encoding="utf-8").splitlines():
            deciding = re.search(r"updategate (gate|update|promote|rollout-check|ledger)\b", line)
            if deciding and not line.lstrip().startswith("#"):
                assert "||" not in line, line
        assert "|| true" not in file.read_text(encoding="utf-8")
        assert "continue-on-error" not in file.read_text(encoding="utf-8")


def test_the_containers_start_verbs_and_options_that_exist() -> None:
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    assert set(services) >= {"shop", "mailpit", "prometheus", "master", "worker"}
    told = [services[name]["command"] for name in ("master", "worker")]
    told += [
        re.sub(r"^#\s+", "", line).split()
        for line in COMPOSE.read_text(encoding="utf-8").splitlines()
        if line.startswith("#   .venv/bin/updategate fresh-shop")
    ]
    assert len(told) == 3
    for command in told:
        assert command[0] == ".venv/bin/updategate"
        arguments = [re.sub(r"\$\{\w+:-(\w+)\}", r"\1", part) for part in command[1:]]
        verb = app.get_command(click.Context(app), arguments[0])
        assert verb is not None
        verb.make_context(arguments[0], arguments[1:])


def test_no_secret_stands_in_a_pipeline() -> None:
    for file in (GITHUB, GITLAB, COMPOSE):
        for line in file.read_text(encoding="utf-8").splitlines():
            name = re.match(r"\s*(\w*(?:SECRET|TOKEN|ACCESS_KEY|SIGNING_KEY)\w*): (.+)", line)
            if name:
                assert name[2].startswith("${"), line
