"""Documents of the shop are filed with the ERP's order."""

from __future__ import annotations

from updategate.embedded.connector.exchange import Exchange
from updategate.embedded.connector.problems import Problem, ShopRefusedError
from updategate.embedded.connector.shop import any_of


def run(exchange: Exchange) -> list[Problem]:
    """Fetch documents of open sales that were not fetched before."""
    sales = {key: entry for key, entry in exchange.memory.all("sale").items() if not entry.get("closed")}
    if not sales:
        return []
    problems: list[Problem] = []
    ids = list(sales)
    for begin in range(0, len(ids), 100):
        criteria = {
            "filter": [any_of("orderId", ids[begin : begin + 100])],
            "associations": {"documentType": {}},
        }
        for document in exchange.shop.everything("document", criteria):
            if exchange.memory.get("document", document["id"]):
                continue
            sale = sales[str(document["orderId"])]
            kind = str((document.get("documentType") or {}).get("technicalName") or "document")
            number = str((document.get("config") or {}).get("documentNumber") or document["id"][:8])
            try:
                content = exchange.shop.download(exchange.behaviour.document_path(document))
            except ShopRefusedError as refused:
                problems.append(Problem("documents", str(sale["number"]), refused.code, refused.detail))
                continue
            exchange.erp.attach(f"sale.sale,{sale['id']}", f"{kind}-{number}.pdf", content)
            exchange.memory.put("document", document["id"], number)
    return problems
