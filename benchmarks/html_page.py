"""One self-contained HTML page of a report: tables, pictures and how it was made; nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEMPLATE = "report.html.j2"


@dataclass(frozen=True)
class Picture:
    """An SVG element and what it shows; `scrolled` on a narrow screen where shrunk it could not be read."""

    svg: str
    caption: str
    scrolled: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the page: a title, then text, pictures and a table, each where there is one.

    Attributes
    ----------
    title
        The heading.
    text
        Paragraphs.
    pictures
        Side by side where there is room.
    rows
        Of the table.
    columns
        Which of the rows' fields to show; none for no table.
    heading, shown
        How a column is called, and how a value of a column is written.
    marked
        Numbers of the rows to point out.
    """

    title: str
    text: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    columns: Sequence[str] = ()
    heading: Callable[[str], str] = str
    shown: Callable[[str, Any], str] = lambda _, value: str(value)
    marked: frozenset[int] = frozenset()


def page_html(
    title: str,
    sections: Sequence[Section],
    *,
    lead: Sequence[str] = (),
    cards: Sequence[tuple[str, str]] = (),
    made: str,
) -> str:
    """Return the page.

    Parameters
    ----------
    title
        Of the page.
    sections
        Its parts, in order.
    lead
        What to read first.
    cards
        Figures with what they say.
    made
        How it was made.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    return environment.get_template(TEMPLATE).render(
        title=title,
        lead=lead,
        cards=[{"value": value, "label": label} for value, label in cards],
        sections=[_section(each) for each in sections],
        made=made,
    )


def _section(section: Section) -> dict[str, Any]:
    is_text = {column: any(isinstance(row[column], str) for row in section.rows) for column in section.columns}
    return {
        "title": section.title,
        "text": section.text,
        "pictures": section.pictures,
        "columns": [{"name": section.heading(column), "text": is_text[column]} for column in section.columns],
        "rows": [
            {
                "marked": number in section.marked,
                "cells": [
                    {"value": section.shown(column, row[column]), "text": is_text[column]} for column in section.columns
                ],
            }
            for number, row in enumerate(section.rows)
        ],
    }
