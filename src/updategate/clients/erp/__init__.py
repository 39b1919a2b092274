"""The ERP: a port, and adapters that environment files choose by name (entry points ``updategate.erp``)."""

from updategate.clients.erp.errors import (
    ErpError,
    ErpLacksError,
    ErpRefusedError,
    ErpSignInError,
    ErpUnreachableError,
)
from updategate.clients.erp.port import ABILITIES, Erp
from updategate.domain.erp import (
    Address,
    Article,
    CreditNote,
    Customer,
    LeftBehind,
    OrderLine,
    Paper,
    SalesOrder,
    Shipment,
    StockLevel,
    TierPrice,
)

__all__ = [
    "ABILITIES", "Address", "Article", "CreditNote", "Customer", "Erp", "ErpError", "ErpLacksError", "ErpRefusedError",
    "ErpSignInError", "ErpUnreachableError", "LeftBehind", "OrderLine", "Paper", "SalesOrder", "Shipment", "StockLevel",
    "TierPrice",
]  # fmt: skip
