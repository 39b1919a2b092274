"""The connector: a port, and adapters that environment files choose by name (entry points ``updategate.connector``)."""

from updategate.clients.connector.context import ConnectorContext
from updategate.clients.connector.errors import ConnectorError, ConnectorStuckError, ConnectorUnreachableError
from updategate.clients.connector.fault_control import Fault, FaultControl
from updategate.clients.connector.port import FLOWS, Complaint, Connector, Report, Run

__all__ = [
    "FLOWS", "Complaint", "Connector", "ConnectorContext", "ConnectorError", "ConnectorStuckError",
    "ConnectorUnreachableError", "Fault", "FaultControl", "Report", "Run",
]  # fmt: skip
