"""The form of documents, on A4.

What is drawn first is read first: headline, lines, notes, and then what frames them, as in the documents of a real
shop. So a reader that goes by the order of the text finds everything where it is there.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from .content import DocumentContent, Row

if TYPE_CHECKING:
    from fpdf import FPDF

_PRICED = (26.0, 62.0, 18.0, 18.0, 28.0, 28.0)
_PLAIN = (36.0, 110.0, 34.0)
_TOP_OF_TEXT = 105.0


def pdf_of(content: DocumentContent, created: datetime) -> bytes:
    """Return the document as PDF."""
    from fpdf import FPDF

    class Page(FPDF):
        """Draws the frame when a page is full."""

        totals_at: tuple[int, float] | None = None

        def footer(self) -> None:
            """Print what stands around the text of a page."""
            _frame(self, content, totals_at=self.totals_at)

    page = Page(orientation="portrait", unit="mm", format="A4")
    # the built-in fonts know no other way to a euro sign
    page.core_fonts_encoding = "windows-1252"
    page.set_margins(15, 15)
    page.set_auto_page_break(auto=True, margin=25)
    page.alias_nb_pages()
    page.set_title(content.title)
    page.set_creator("Reference shop")
    page.set_creation_date(created)
    page.add_page()
    page.set_y(_TOP_OF_TEXT)
    page.set_font("Helvetica", style="B", size=14)
    page.cell(180, 8, _printable(content.title), new_x="LMARGIN", new_y="NEXT")
    page.ln(3)
    _table(page, content)
    height = 5.0 * len(content.totals) + 4
    if page.get_y() + height > page.page_break_trigger:
        page.add_page()
    page.totals_at = (page.page_no(), page.get_y() + 2)
    page.set_y(page.get_y() + height + 4)
    page.set_font("Helvetica", size=9)
    for note in content.notes:
        page.multi_cell(180, 4.5, _printable(note), new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def _frame(page: FPDF, content: DocumentContent, *, totals_at: tuple[int, float] | None) -> None:
    page.set_y(-20)
    page.set_font("Helvetica", size=7)
    page.cell(120, 4, _printable(content.sender[0] if content.sender else ""))
    page.cell(60, 4, _printable(content.words["page"].format(page=page.page_no())), align="R")
    if page.page_no() == 1:
        page.set_font("Helvetica", size=9)
        page.set_y(45)
        for line in content.recipient:
            page.cell(180, 5, _printable(line), new_x="LMARGIN", new_y="NEXT")
        page.set_y(15)
        for line in content.sender:
            page.cell(180, 4, _printable(line), align="R", new_x="LMARGIN", new_y="NEXT")
        page.set_y(_TOP_OF_TEXT - 4 - 4.5 * len(content.reference))
        for label, value in content.reference:
            page.set_x(115)
            page.cell(80, 4.5, _printable(f"{label} {value}"), new_x="LMARGIN", new_y="NEXT")
    if totals_at is not None and totals_at[0] == page.page_no():
        page.set_font("Helvetica", size=9)
        page.set_y(totals_at[1])
        for label, value in content.totals:
            page.cell(180, 5, _printable(f"{label} {value}"), align="R", new_x="LMARGIN", new_y="NEXT")


def _table(page: FPDF, content: DocumentContent) -> None:
    words = content.words
    page.set_font("Helvetica", style="B", size=8)
    if content.priced:
        heads = [words["number"], words["product"], words["quantity"], words["vat"]]
        heads += [words["unit_price"], words["total_price"]]
        _cells(page, heads, _PRICED)
        _cells(page, ["", "", "", "", content.tax_state, content.tax_state], _PRICED)
    else:
        _cells(page, [words["number"], words["product"], words["quantity"]], _PLAIN)
    page.set_font("Helvetica", size=8)
    for row in content.rows:
        _row(page, row, priced=content.priced)


def _row(page: FPDF, row: Row, *, priced: bool) -> None:
    if not priced:
        _cells(page, [row.number, row.label, row.quantity], _PLAIN)
        return
    rates = [f"{value} %" for value in row.rates] or [""]
    if len(rates) == 1:
        _cells(page, [row.number, row.label, row.quantity, rates[0], row.unit_price, row.total], _PRICED)
        return
    # several rates stand below each other, the prices beside the last one
    _cells(page, [row.number, row.label, row.quantity, rates[0], "", ""], _PRICED)
    for more in rates[1:-1]:
        _cells(page, ["", "", "", more, "", ""], _PRICED)
    _cells(page, ["", "", "", rates[-1], row.unit_price, row.total], _PRICED)


def _cells(page: FPDF, texts: list[str], widths: tuple[float, ...]) -> None:
    for position, (text, width) in enumerate(zip(texts, widths, strict=True)):
        align = "R" if position >= 2 else "L"
        shown = _fitted(page, _printable(text), width)
        if shown:
            page.cell(width, 5, shown, align=align)
        else:
            page.set_x(page.get_x() + width)
    page.ln(5)


def _fitted(page: FPDF, text: str, width: float) -> str:
    while text and page.get_string_width(text) > width - 1:
        text = text[:-2] + "…" if len(text) > 2 else ""
    return text


def _printable(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1252")
