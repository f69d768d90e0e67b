"""The report of a day as one HTML page that needs nothing else: pictures are inside, every text is put in literally."""

import html
from collections.abc import Sequence
from datetime import tzinfo
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from textcraft_core.book.inline import inline_jpeg
from textcraft_core.day.report import Line, Report, Take

THUMB: Final = (320, 180)
MOST_THUMBS: Final = 120
PRINT_COLUMNS: Final = 3
MOST_LINES: Final = 400
"""Rows of one table; a longer one says how many it leaves out."""


def to_html(report: Report, zone: tzinfo | None = None) -> str:
    """Return the whole report as one HTML page; times are local to `zone`. Blocking: it scales pictures."""
    figures = "".join(f"<div><b>{value}</b><span>{name}</span></div>" for name, value in _figures(report))
    takes = "".join(_take(take, zone, number < MOST_THUMBS) for number, take in enumerate(report.takes))
    return _page("report.html", report, zone, figures, takes)


def to_print(report: Report, zone: tzinfo | None = None) -> str:
    """Return the report in the plain HTML a page printer understands: tables in place of grids. Blocking."""
    figures = " · ".join(f"<b>{value}</b> {name}" for name, value in _figures(report))
    cells = [_cell(take, zone, number < MOST_THUMBS) for number, take in enumerate(report.takes)]
    rows = (cells[first : first + PRINT_COLUMNS] for first in range(0, len(cells), PRINT_COLUMNS))
    takes = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return _page("report_print.html", report, zone, figures, takes)


def _page(template: str, report: Report, zone: tzinfo | None, figures: str, takes: str) -> str:
    page = Template(files("textcraft_core").joinpath("templates", template).read_text("utf-8"))
    return page.substitute(
        title=html.escape(report.title),
        day=f"{report.began.astimezone(zone):%A, %d %B %Y}",
        span=f"{report.began.astimezone(zone):%H:%M} – {report.ended.astimezone(zone):%H:%M}",
        figures=figures,
        takes=takes,
        stops=_table(report.stops, zone),
        faults=_table(report.faults, zone),
        marks=_table(report.marks, zone),
        preflight=_table(report.preflight, zone),
        spend=_spend(report),
        visitors=_visitors(report, zone),
        text="".join(_chapter(path, text) for path, text in report.written.items()),
    )


def _figures(report: Report) -> tuple[tuple[str, int | str], ...]:
    return (
        ("takes", len(report.takes)),
        ("cycles", report.cycles),
        ("cycles that failed", report.failed),
        ("faults", len(report.faults)),
        ("stops", len(report.stops)),
        ("visitors", report.visitors),
        ("spent", f"${report.spent:.2f}"),
    )


def _take(take: Take, zone: tzinfo | None, with_picture: bool) -> str:
    picture = inline_jpeg(take.path, THUMB) if with_picture and take.path else ""
    shown = f'<img alt="" src="{picture}">' if picture else '<div class="none"></div>'
    when = f"<i>{take.at.astimezone(zone):%H:%M:%S} · {html.escape(take.by)}</i>"
    return f"<figure>{shown}<figcaption>{when}{html.escape(take.caption)}</figcaption></figure>"


def _cell(take: Take, zone: tzinfo | None, with_picture: bool) -> str:
    picture = inline_jpeg(take.path, THUMB) if with_picture and take.path else ""
    shown = f'<img src="{picture}" width="160"><br>' if picture else ""
    when = f'<span class="quiet">{take.at.astimezone(zone):%H:%M:%S} · {html.escape(take.by)}</span>'
    return f'<td width="33%" valign="top">{shown}{when}<br>{html.escape(take.caption)}</td>'


def _table(lines: Sequence[Line], zone: tzinfo | None) -> str:
    if not lines:
        return "<p class='quiet'>none</p>"
    rows = "".join(
        f"<tr><td>{line.at.astimezone(zone):%H:%M:%S}</td><td>{html.escape(line.text)}</td></tr>"
        for line in lines[:MOST_LINES]
    )
    more = (
        f"<p class='quiet'>and {len(lines) - MOST_LINES} more, in the timeline</p>" if len(lines) > MOST_LINES else ""
    )
    return f"<table>{rows}</table>{more}"


def _spend(report: Report) -> str:
    if not report.spend:
        return "<p class='quiet'>nothing</p>"
    rows = "".join(
        f"<tr><td>{html.escape(source)}</td><td>${usd:.4f}</td></tr>" for source, usd in sorted(report.spend.items())
    )
    return f"<table>{rows}<tr><td><b>in all</b></td><td><b>${report.spent:.2f}</b></td></tr></table>"


def _visitors(report: Report, zone: tzinfo | None) -> str:
    return "" if report.said is None else f"<h2>What visitors said</h2>{_table(report.said, zone)}"


def _chapter(path: str, text: str) -> str:
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
    return f"<section><h3>{html.escape(Path(path).stem.replace('_', ' '))}</h3>{paragraphs}</section>"
