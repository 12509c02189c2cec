"""Semantic views, search results and the analyst's answers as text: marked as data, within a budget."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from connector_kit.errors import clean_text
from connector_kit.output import ANSWER_BUDGET, clip, page_line, quoted, size, table
from snowflake_mcp.guard import written
from snowflake_mcp.values import cell

if TYPE_CHECKING:
    from snowflake_mcp.client.semantics import Analysis, Hits, Member, SearchService, Semantics, SemanticView

ROOM: Final = ANSWER_BUDGET - 1_500
_LABEL: Final = "the Snowflake account"
_SHORTEST: Final = 200
"""Characters of a search result's column that are shown at least."""
_EXPRESSION: Final = 160
_COMMENT: Final = 200


def views_text(views: "Sequence[SemanticView]") -> str:
    """Semantic views as a table."""
    rows = [(view.name, clean_text(view.comment, _COMMENT), view.owner) for view in views]
    return _listed(("semantic view", "comment", "owner"), rows, "views")


def services_text(services: "Sequence[SearchService]") -> str:
    """Search services as a table: what each searches, filters by and returns."""
    rows = [
        (
            service.name,
            service.search_column,
            _names(service.attributes, 200),
            _names(service.columns, 400),
            clean_text(service.comment, _COMMENT),
        )
        for service in services
    ]
    return _listed(("service", "searched column", "filtered by", "columns", "comment"), rows, "services")


def _listed(columns: Sequence[str], rows: Sequence[Sequence[str]], noun: str) -> str:
    shown = table(columns, rows, budget=ROOM)
    line = page_line(shown.shown, noun=noun, total=len(rows)).replace("of about", "of").removesuffix("; more: no")
    more = "; more: yes, with like or within" if shown.shown < len(rows) else "; more: no"
    return f"{quoted(_LABEL, shown.text)}\n{line}{more}"


def semantics_text(view: "Semantics") -> str:
    """A semantic view: its tables, how they belong together, and what a query may name, with an example."""
    sections = [
        ("tables", ("name", "table", "primary key", "synonyms", "comment"), [_table(m) for m in view.of("TABLE")]),
        ("relationships", ("name", "from", "to"), [_relationship(m) for m in view.of("RELATIONSHIP")]),
        *(
            (title, ("name", "type", "expression", "synonyms", "comment"), [_member(m) for m in _public(view, kinds)])
            for title, kinds in (
                ("dimensions", ("DIMENSION",)),
                ("metrics", ("METRIC", "DERIVED_METRIC")),
                ("facts", ("FACT",)),
            )
        ),
    ]
    comment = view.properties.get("COMMENT", "")
    lines = [view.name, *([f"comment: {clean_text(comment, 1_000)}"] if comment else [])]
    left_out: list[str] = []
    room = ROOM - size("\n".join(lines))
    for title, columns, rows in sections:
        if not rows:
            continue
        kept = [place for place in range(len(columns)) if not place or any(row[place] for row in rows)]
        shown = table([columns[place] for place in kept], _chosen(rows, kept), budget=max(room, 500))
        lines.append(f"{title}:\n{shown.text}")
        room -= size(shown.text) + size(title) + 2
        if shown.shown < len(rows):
            left_out.append(f"{len(rows) - shown.shown} {title}")
    notes = [f"({', '.join(left_out)} do not fit: SHOW SEMANTIC DIMENSIONS / METRICS IN the view.)"] if left_out else []
    return "\n".join([quoted(_LABEL, "\n".join(lines)), *notes, *_example(view)])


def hits_text(hits: "Hits", service: str) -> str:
    """Search results, best first: a JSON object in a line each, long texts cut."""
    share = max(ROOM // max(len(hits.records) * max(len(hits.columns), 1), 1) - 40, _SHORTEST)
    lines: list[str] = []
    used = 0
    for number, record in enumerate(hits.records, 1):
        shown = {name: cell(record[name], limit=share) for name in hits.columns if name in record}
        line = f"{number}. {json.dumps(shown, ensure_ascii=False, separators=(',', ':'))}"
        used += size(line) + 1
        if used > ROOM and lines:
            break
        lines.append(clip(line, ROOM))
    missing = len(hits.records) - len(lines)
    notes = [f"({missing} more do not fit: ask for fewer columns, or a lower limit.)"] if missing else []
    return "\n".join(
        [quoted(f"Cortex Search {service}", "\n".join(lines)), *notes, page_line(len(lines), noun="results")]
    )


def analysis_text(analysis: "Analysis") -> str:
    """The analyst's answer: its words, each statement with what can be done with it, questions to ask instead."""
    parts: list[str] = []
    if analysis.text:
        parts.append(quoted("Cortex Analyst", clip(analysis.text, ROOM // 3)))
    for proposal in analysis.proposals:
        sql = clip(proposal.sql.strip(), ROOM // 2)
        verified = (
            f" It rests on the verified query {clean_text(proposal.verified, 200)!r}." if proposal.verified else ""
        )
        if proposal.refusal:
            parts.append(f"It proposes SQL that cannot be run here: {proposal.refusal}")
        elif sql != proposal.sql.strip():
            parts.append("It proposes SQL that is too long for an answer: ask for less at once.")
        else:
            parts.append(f"Proposed SQL, which only reads and was not run: snowflake_run_query runs it.{verified}")
        parts.append(quoted("SQL of Cortex Analyst", sql))
    if analysis.suggestions:
        parts.append("It cannot answer that, and suggests to ask:" if not analysis.proposals else "It suggests to ask:")
        parts.append(quoted("Cortex Analyst", "\n".join(f"- {clean_text(text)}" for text in analysis.suggestions[:10])))
    if analysis.warnings:
        parts.append(quoted("warnings of Cortex Analyst", "\n".join(map(clean_text, analysis.warnings[:5]))))
    return "\n".join(parts) or "The analyst answered nothing: put the question in other words."


def _public(view: "Semantics", kinds: Sequence[str]) -> "list[Member]":
    return [member for member in view.of(*kinds) if not member.private]


def _chosen(rows: Iterable[Sequence[str]], places: Sequence[int]) -> "Iterable[list[str]]":
    return ([row[place] for place in places] for row in rows)


def _named(member: "Member") -> str:
    return f"{written(member.table)}.{written(member.name)}" if member.table else written(member.name)


def _table(member: "Member") -> tuple[str, ...]:
    told = member.properties
    base = [told.get(f"BASE_TABLE_{part}NAME", "") for part in ("DATABASE_", "SCHEMA_", "")]
    return (
        written(member.name),
        ".".join(written(part) for part in base if part),
        _names_of(told.get("PRIMARY_KEY", "")),
        _names(member.synonyms, 120),
        clean_text(told.get("COMMENT", ""), _COMMENT),
    )


def _relationship(member: "Member") -> tuple[str, ...]:
    told = member.properties
    return (
        written(member.name),
        f"{told.get('TABLE', member.table)}({_names_of(told.get('FOREIGN_KEY', ''))})",
        f"{told.get('REF_TABLE', '')}({_names_of(told.get('REF_KEY', ''))})",
    )


def _member(member: "Member") -> tuple[str, ...]:
    told = member.properties
    return (
        _named(member),
        told.get("DATA_TYPE", ""),
        clean_text(told.get("EXPRESSION", ""), _EXPRESSION),
        _names(member.synonyms, 120),
        clean_text(told.get("COMMENT", ""), _COMMENT),
    )


def _names_of(text: str) -> str:
    return ", ".join(part.strip().strip('"') for part in text.strip("[] ").split(",") if part.strip())


def _names(names: Sequence[str], most: int) -> str:
    return clean_text(", ".join(names), most)


def _example(view: "Semantics") -> list[str]:
    metric = next(iter(_public(view, ("METRIC",))), None)
    if metric is None:
        return []
    tables = {metric.table}
    dimension = next((member for member in _public(view, ("DIMENSION",)) if member.table in tables), None)
    by = f" DIMENSIONS {_named(dimension)}" if dimension else ""
    named = f"SEMANTIC_VIEW({view.name}{by} METRICS {_named(metric)})"
    return ["Query it with snowflake_run_query, like:", quoted(_LABEL, " ".join(["SELECT * FROM", named]))]
