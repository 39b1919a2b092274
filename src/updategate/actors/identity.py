"""Ids, numbers and names of test data: the same before and after an update, and recognisable in the shop."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

# how leftovers are recognised without the journal: nothing of a merchant's looks like this
NAME_MARK = "updategate "
NUMBER_MARK = "UG-"
TECHNICAL_MARK = "updategate_"
EMAIL_MARK = "ug-"
EMAIL_DOMAIN = "updategate.example"
_RUN_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Identity:
    """Names the test data of one case of one process.

    ``seed`` is the environment's, ``process`` the id in the registry, ``case`` tells the rows of a table apart,
    ``run`` is a tag: it is part of what a customer enters, and never of an id.
    """

    seed: str
    process: str
    case: str = ""
    run: str = "local"

    def id(self, key: str) -> str:
        """Return the id of an entity: 32 hexadecimal digits."""
        return self._digest(key)[:32]

    def number(self, key: str) -> str:
        """Return a product number: ``UG-CHK001-MUG-5F3A``."""
        process = self.process.replace("-", "")
        return f"{NUMBER_MARK}{process}-{_slug(key).upper()}-{self._digest(key)[:4].upper()}"

    def name(self, text: str) -> str:
        """Return a name for the administration: ``updategate CHK-001 mug 5f3a``."""
        return f"{NAME_MARK}{self.process} {text} {self._digest(text)[:4]}"

    def technical_name(self, key: str) -> str:
        """Return a technical name: ``updategate_chk_001_parcel_5f3a``."""
        return f"{TECHNICAL_MARK}{_slug(self.process)}_{_slug(key)}_{self._digest(key)[:4]}".replace("-", "_")

    def code(self, key: str) -> str:
        """Return a promotion code: ``UG-CHK009-TEN-5F3A``."""
        return self.number(key)

    def email(self, key: str) -> str:
        """Return an e-mail address, unique in this run: nothing that is sent there arrives anywhere."""
        # what stands before the @ may be 64 characters long; the end of the run's tag is what tells runs apart
        name = f"{_slug(self.process)}-{_slug(key)}-{self._digest(key)[:6]}-{_slug(self.run)[-_RUN_LENGTH:]}"
        return f"{EMAIL_MARK}{name}@{EMAIL_DOMAIN}"

    def password(self, key: str) -> str:
        """Return a password that meets Shopware's rules."""
        return f"Ug-{self._digest('password of ' + key)[:20]}-1"

    @property
    def tag(self) -> str:
        """What is written where there is room for a word on where this comes from."""
        return f"{NAME_MARK}{self.process} {self.run}"

    def _digest(self, key: str) -> str:
        parts = (self.seed, self.process, self.case, key)
        # lengths keep ("a", "bc") and ("ab", "c") apart
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()


def tag_of(run: str) -> str:
    """A run's tag that no other run has, even in a folder of the same name: an earlier one may have left customers."""
    return f"{run}-{secrets.token_hex(2)}"


def is_test_email(email: str) -> bool:
    """Whether an address can only be ours."""
    return email.startswith(EMAIL_MARK) and email.endswith(f"@{EMAIL_DOMAIN}")


def is_test_number(number: str) -> bool:
    """Whether a product number can only be ours: mark, process, a word, four digits of its digest."""
    return re.fullmatch(rf"{NUMBER_MARK}[A-Z][A-Z0-9]*[0-9]{{2}}-[A-Z0-9-]+-[0-9A-F]{{4}}", number) is not None


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"
