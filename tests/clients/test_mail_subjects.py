"""The languages of a mail, told from its subject."""

import pytest

from updategate.clients.mail.subjects import languages_of_subject

CONFIRMATION = {"en-GB": "Order confirmation", "de-DE": "Bestellbestätigung"}
REGISTRATION = {
    "en-GB": "Your sign-up with {{ salesChannel.translated.name }}",
    "de-DE": "Deine Registrierung bei {{ salesChannel.name }}",
}
PAID = {"en-GB": "Order {{ order.orderNumber }} is paid", "de-DE": "Bestellung {{ order.orderNumber }} ist bezahlt"}
NEWSLETTER = {"en-GB": "Newsletter", "de-DE": "Newsletter"}
ANYTHING = {"en-GB": "{{ subject }}", "de-DE": "{{ subject }}"}
ALL = [ANYTHING, CONFIRMATION, REGISTRATION, PAID, NEWSLETTER]


@pytest.mark.parametrize(
    ("subject", "locales"),
    [
        ("Order confirmation", {"en-GB"}),
        ("Bestellbestätigung", {"de-DE"}),
        ("Deine Registrierung bei Demo (Test) + Co.", {"de-DE"}),
        ("Order 10023 is paid", {"en-GB"}),
        ("Bestellung 10023\n ist bezahlt", {"de-DE"}),
        ("Newsletter", {"en-GB", "de-DE"}),
        ("What somebody wrote by hand", {"en-GB", "de-DE"}),
    ],
)
def test_languages_are_those_whose_template_says_so(subject: str, locales: set[str]) -> None:
    assert languages_of_subject(subject, ALL) == locales


def test_language_without_a_subject_of_its_own_takes_that_of_another() -> None:
    assert languages_of_subject("Order confirmation", [{**CONFIRMATION, "fr-FR": None, "nl-NL": ""}]) == {
        "en-GB",
        "fr-FR",
        "nl-NL",
    }


def test_subject_that_no_template_has_is_of_no_language() -> None:
    assert languages_of_subject("Commande 1", [CONFIRMATION, PAID]) == frozenset()


def test_conditions_of_a_template_may_say_anything() -> None:
    template = {"en-GB": "Your order{% if paid %} (paid){% endif %} {# why #}{{ number }}", "de-DE": "Ihre Bestellung"}
    assert languages_of_subject("Your order (paid) 10001", [template]) == {"en-GB"}
