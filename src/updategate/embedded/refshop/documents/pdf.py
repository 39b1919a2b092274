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

#: columns after number and description, in millimetres
_PRICED = (18.0, 18.0, 28.0, 28.0)
_PLAIN = (34.0,)
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
    # numbers are never broken: their column is as wide as the longest one, the description has the rest
    longest = max((page.get_string_width(_printable(row.number)) for row in content.rows), default=0.0) + 3
    number = min(max(longest, 26.0), 75.0)
    widths = (number, 88.0 - number, *_PRICED) if content.priced else (number, 146.0 - number, *_PLAIN)
    if content.priced:
        heads = [words["number"], words["product"], words["quantity"], words["vat"]]
        _cells(page, [*heads, words["unit_price"], words["total_price"]], widths)
        _cells(page, ["", "", "", "", content.tax_state, content.tax_state], widths)
    else:
        _cells(page, [words["number"], words["product"], words["quantity"]], widths)
    page.set_font("Helvetica", size=8)
    for row in content.rows:
        _row(page, row, widths, priced=content.priced)


def _row(page: FPDF, row: Row, widths: tuple[float, ...], *, priced: bool) -> None:
    if not priced:
        _cells(page, [row.number, row.label, row.quantity], widths)
        return
    rates = [f"{value} %" for value in row.rates] or [""]
    if len(rates) == 1:
        _cells(page, [row.number, row.label, row.quantity, rates[0], row.unit_price, row.total], widths)
        return
    # several rates stand below each other, the prices beside the last one
    _cells(page, [row.number, row.label, row.quantity, rates[0], "", ""], widths)
    for more in rates[1:-1]:
        _cells(page, ["", "", "", more, "", ""], widths)
    _cells(page, ["", "", "", rates[-1], row.unit_price, row.total], widths)


def _cells(page: FPDF, texts: list[str], widths: tuple[float, ...]) -> None:
    lines = _broken(page, _printable(texts[1]), widths[1])
    if page.get_y() + 4.5 * len(lines) > page.page_break_trigger:
        page.add_page()
    top, left = page.get_y(), page.l_margin
    page.set_xy(left, top)
    if texts[0]:
        page.cell(widths[0], 5, _printable(texts[0]))
    for position, line in enumerate(lines):
        page.set_xy(left + widths[0], top + 4.5 * position)
        if line:
            page.cell(widths[1], 5, line)
    at = left + widths[0] + widths[1]
    for text, width in zip(texts[2:], widths[2:], strict=True):
        page.set_xy(at, top)
        if text:
            page.cell(width, 5, _printable(text), align="R")
        at += width
    page.set_xy(left, top + 5 + 4.5 * (len(lines) - 1))


def _broken(page: FPDF, text: str, width: float) -> list[str]:
    """Return the text in lines that fit; a word that is too long for one is cut."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if page.get_string_width(longer) <= width - 2:
            lines[-1] = longer
            continue
        rest = word
        if lines[-1]:
            lines.append("")
        while page.get_string_width(rest) > width - 2:
            cut = next(size for size in range(len(rest), 0, -1) if page.get_string_width(rest[:size]) <= width - 2)
            lines[-1] = rest[:cut]
            lines.append("")
            rest = rest[cut:]
        lines[-1] = rest
    return lines


def _printable(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1252")
