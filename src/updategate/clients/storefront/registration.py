"""The registration form, which the checkout and the account share."""

from __future__ import annotations

from updategate.clients.storefront.errors import PageElementMissingError
from updategate.clients.storefront.page import StorefrontPage
from updategate.domain.parties import Address, Customer

# Where Shopware's name of a country is not the one of the Unicode consortium.
_OTHER_NAMES = {
    "GB": ("United Kingdom", "Great Britain", "Großbritannien", "Vereinigtes Königreich"),
    "US": ("USA", "United States of America", "United States", "Vereinigte Staaten von Amerika"),
    "CZ": ("Czech Republic", "Czechia", "Tschechische Republik", "Tschechien"),
    "NL": ("Netherlands", "The Netherlands", "Niederlande"),
    "TR": ("Turkey", "Türkiye", "Türkei"),
    "AE": ("Arab Emirates", "United Arab Emirates", "Vereinigte Arabische Emirate"),
    "MK": ("North Macedonia", "Macedonia", "Nordmazedonien"),
}

_OPTION_OF_COUNTRY = """(select, [iso, names]) => {
    const plain = text => text.replace(/\\(.*\\)/, '').trim().toLowerCase();
    const lang = document.documentElement.lang || 'en';
    const region = language => new Intl.DisplayNames([language], {type: 'region'}).of(iso);
    const wanted = [...names, ...[lang, 'en', 'de'].map(region)].map(plain);
    const option = [...select.options].find(option => option.value && wanted.includes(plain(option.text)));
    return option ? option.value : null;
}"""

_FIRST_OPTION = "select => ([...select.options].find(option => option.value && !option.disabled) || {}).value || null"


class RegistrationForm(StorefrontPage):
    """The fields of a new customer."""

    def _fill_customer(self, customer: Customer) -> None:
        self._get("form")
        self._choose_account_type(customer)
        self._choose_first_salutation()
        self._fill("first_name", customer.first_name)
        self._fill("last_name", customer.last_name)
        if customer.company:
            self._fill("company", customer.company)
            if customer.vat_ids:
                self._fill("vat_id", customer.vat_ids[0])
        self._fill("email", customer.email)
        self._fill_address(customer.billing_address)
        protection = self._all("data_protection")
        if protection.count():
            protection.first.check()

    def _fill_address(self, address: Address) -> None:
        self._fill("street", address.street)
        self._fill("zipcode", address.zipcode)
        self._fill("city", address.city)
        self._choose_country(address.country)
        phone = self._all("phone")
        if address.phone_number and phone.count():
            phone.first.fill(address.phone_number)

    def _choose_account_type(self, customer: Customer) -> None:
        field = self._all("account_type")
        if field.count():  # the shop may offer a single type and then shows no choice
            field.first.select_option("business" if customer.commercial else "private")

    def _choose_first_salutation(self) -> None:
        field = self._all("salutation")
        if field.count():
            first = field.first.evaluate(_FIRST_OPTION)
            if first is not None:
                field.first.select_option(first)

    def _choose_country(self, iso: str) -> None:
        field = self._get("country")
        value = field.evaluate(_OPTION_OF_COUNTRY, [iso.upper(), list(_OTHER_NAMES.get(iso.upper(), ()))])
        if value is None:
            css = self._css("country")
            raise PageElementMissingError(self.page_name, "country", css, self.url, detail=f"offers no country {iso}")
        if field.input_value() != value:
            field.select_option(value)
