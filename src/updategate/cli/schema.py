"""``updategate schema``: the JSON schemas of the files that users write and read."""

from __future__ import annotations

import json
from typing import Any

import click
from pydantic import TypeAdapter

from updategate.baseline.files import Baseline
from updategate.config.environment import Environment
from updategate.config.monitoring import Monitoring
from updategate.config.policy import Policy
from updategate.config.price_list import PriceList
from updategate.config.profile import Profile
from updategate.config.registry import Registry
from updategate.config.stages import Stages
from updategate.config.update_plan import UpdatePlan
from updategate.evidence.records import RECORD
from updategate.gate.verdict import Verdict
from updategate.promotion.ledger import Entry
from updategate.promotion.signing import Signature

SCHEMAS: dict[str, TypeAdapter[Any]] = {
    "environment": TypeAdapter(Environment),
    "policy": TypeAdapter(Policy),
    "processes": TypeAdapter(Registry),
    "update-plan": TypeAdapter(UpdatePlan),
    "evidence": RECORD,
    "verdict": TypeAdapter(Verdict),
    "profile": TypeAdapter(Profile),
    "price-list": TypeAdapter(PriceList),
    "monitoring": TypeAdapter(Monitoring),
    "baseline": TypeAdapter(Baseline),
    "stages": TypeAdapter(Stages),
    "promotions": TypeAdapter(Entry),
    "signature": TypeAdapter(Signature),
}


def schema_text(name: str) -> str:
    """The schema of one kind of file, as kept in ``docs/reference/<name>.schema.json``."""
    mode = "serialization" if name in ("evidence", "verdict", "promotions", "signature") else "validation"
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"updategate {name}",
        **SCHEMAS[name].json_schema(by_alias=True, mode=mode),  # type: ignore[arg-type]
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


@click.command()
@click.argument("name", type=click.Choice(sorted(SCHEMAS)))
def schema(name: str) -> None:
    """Print the JSON schema of a kind of file (an editor can check YAML files by it)."""
    click.echo(schema_text(name), nl=False)
