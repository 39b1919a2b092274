"""The manifests start the verbs that exist, with the options that exist."""

import re
from pathlib import Path

import click
import pytest
import yaml

from updategate.cli import app

ROOT = Path(__file__).parents[2]


def commands():
    compose = yaml.safe_load((ROOT / "ci" / "load" / "compose.yaml").read_text())
    for name, service in compose["services"].items():
        yield f"compose {name}", service["command"]
    for document in yaml.safe_load_all((ROOT / "ci" / "load" / "kubernetes.yaml").read_text()):
        if document["kind"] == "Job":
            (container,) = document["spec"]["template"]["spec"]["containers"]
            yield document["metadata"]["name"], container["command"]


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_a_command_names_a_verb_and_options_that_exist(name, command):
    assert command[0] == ".venv/bin/updategate"
    arguments = [
        re.sub(r"\$\{\w+:-(\w+)\}", r"\1", part).replace("${ENVIRONMENT:?}", "staging") for part in command[1:]
    ]
    verb = app.get_command(click.Context(app), arguments[0])
    assert verb is not None
    context = verb.make_context(arguments[0], arguments[1:], resilient_parsing=False)
    assert context.params["env"] in {"staging", "ENVIRONMENT"}


def test_only_workers_reach_the_master():
    documents = list(yaml.safe_load_all((ROOT / "ci" / "load" / "kubernetes.yaml").read_text()))
    (policy,) = [document for document in documents if document["kind"] == "NetworkPolicy"]
    (source,) = policy["spec"]["ingress"][0]["from"]
    assert source["podSelector"]["matchLabels"]["role"] == "worker"


def test_no_secret_stands_in_a_manifest():
    for path in (ROOT / "ci" / "load").glob("*.yaml"):
        for line in path.read_text().splitlines():
            if "SECRET" in line or "ACCESS_KEY" in line:
                assert line.lstrip().startswith("#") or re.search(r"\$\{\w+:[?-]", line), line
