"""The contract between a connector and the shop: recorded in one run, replayed against another version."""

from updategate.operations.contract.comparison import Change, changes_between
from updategate.operations.contract.recording import Recording, record
from updategate.operations.contract.replaying import Replay, replay
from updategate.operations.contract.tape import Exchange, Reads, read_tape, reads_from

__all__ = [
    "Change", "Exchange", "Reads", "Recording", "Replay", "changes_between", "read_tape", "reads_from", "record",
    "replay",
]  # fmt: skip
