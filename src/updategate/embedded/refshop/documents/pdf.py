"""The form of documents: one column of lines on A4."""

from __future__ import annotations

from datetime import datetime

from fpdf import FPDF

from .content import DocumentContent, Row

_PRICED = (26.0, 62.0, 18.0, 18.0, 28.0, 28.0)
_PLAIN = (36.0, 110.0, 34.0)


class _Page(FPDF):
    def __init__(self, content: DocumentContent) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self._content = content
        # the built-in fonts know no other way to a euro sign
        self.core_fonts_encoding = "windows-1252"
        self.set_margins(15, 15)
        self.set_auto_page_break(auto=True, margin=25)
        self.alias_nb_pages()

    def footer(self) -> None:
        """Print the sender and the number of the page."""
        self.set_y(-20)
        self.set_font("Helvetica", size=7)
        name = self._content.sender[0] if self._content.sender else ""
        self.cell(120, 4, _printable(name))
        page = self._content.words["page"].format(page=self.page_no())
        self.cell(60, 4, _printable(page), align="R")


def pdf_of(content: DocumentContent, created: datetime) -> bytes:
    """Return the document as PDF."""
    page = _Page(content)
    page.set_title(content.title)
    page.set_creator("Reference shop")
    page.set_creation_date(created)
    page.add_page()
    page.set_font("Helvetica", size=9)
    for line in content.sender[:3]:
        page.cell(180, 4, _printable(line), align="R", new_x="LMARGIN", new_y="NEXT")
    page.ln(6)
    for line in content.recipient:
        page.cell(180, 5, _printable(line), new_x="LMARGIN", new_y="NEXT")
    page.ln(6)
    for label, value in content.reference:
        page.cell(40, 4.5, _printable(label))
        page.cell(60, 4.5, _printable(value), new_x="LMARGIN", new_y="NEXT")
    page.ln(8)
    page.set_font("Helvetica", style="B", size=14)
    page.cell(180, 8, _printable(content.title), new_x="LMARGIN", new_y="NEXT")
    page.ln(3)
    _table(page, content)
    page.ln(4)
    page.set_font("Helvetica", size=9)
    for label, value in content.totals:
        page.cell(130, 5, _printable(label), align="R")
        page.cell(50, 5, _printable(value), align="R", new_x="LMARGIN", new_y="NEXT")
    page.ln(6)
    for note in content.notes:
        page.multi_cell(180, 4.5, _printable(note), new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


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
    _cells(page, [row.number, row.label, row.quantity, rates[0], row.unit_price, row.total], _PRICED)
    for more in rates[1:]:
        _cells(page, ["", "", "", more, "", ""], _PRICED)


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
