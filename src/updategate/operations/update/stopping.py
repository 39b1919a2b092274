"""Why an update stops half-way."""

from __future__ import annotations

from updategate.config.exit_codes import ExitCode


class UpdateStoppedError(Exception):
    """The update cannot go on; ``code`` says how the verb ends, the message what to do."""

    def __init__(self, message: str, code: ExitCode = ExitCode.INCONCLUSIVE) -> None:
        super().__init__(message)
        self.code = code
