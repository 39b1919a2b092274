"""What all facts of a run have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

VERSION = 1


class Fact(BaseModel):
    """Base of all parts of evidence: frozen; unknown keys of newer writers are kept out, not refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Amount(Fact):
    """Money on the wire."""

    amount: str
    currency: str


class Line(Fact):
    """What every line carries; ``seq`` and ``at`` are given by the writer."""

    v: int = VERSION
    seq: int = -1
    at: str = ""
    run: str = ""
    worker: str = "main"
