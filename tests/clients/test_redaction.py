from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from updategate.clients.redaction import MASK, Redaction

secret_text = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789+/=", min_size=8, max_size=40)


@given(
    secret_text, st.sampled_from(["password", "client_secret", "accessKey", "newPassword", "sw-access-key", "TOKEN"])
)
def test_secret_fields_are_masked_in_json(secret: str, key: str) -> None:
    masked = Redaction().text(f'{{"{key}": "{secret}-x", "name": "Ada"}}')
    assert f"{secret}-x" not in masked
    assert masked == f'{{"{key}": "{MASK}", "name": "Ada"}}'


@given(secret_text)
def test_known_secrets_are_masked_wherever_they_stand(secret: str) -> None:
    assert secret not in Redaction([secret]).text(f"<p>{secret}</p>")
    assert secret not in Redaction([secret]).headers({"X-Echo": f"a{secret}b"})["X-Echo"]


def test_forms_and_parameters_are_masked() -> None:
    redaction = Redaction()
    assert redaction.text("username=ada&password=geheim&x=1") == f"username=ada&password={MASK}&x=1"
    assert redaction.parameters({"password": "geheim", "quantity": 2}) == {"password": MASK, "quantity": "2"}
    assert redaction.headers({"Authorization": "Bearer x", "Accept": "application/json"}) == {
        "Authorization": MASK,
        "Accept": "application/json",
    }


def test_ordinary_words_survive() -> None:
    page = "<html>\n<p>No token, no password = no entry</p></html>"
    assert Redaction(["abc"]).text(page) == page
