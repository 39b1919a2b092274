"""What is kept of a failed test."""

from __future__ import annotations

from pathlib import Path

from updategate.actors.recorder import Kept
from updategate.plugin.attachments import keep_proof, money_table


class Reader:
    def documents(self) -> list[Kept]:
        return [
            Kept("mail 1: Your order ../../10024", "text/plain", b"Subject: Your order"),
            Kept("invoice of 10024", "application/pdf", b"%PDF-1.7"),
        ]


def test_amounts_become_a_table_with_what_differs() -> None:
    expected = "positions 23.80 EUR, shipping 4.90 EUR, total 28.70 EUR, taxes 4.58 EUR at 19 %"
    actual = "positions 23.80 EUR, shipping 4.90 EUR, total 28.70 EUR, taxes 4.60 EUR at 19 %"
    assert money_table(expected, actual).splitlines() == [
        "figure;expected;actual;differs",
        "positions;23.80 EUR;23.80 EUR;",
        "shipping;4.90 EUR;4.90 EUR;",
        "total;28.70 EUR;28.70 EUR;",
        "taxes;4.58 EUR at 19 %;4.60 EUR at 19 %;yes",
    ]


def test_what_is_no_table_of_amounts_is_none() -> None:
    assert money_table("Paid in advance", "Cash on delivery") == ""
    assert money_table(None, "positions 1 EUR") == ""


def test_mails_and_documents_are_kept_beside_the_evidence(tmp_path: Path) -> None:
    folder = tmp_path / "artefacts" / "ORD-010"
    keep_proof({"mailbox": Reader(), "other": object()}, AssertionError("no"), folder, "test_mail[a/b]")
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(kept.values()) == [b"%PDF-1.7", b"Subject: Your order"]
    assert all(name.endswith((".pdf", ".txt")) and "/" not in name for name in kept)


def test_a_test_without_actors_leaves_no_folder(tmp_path: Path) -> None:
    keep_proof({}, None, tmp_path / "artefacts", "test_nothing")
    assert list(tmp_path.iterdir()) == []
