"""Parts of mails that show an order, as text and as HTML."""

from __future__ import annotations

WORDS = {
    "en": {
        "header": "Pos.   Prod. No.   Description   Quantities   Price   Total",
        "columns": ("Prod. no.", "Description", "Quantities", "Price", "Total"),
        "shipping": "Shipping costs",
        "net": "Net total",
        "including": "including {rate}% VAT. {tax}",
        "plus": "plus {rate}% VAT. {tax}",
        "gross": "Total gross",
        "billing_address": "Billing address",
        "shipping_address": "Shipping address",
        "vat_id": "Your VAT-ID",
    },
    "de": {
        "header": "Pos.   Artikel-Nr.   Beschreibung   Menge   Preis   Summe",
        "columns": ("Produkt-Nr.", "Bezeichnung", "Menge", "Preis", "Summe"),
        "shipping": "Versandkosten",
        "net": "Gesamtkosten Netto",
        "including": "inkl. {rate}% MwSt. {tax}",
        "plus": "zzgl. {rate}% MwSt. {tax}",
        "gross": "Gesamtkosten Brutto",
        "billing_address": "Rechnungsadresse",
        "shipping_address": "Lieferadresse",
        "vat_id": "Ihre Umsatzsteuer-ID",
    },
}

TEXT_PARTS = {
    "order_lines": """\
{{ words.header }}

{% for line in lines -%}
{{ loop.index }}      {{ line.number }}    {{ line.label }}    {{ line.quantity }}    \
{{ line.unit_price }}    {{ line.total }}
{% endfor %}""",
    "order_totals": """\
{{ words.shipping }}: {{ shippingTotal }}
{{ words.net }}: {{ amountNet }}
{% for tax in taxes -%}
{{ tax }}
{% endfor -%}
{{ words.gross }}: {{ amountTotal }}""",
    "order_addresses": """\
{{ words.billing_address }}:

{% for line in billingAddress -%}
{{ line }}
{% endfor %}
{{ words.shipping_address }}:

{% for line in shippingAddress -%}
{{ line }}
{% endfor -%}
{% if vatId %}
{{ words.vat_id }}: {{ vatId }}
{% endif %}""",
}

HTML_PARTS = {
    "order_lines": """\
<table border="0" style="font-family:Arial, Helvetica, sans-serif; font-size:12px;">
<tr>{% for column in words.columns %}<td bgcolor="#F7F7F2" style="border-bottom:1px solid #cccccc;">\
<strong>{{ column }}</strong></td>{% endfor %}</tr>
{% for line in lines %}<tr><td>{{ line.number }}</td><td><div>{{ line.label }}</div></td>\
<td style="text-align: center">{{ line.quantity }}</td><td>{{ line.unit_price }}</td><td>{{ line.total }}</td></tr>
{% endfor %}</table>""",
    "order_totals": """\
<p>{{ words.shipping }}: {{ shippingTotal }}<br>
{{ words.net }}: {{ amountNet }}<br>
{% for tax in taxes %}{{ tax }}<br>
{% endfor %}<strong>{{ words.gross }}: {{ amountTotal }}</strong><br></p>""",
    "order_addresses": """\
<p><strong>{{ words.billing_address }}:</strong><br>
{% for line in billingAddress %}{{ line }}<br>
{% endfor %}<br>
<strong>{{ words.shipping_address }}:</strong><br>
{% for line in shippingAddress %}{{ line }}<br>
{% endfor %}{% if vatId %}<br>{{ words.vat_id }}: {{ vatId }}{% endif %}</p>""",
}
