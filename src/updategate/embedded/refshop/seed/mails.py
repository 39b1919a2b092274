"""Reads the mails: each becomes a type, a template and a flow that sends it."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import yaml

from updategate.embedded.refshop.dal.ids import derived_id

from .errors import SeedError
from .notation import LANGUAGES, Rows, id_of

_STATE_TEXT = {
    "en": (
        "{{{{ greeting }}}},\n\n"
        "the status of your {what} at {{{{ salesChannel.name }}}} (Number: {{{{ order.orderNumber }}}}) on"
        " {{{{ order.orderDateTime|moment }}}}  has changed.\n"
        "The new status is as follows: {{{{ state }}}}.\n\n"
        'You can check the current status of your order on our website under "My account" - "My orders" anytime:'
        " {{{{ orderUrl }}}}\n"
        "However, in case you have purchased without a registration or a customer account, you do not have this"
        " option.\n"
    ),
    "de": (
        "{{{{ greeting }}}},\n\n"
        "der Status Ihrer {what} bei {{{{ salesChannel.name }}}} (Nummer: {{{{ order.orderNumber }}}}) vom"
        " {{{{ order.orderDateTime|moment }}}} hat sich geändert.\n"
        "Der neue Status lautet: {{{{ state }}}}.\n\n"
        'Den aktuellen Status Ihrer Bestellung können Sie jederzeit auf unserer Webseite unter "Mein Konto" -'
        ' "Meine Bestellungen" abrufen: {{{{ orderUrl }}}}\n'
    ),
}
_STATE_SUBJECT = {
    "en": "Your order with {{{{ salesChannel.name }}}} {end}",
    "de": "Deine Bestellung bei {{{{ salesChannel.name }}}} {end}",
}


def read_mails(file: Path) -> Rows:
    """Return the rows of all mails and of the flows that send them."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    rows: Rows = []
    for name, mail in content["templates"].items():
        missing = {"event", "flow", "type", "subject", "text"} - set(mail)
        if missing:
            raise SeedError(f"{file.name}: {name}: without {', '.join(sorted(missing))}")
        rows += _mail(name, mail)
    for name, state in content["states"].items():
        rows += _mail(name, _state_mail(name, state))
    return rows


def _state_mail(name: str, state: dict[str, Any]) -> dict[str, Any]:
    return {
        "event": f"state_enter.{name}",
        "flow": f"Status {name.replace('_', ' ')}",
        "type": {language: f"{state['what'][language]}: {state['subject'][language]}" for language in LANGUAGES},
        "subject": {
            language: _STATE_SUBJECT[language].format(end=state["subject"][language]) for language in LANGUAGES
        },
        "text": {language: _STATE_TEXT[language].format(what=state["what"][language]) for language in LANGUAGES},
    }


def _mail(name: str, mail: dict[str, Any]) -> Rows:
    type_id, template_id, flow_id = (id_of(entity, name) for entity in ("mail_template_type", "mail_template", "flow"))
    texts = {
        language_id: {
            "senderName": "{{ salesChannel.name }}",
            "description": mail["type"][language],
            "subject": mail["subject"][language],
            "contentPlain": mail["text"][language],
            "contentHtml": _as_html(mail["text"][language]),
        }
        for language, language_id in LANGUAGES.items()
    }
    names = {language_id: {"name": mail["type"][language]} for language, language_id in LANGUAGES.items()}
    return [
        ("mail_template_type", {"id": type_id, "technicalName": name, "availableEntities": {}, "translations": names}),
        (
            "mail_template",
            {"id": template_id, "mailTemplateTypeId": type_id, "systemDefault": True, "translations": texts},
        ),
        (
            "flow",
            {
                "id": flow_id,
                "name": mail["flow"],
                "eventName": mail["event"],
                "active": True,
                "priority": 1,
                "invalid": False,
                "sequences": [
                    {
                        "id": derived_id("flow_sequence", name),
                        "position": 1,
                        "displayGroup": 1,
                        "trueCase": False,
                        "actionName": "action.mail.send",
                        "config": {
                            "mailTemplateId": template_id,
                            "recipient": {"type": "default", "data": []},
                            "documentTypeIds": [],
                        },
                    }
                ],
            },
        ),
    ]


def _as_html(text: str) -> str:
    lines = []
    for line in text.rstrip().split("\n"):
        if line.strip().startswith("{% include"):
            lines.append(line)
        else:
            lines.append(f"{html.escape(line, quote=False)}<br>")
    return '<div style="font-family:arial; font-size:12px;">\n' + "\n".join(lines) + "\n</div>\n"
