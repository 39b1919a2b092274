"""What can go wrong between us and a connector, told for people."""

from __future__ import annotations

from updategate.clients.errors import CounterpartError


class ConnectorError(CounterpartError):
    """The connector could not be used: nothing is known of the shop then, so the process is broken and not failed."""


class ConnectorUnreachableError(ConnectorError):
    """The connector does not answer, or not as described."""

    def __init__(self, where: str, fault: str) -> None:
        super().__init__(f"The connector {where} cannot be used: {fault}. Check 'connector' in the environment file.")


class ConnectorStuckError(ConnectorError):
    """The connector was not idle in time."""

    def __init__(self, flows: str, seconds: float, told: str) -> None:
        super().__init__(
            f"The connector was still not idle {seconds:.0f} s after {flows} was started ({told}). "
            "If it only needs longer, raise 'connector.timeout' in the environment file."
        )
