"""Ed25519 signatures of verdicts and ledger entries. Private keys are never written anywhere but into their own file.

A signature is made over a purpose, a line feed and the text, so that one made for a verdict proves nothing about a
ledger entry.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from updategate.config.errors import ConfigError
from updategate.config.stages import TrustedKey

Purpose = Literal["verdict", "ledger entry", "ledger head"]
SIGNATURE_SCHEMA: Literal["updategate.signature/1"] = "updategate.signature/1"


class Signature(BaseModel):
    """The file beside a signed verdict (``verdict.json.sig``)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["updategate.signature/1"] = Field(default=SIGNATURE_SCHEMA, alias="schema")
    key: str
    sha256: str
    signature: str


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; its text form tells only which key it is."""

    _private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public key in Base64, as a stages file lists it."""
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(raw).decode()

    @property
    def id(self) -> str:
        """A short name for the key."""
        return key_id(self.public)

    def sign(self, purpose: Purpose, text: str) -> str:
        """Sign a text for one purpose; Base64."""
        return base64.b64encode(self._private.sign(_message(purpose, text))).decode()

    def __repr__(self) -> str:
        return f"SigningKey({self.id})"


def key_id(public: str) -> str:
    """A short name for a public key: the first 16 digits of its SHA-256."""
    return hashlib.sha256(base64.b64decode(public)).hexdigest()[:16]


def read_key(pem: bytes, source: str) -> SigningKey:
    """Read an unencrypted Ed25519 private key in PEM; raises ConfigError that never tells the key."""
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnicodeDecodeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigError.single(
            source,
            "",
            "This is no unencrypted Ed25519 private key in PEM.",
            "Make one with: updategate ledger new-key FILE",
        )
    return SigningKey(private)


def new_key(path: Path) -> SigningKey:
    """Make a key and write it to a new file that only its owner can read; raises ConfigError where one is there."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError.single(
            str(path), "", "There is a file already.", "A key is never written over; choose another name."
        ) from None
    except OSError as error:
        raise ConfigError.single(str(path), "", f"The key cannot be written: {error.strerror}.") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return SigningKey(private)


def signer_of(
    purpose: Purpose, text: str, signature: str, key: str, trusted: Sequence[TrustedKey]
) -> TrustedKey | None:
    """The trusted key that made this signature, or None."""
    for candidate in trusted:
        if key_id(candidate.public) != key:
            continue
        try:
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(candidate.public))
            public.verify(base64.b64decode(signature, validate=True), _message(purpose, text))
        except (InvalidSignature, binascii.Error, ValueError):
            return None
        return candidate
    return None


def signature_path(verdict: Path) -> Path:
    """Where the signature of a verdict is kept."""
    return verdict.with_name(f"{verdict.name}.sig")


def sign_verdict(verdict: Path, key: SigningKey) -> Path:
    """Sign the bytes of a verdict; returns the file of the signature."""
    digest = hashlib.sha256(verdict.read_bytes()).hexdigest()
    path = signature_path(verdict)
    made = Signature(key=key.id, sha256=digest, signature=key.sign("verdict", digest))
    path.write_text(made.model_dump_json(by_alias=True) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Signed:
    """What is known of a verdict's signature: ``by`` a trusted key, or the ``problem`` in words, or neither."""

    by: str | None = None
    problem: str | None = None


def check_verdict(verdict: Path, content: bytes, trusted: Sequence[TrustedKey]) -> Signed:
    """Check the signature beside a verdict whose bytes are ``content``; without one, neither is set."""
    path = signature_path(verdict)
    if not path.is_file():
        return Signed()
    try:
        found = Signature.model_validate_json(path.read_bytes())
    except (ValidationError, OSError):
        return Signed(problem=f"{path.name} is no signature")
    digest = hashlib.sha256(content).hexdigest()
    if found.sha256 != digest:
        return Signed(problem=f"the verdict was changed after it was signed by key {found.key}")
    by = signer_of("verdict", digest, found.signature, found.key, trusted)
    if by is None:
        known = ", ".join(f"{key.name} ({key_id(key.public)})" for key in trusted) or "none"
        return Signed(problem=f"it was not signed by a trusted key: signed by {found.key}, trusted are {known}")
    return Signed(by=by.name)


def _message(purpose: Purpose, text: str) -> bytes:
    return f"updategate {purpose}\n{text}".encode()
