"""Flows: what happens when something happened. Of their actions, sending mails is done."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

from updategate.embedded.refshop.dal.problems import ApiProblem
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.shop import NoMailer, Shop

from .compose import composed
from .facts import customer_facts, order_facts


def listen(shop: Shop) -> None:
    """Run the flows of every event from now on."""

    def react(event: str, **facts: Any) -> None:
        # nobody reads what a shop without a mail server composes
        if not isinstance(shop.mailer, NoMailer):
            run_flows(shop, event, facts)

    shop.events.on("*", react)


def run_flows(shop: Shop, event: str, facts: dict[str, Any]) -> None:
    """Run the active flows of this event."""
    for flow in shop.store.where("flow", eventName=event):
        if not flow.get("active"):
            continue
        for sequence in sorted(shop.store.where("flow_sequence", flowId=flow["id"]), key=_position):
            if sequence.get("actionName") == "action.mail.send":
                _send(shop, event, sequence, facts)


def _position(sequence: Doc) -> int:
    return int(sequence.get("position") or 0)


def _send(shop: Shop, event: str, sequence: Doc, facts: dict[str, Any]) -> None:
    template = shop.store.get("mail_template", str((sequence.get("config") or {}).get("mailTemplateId")))
    spoken = _facts(shop, event, facts)
    if template is None or spoken is None or facts.get("send_mail") is False:
        return
    person = spoken["customer"]
    name = f"{person.get('firstName')} {person.get('lastName')}"
    language = shop.behaviour.mail_language(event, (spoken.get("order") or person).get("languageId"))
    try:
        message = composed(shop, template, spoken, language, {str(person["email"]): name})
    except ApiProblem as refusal:
        _log(shop, event, refusal)
        return
    for document in _attached(shop, sequence, facts):
        _attach(shop, message, document)
    for _ in range(shop.behaviour.mails_for(event)):
        shop.mailer.send(message)


def _attached(shop: Shop, sequence: Doc, facts: dict[str, Any]) -> list[Doc]:
    """Return the documents that go with a mail: those named, and the newest of the kinds that the flow names."""
    found = [shop.store.get("document", str(id_)) for id_ in facts.get("document_ids") or []]
    for type_id in (sequence.get("config") or {}).get("documentTypeIds") or []:
        found += shop.store.where("document", orderId=facts.get("order_id"), documentTypeId=type_id)[-1:]
    return list({document["id"]: document for document in found if document}.values())


def _attach(shop: Shop, message: EmailMessage, document: Doc) -> None:
    media = shop.store.get("media", str(document.get("documentMediaFileId")))
    file = (shop.settings.data_dir or Path()) / str((media or {}).get("path"))
    if media is None or not file.is_file():
        return
    message.add_attachment(
        file.read_bytes(), maintype="application", subtype="pdf", filename=f"{media['fileName']}.pdf"
    )
    shop.store.upsert("document", {"id": document["id"], "sent": True})


def _facts(shop: Shop, event: str, facts: dict[str, Any]) -> dict[str, Any] | None:
    if facts.get("order_id"):
        spoken = order_facts(shop, str(facts["order_id"]))
        if spoken is not None and event.startswith("state_enter."):
            spoken["state"] = _state_name(shop, event, spoken["order"]["languageId"])
        return spoken
    if not facts.get("customer_id"):
        return None
    spoken = customer_facts(shop, str(facts["customer_id"]))
    if spoken is None:
        return None
    group = shop.store.get("customer_group", str(facts.get("customer_group_id"))) or {}
    texts = group.get("translations") or {}
    names = [text.get("name") for text in texts.values() if text.get("name")]
    spoken["customerGroup"] = {"name": names[0] if names else ""}
    return {**spoken, "resetUrl": facts.get("reset_url") or facts.get("recover_url") or "", **facts}


def _state_name(shop: Shop, event: str, language_id: str) -> str:
    machine, _, state = event.removeprefix("state_enter.").rpartition(".")
    for row in shop.store.where("state_machine", technicalName=machine):
        for found in shop.store.where("state_machine_state", stateMachineId=row["id"], technicalName=state):
            texts = found.get("translations") or {}
            fallback: Doc = next(iter(texts.values()), {})
            return str((texts.get(language_id) or fallback).get("name") or state)
    return state


def _log(shop: Shop, event: str, refusal: ApiProblem) -> None:
    shop.store.upsert(
        "log_entry",
        {
            "message": "mail.message.error",
            "level": 400,
            "channel": "mail",
            "context": {"event": event, "errors": refusal.errors},
            "extra": [],
        },
    )
