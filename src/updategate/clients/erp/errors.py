"""What can go wrong between us and an ERP, told for people."""

from __future__ import annotations

from updategate.clients.errors import CounterpartError


class ErpError(CounterpartError):
    """The ERP could not be used: nothing is known of the shop then, so the process is broken and not failed."""


class ErpUnreachableError(ErpError):
    """No connection to the ERP."""

    def __init__(self, where: str, fault: str) -> None:
        super().__init__(
            f"The ERP {where} cannot be reached: {fault}. Is the address under 'erp' right, and does the ERP run?"
        )


class ErpSignInError(ErpError):
    """The ERP refused the credentials."""

    def __init__(self, where: str, user: str) -> None:
        super().__init__(
            f"The ERP {where} refuses the credentials of {user or 'nobody'}. "
            "Check username and password under 'erp' in the environment file."
        )


class ErpRefusedError(ErpError):
    """The ERP answered a request with an error."""

    def __init__(self, what: str, told: str) -> None:
        super().__init__(f"The ERP refused to {what}: {told}")


class ErpLacksError(ErpError):
    """An adapter cannot do what a process needs of it."""

    def __init__(self, adapter: str, ability: str) -> None:
        super().__init__(f"The ERP adapter '{adapter}' has no {ability.replace('_', ' ')}.")
