"""A4 paper with our fonts. HarfBuzz shapes the text, so that Hindi conjuncts come out whole."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from tutorhub.core import clock

FONTS = Path(__file__).resolve().parents[2] / "fonts"
INK, MUTED, RULE, TINT = (28, 33, 40), (90, 99, 110), (214, 219, 225), (240, 243, 246)
MARGIN = 16
PLAIN, SMALL, LARGE = 9.5, 8.0, 18.0


class Column(NamedTuple):
    """`width` is a share of the page; figures stand to the right."""

    head: str
    width: int
    is_figure: bool = True


class Paper(FPDF):
    """Pages that are the same, byte for byte, for the same content and `dated`."""

    def __init__(self, *, title: str, dated: datetime, foot: str, page_foot: str) -> None:
        """`page_foot` holds `{page}` and `{pages}`."""
        super().__init__(format="A4")
        self._foot, self._page_foot = foot, page_foot
        for family, file in (("latin", "NotoSans"), ("hindi", "NotoSansDevanagari")):
            self.add_font(family, "", FONTS / f"{file}-Regular.ttf")
            self.add_font(family, "B", FONTS / f"{file}-Bold.ttf")
        self.set_fallback_fonts(["hindi"])
        # Without kerning, because its small steps look like spaces to whoever copies the text.
        self.set_text_shaping(True, features={"kern": False})
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=22)
        self.set_creation_date(dated.astimezone(clock.IST))
        self.set_title(title)
        self.set_author("TutorHub")
        self.set_text_color(*INK)
        self.set_draw_color(*RULE)
        self.set_font("latin", "", PLAIN)
        self.add_page()

    def _render_styled_text_line(self, *args: Any, **options: Any) -> bool:
        """fpdf2 2.8 forgets the size of a font that was chosen right before a line in Hindi.

        It notes the font as set on the page when only the line in Hindi has set it, for itself.
        """
        if self.current_font is not None and not self.current_font_is_set_on_page:
            self._out(self._set_font_for_page(self.current_font, self.font_size_pt))
        return super()._render_styled_text_line(*args, **options)

    def footer(self) -> None:
        """Called for every page; fpdf2 puts the number of pages in at the end."""
        self.set_y(-16)
        self.set_font("latin", "", SMALL)
        self.set_text_color(*MUTED)
        self.cell(self.epw * 0.7, 5, self._foot)
        numbers = self._page_foot.format(page=self.page_no(), pages=self.str_alias_nb_pages)
        self.cell(self.epw * 0.3, 5, numbers, align="R")
        self.set_text_color(*INK)

    def heading(self, text: str, size: float = LARGE) -> None:
        self.set_font("latin", "B", size)
        self._paragraph(text, size * 0.5)
        self.set_font("latin", "", PLAIN)

    def paragraph(self, text: str) -> None:
        self._paragraph(text, 5)
        self.ln(2)

    def note(self, text: str) -> None:
        """Small print."""
        self.set_font("latin", "", SMALL)
        self._paragraph(text, 4.2)
        self.ln(1)
        self.set_font("latin", "", PLAIN)

    def side_by_side(self, *blocks: Iterable[tuple[str, str]]) -> None:
        """Blocks of small labels, each with its text below."""
        top, width, bottoms = self.get_y(), self.epw / len(blocks), [self.get_y()]
        for number, block in enumerate(blocks):
            self.set_y(top)
            for label, text in block:
                self._labelled(label, text, x=self.l_margin + number * width, width=width - 4)
            bottoms.append(self.get_y())
        self.set_y(max(bottoms) + 2)

    def figures(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str]],
        total: Sequence[str] | None = None,
    ) -> None:
        """A table whose head is repeated on every page."""
        self.set_font("latin", "", SMALL)
        strong = FontFace(emphasis="BOLD", fill_color=TINT)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=tuple(column.width for column in columns),
            headings_style=strong,
            line_height=4.4,
            padding=(1.2, 1),
            text_align=tuple("RIGHT" if column.is_figure else "LEFT" for column in columns),
            v_align="TOP",
        ) as table:
            table.row([column.head for column in columns])
            for row in rows:
                table.row(row)
            if total is not None:
                table.row(total, style=strong)
        self.set_font("latin", "", PLAIN)
        self.ln(3)

    def _paragraph(self, text: str, height: float) -> None:
        self.multi_cell(0, height, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def _labelled(self, label: str, text: str, *, x: float, width: float) -> None:
        self.set_x(x)
        self.set_font("latin", "", SMALL)
        self.set_text_color(*MUTED)
        self.multi_cell(width, 4.2, label, align="L", new_x="LEFT", new_y="NEXT")
        self.set_text_color(*INK)
        self.set_font("latin", "", PLAIN)
        self.set_x(x)
        self.multi_cell(width, 4.8, text, align="L", new_x="LEFT", new_y="NEXT")
        self.ln(1.6)
