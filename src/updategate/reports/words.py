"""The words of the reports for stakeholders, in English and German."""

from __future__ import annotations

from collections import defaultdict

from updategate.gate.verdict import Reason, Verdict

LANGUAGES = ("en", "de")

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Update verdict",
        "pass": "Pass",
        "fail": "Fail",
        "inconclusive": "Inconclusive",
        "headline_pass": "The update may go one stage further: all {passed} business processes carried out work.",
        "headline_fail": "The update must not go live: {count} finding(s) speak against it.",
        "headline_inconclusive": "No decision: the evidence is not enough to release the update.",
        "performance_not_tested": "Performance was not compared.",
        "reasons": "Most important reasons",
        "all_reasons": "All reasons",
        "no_reasons": "Nothing speaks against the update.",
        "what": "What was updated",
        "before": "Before",
        "after": "After",
        "core": "Shopware",
        "plugin": "Plugin",
        "unchanged_build": "Nothing differs between the two builds.",
        "unknown": "unknown",
        "processes": "Business processes",
        "process": "Process",
        "result": "Result",
        "expected": "Expected",
        "actual": "Actual",
        "critical": "critical",
        "duration": "Duration after",
        "message": "What happened",
        "ledger": "Price differences",
        "product": "Product",
        "group": "Customer group",
        "quantity": "Quantity",
        "rule": "Rule",
        "indicators": "Indicators",
        "indicator": "Indicator",
        "limit": "Limit",
        "findings": "Adjustments that the update needs",
        "not_tested": "What was not tested",
        "provenance": "Where this comes from",
        "environment": "Environment",
        "scope": "Scope",
        "policy": "Policy",
        "judged_at": "Judged at",
        "runs": "Runs",
        "evidence": "Evidence",
        "level_blocked": "must be adjusted",
        "level_review": "to be reviewed",
        "level_info": "for information",
        "other_language": "Deutsch",
    },
    "de": {
        "title": "Urteil zum Update",
        "pass": "Bestanden",
        "fail": "Nicht bestanden",
        "inconclusive": "Ohne Entscheidung",
        "headline_pass": "Das Update darf eine Stufe weiter: Alle {passed} geprüften Geschäftsprozesse funktionieren.",
        "headline_fail": "Das Update darf nicht live gehen: {count} Befund(e) sprechen dagegen.",
        "headline_inconclusive": "Keine Entscheidung: Die Nachweise reichen nicht, um das Update freizugeben.",
        "performance_not_tested": "Die Geschwindigkeit wurde nicht verglichen.",
        "reasons": "Die wichtigsten Gründe",
        "all_reasons": "Alle Gründe",
        "no_reasons": "Nichts spricht gegen das Update.",
        "what": "Was aktualisiert wurde",
        "before": "Vorher",
        "after": "Nachher",
        "core": "Shopware",
        "plugin": "Plugin",
        "unchanged_build": "Die beiden Stände unterscheiden sich nicht.",
        "unknown": "unbekannt",
        "processes": "Geschäftsprozesse",
        "process": "Prozess",
        "result": "Ergebnis",
        "expected": "Erwartet",
        "actual": "Tatsächlich",
        "critical": "kritisch",
        "duration": "Dauer nachher",
        "message": "Was geschah",
        "ledger": "Preisabweichungen",
        "product": "Produkt",
        "group": "Kundengruppe",
        "quantity": "Menge",
        "rule": "Regel",
        "indicators": "Messwerte",
        "indicator": "Messwert",
        "limit": "Grenze",
        "findings": "Anpassungen, die das Update verlangt",
        "not_tested": "Was nicht geprüft wurde",
        "provenance": "Herkunft dieser Angaben",
        "environment": "Umgebung",
        "scope": "Umfang",
        "policy": "Regelwerk",
        "judged_at": "Geurteilt am",
        "runs": "Läufe",
        "evidence": "Nachweis",
        "level_blocked": "muss angepasst werden",
        "level_review": "zu prüfen",
        "level_info": "zur Kenntnis",
        "other_language": "English",
    },
}

CHANGES: dict[str, dict[str, str]] = {
    "en": {
        "regressed": "regressed",
        "failed": "failed",
        "pre_existing": "failed before too",
        "fixed": "fixed",
        "intended": "intended change",
        "waived": "waived",
        "unchanged": "works",
        "new": "fails, new",
        "not_tested": "not tested",
    },
    "de": {
        "regressed": "verschlechtert",
        "failed": "fehlgeschlagen",
        "pre_existing": "schon vorher fehlerhaft",
        "fixed": "behoben",
        "intended": "gewollte Änderung",
        "waived": "ausgenommen",
        "unchanged": "funktioniert",
        "new": "fehlerhaft, neu",
        "not_tested": "nicht geprüft",
    },
}

# German sentences by reason code; {subject} is the process, {message} the English sentence for what has no own words
GERMAN_REASONS: defaultdict[str, str] = defaultdict(
    lambda: "{message}",
    {
        "regressed": "{subject} funktioniert nicht mehr; vor dem Update war der Prozess in Ordnung.",
        "failed": "{subject} ist fehlgeschlagen.",
        "new": "{subject} ist fehlgeschlagen; vor dem Update gab es den Prozess hier nicht.",
        "pre_existing": "{subject} war schon vor dem Update fehlerhaft.",
        "capability_gone": "{subject} ist seit dem Update nicht mehr möglich.",
        "no_record": "{subject} hat nach dem Update kein Ergebnis.",
        "no_record_before": "{subject} hat vor dem Update kein Ergebnis.",
        "one_registry": "{subject} ist nur in einem der beiden Läufe verzeichnet.",
        "passed_on_retry": "{subject} gelang erst bei einer Wiederholung.",
        "broken": "{subject} konnte nicht ausgeführt werden.",
        "skipped": "{subject} wurde ausgelassen.",
        "waived": "{subject} ist fehlgeschlagen und befristet ausgenommen.",
        "waiver_expired": "Die Ausnahme für {subject} ist abgelaufen und gilt nicht mehr.",
        "intended": "{subject} hat sich wie vorgesehen geändert.",
        "allowance": "Es sind mehr unkritische Prozesse fehlgeschlagen als erlaubt.",
        "nothing_passed": "Kein einziger Prozess wurde ausgeführt und bestanden.",
        "no_evidence": "Es gibt keinen Lauf nach dem Update.",
        "build_unknown": "Es ist nicht bekannt, welcher Stand geprüft wurde.",
        "build_changed": "Der Shop hat sich während der Prüfung verändert.",
        "builds_differ": "Die Läufe haben verschiedene Stände geprüft.",
        "environments_differ": "Die Läufe stammen aus verschiedenen Umgebungen.",
        "scopes_differ": "Die Läufe haben verschiedenen Umfang.",
        "ledger": "Preise haben sich geändert.",
        "performance_not_tested": "Die Geschwindigkeit wurde nicht geprüft, obwohl das Regelwerk es verlangt.",
        "update_step": "Ein Schritt des Updates hat nicht bewirkt, was er sollte.",
        "performance_slower": "Der Shop ist langsamer als vor dem Update.",
        "performance_undecided": "Ob der Shop langsamer geworden ist, ist nicht entschieden.",
        "indicator_missed": "Ein Messwert verfehlt sein Ziel.",
        "indicator_no_data": "Ein Messwert fehlt.",
        "adjustment": "Ein Plugin muss vor dem Update angepasst werden.",
        "evidence_truncated": "Die Nachweise sind abgeschnitten.",
        "evidence_no_end": "Die Nachweise haben kein Ende: Der Lauf wurde abgebrochen.",
        "evidence_hole": "In den Nachweisen fehlt ein Eintrag.",
        "evidence_interrupted": "Der Lauf wurde unterbrochen.",
    },
)


def reason_text(reason: Reason, language: str) -> str:
    """A reason as a sentence in the reader's language."""
    if language != "de":
        return reason.message
    subject = f"{reason.process} {reason.title or ''}".strip() if reason.process else ""
    return GERMAN_REASONS[reason.code].format(subject=subject, message=reason.message)


def headline(verdict: Verdict, language: str) -> str:
    """The verdict in one sentence; it says when performance was left out."""
    words = TEXTS[language]
    against = sum(1 for reason in verdict.reasons if reason.weight == "fail")
    passed = sum(1 for result in verdict.comparison.processes if result.after == "passed")
    text = words[f"headline_{verdict.verdict}"].format(count=against, passed=passed)
    return f"{text} {words['performance_not_tested']}" if verdict.performance == "not_tested" else text
