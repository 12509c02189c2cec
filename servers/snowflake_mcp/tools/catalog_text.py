"""The catalogue as text: lists of objects, what a search found, a table with its columns; marked as data."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from connector_kit.errors import clean_text
from connector_kit.output import ANSWER_BUDGET, excerpt, one_line, quoted, size, table
from snowflake_mcp.guard import ObjectName, written
from snowflake_mcp.values import cell, text_of

if TYPE_CHECKING:
    from snowflake_mcp.client.catalog.records import ColumnCounts, Counts, Entry, Found, Table, TableColumn

ROOM: Final = ANSWER_BUDGET - 1_500
"""Bytes of an answer that are for rows; the rest is for what it says about itself."""
VIEW_BUDGET: Final = 1_500
"""Bytes of the text of a view that its description shows."""

_LABEL: Final = "the Snowflake account"
_MANY: Final = 20
"""From so many rows on, comments are cut shorter."""
_COLUMNS_TOLD: Final = 6
_KEYS_TOLD: Final = 10
_SAMPLE_CHARS: Final = 40
_SAMPLES_CHARS: Final = 120
_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB")


def entries_text(entries: "Sequence[Entry]", columns: Sequence[str], *, share: int = 1) -> tuple[str, int]:
    """Objects of one kind as a table without the columns that are empty, and how many of them fit.

    `share` is the number of tables that an answer has room for.
    """
    prefix, names = _shortened([entry.name for entry in entries])
    kept = [column for column in columns if any(_detail(entry, column, 10) for entry in entries)]
    width = 60 if len(entries) > _MANY else 200
    rows = [
        (f"{name}{clean_text(entry.arguments, 200)}", *(_detail(entry, column, width) for column in kept))
        for name, entry in zip(names, entries, strict=True)
    ]
    return _table(("name", *(column.replace("_", " ") for column in kept)), rows, prefix, ROOM // share)


def found_text(found: "Sequence[Found]") -> tuple[str, int]:
    """What a search found as a table, best first, and how much of it fits."""
    prefix, names = _shortened([each.name for each in found])
    rows = [
        (
            name,
            "" if each.kind == "TABLE" else each.kind.lower(),
            "" if each.rows is None else str(each.rows),
            _columns(each),
            clean_text(each.comment, 100),
        )
        for name, each in zip(names, found, strict=True)
    ]
    headings = ("name", "kind", "rows", "columns that match", "comment")
    filled = [place for place in range(len(headings)) if not place or any(row[place] for row in rows)]
    return _table(
        [headings[place] for place in filled], [[row[place] for place in filled] for row in rows], prefix, ROOM
    )


def table_text(found: "Table", *, sample: "Sequence[Mapping[str, object]]" = (), counts: "Counts | None" = None) -> str:
    """A table or view: a line of ours, then its name, comments, columns and keys as data, then what is left out."""
    head = [found.kind.lower()]
    if found.rows is not None:
        head.append(f"{found.rows:,} {'row' if found.rows == 1 else 'rows'}")
    if found.size:
        head.append(human(found.size))
    lines = [clean_text(str(found.name), 800)]
    told = {"comment": found.comment, "owner": found.owner, "clustered by": found.clustering}
    lines += [f"{name}: {clean_text(value, 1_000)}" for name, value in told.items() if value]
    keys = [f"primary key: {_names(found.primary_key)}"] if found.primary_key else []
    keys += [
        f"foreign key: {_names(key.columns)} -> {key.target}({_names(key.referred)})" for key in found.foreign_keys
    ]
    lines += [clean_text(key, 1_000) for key in keys[:_KEYS_TOLD]]
    lines += [f"and {len(keys) - _KEYS_TOLD} more keys"] if len(keys) > _KEYS_TOLD else []
    view = excerpt(found.text, budget=VIEW_BUDGET, rest="snowflake_get_ddl shows it whole.")
    text = [f"text: {one_line(view.text)}"] if found.text else []
    around = "\n".join([*lines, *text])
    columns, shown = _column_rows(found, sample, counts, budget=ROOM - size(around))
    notes = [*found.notes, *([view.note] if view.note else [])]
    if counts is not None:
        chosen = f", {counts.sampled}" if counts.sampled else ""
        notes.append(f"Counted in {counts.rows:,} rows{chosen}; ~ is an estimate.")
    if shown < len(found.columns):
        notes.append(f"{len(found.columns) - shown} more columns do not fit: read INFORMATION_SCHEMA.COLUMNS.")
    body = "\n".join([*lines, columns, *text])
    return "\n".join([f"{' · '.join(head)} · {len(found.columns)} columns", quoted(_LABEL, body), *notes])


def ddl_text(statement: str, offset: int) -> str:
    """A statement as data, from character `offset` on, and how to read on."""
    part = excerpt(statement, budget=ROOM, offset=offset, rest="Go on with offset={offset}.")
    return f"{quoted(_LABEL, part.text)}\n{part.note}".rstrip()


def human(number: int) -> str:
    """Bytes as people say them: 1.5 MB."""
    value = float(number)
    for unit in _UNITS[:-1]:
        if value < 1_000:
            return f"{value:.3g} {unit}"
        value /= 1_000
    return f"{value:.3g} {_UNITS[-1]}"


def _column_rows(
    found: "Table", sample: "Sequence[Mapping[str, object]]", counts: "Counts | None", *, budget: int
) -> tuple[str, int]:
    rows = [
        (
            written(column.name),
            column.type,
            "; ".join(_marks(column)),
            clean_text(column.comment, 300),
            *(_counted(column, counts.columns.get(column.name)) if counts else ("", "", "")),
            _samples(column, sample),
        )
        for column in found.columns
    ]
    headings = ("column", "type", "rules", "comment", "nulls", "distinct", "range", "values")
    filled = [place for place in range(len(headings)) if place < 2 or any(row[place] for row in rows)]
    laid = table(
        [headings[place] for place in filled], ([row[place] for place in filled] for row in rows), budget=budget
    )
    return laid.text, laid.shown


def _marks(column: "TableColumn") -> Iterable[str]:
    if not column.nullable:
        yield "not null"
    if column.default:
        yield clean_text(column.default if column.default.startswith("AS ") else f"default {column.default}", 80)
    if column.policy:
        yield f"masked by {clean_text(column.policy, 80)}"


def _counted(column: "TableColumn", counts: "ColumnCounts | None") -> tuple[str, str, str]:
    if counts is None:
        return ("", "", "")
    ends = [text_of(cell(end, column.type, limit=_SAMPLE_CHARS)) for end in (counts.least, counts.greatest)]
    distinct = "" if counts.distinct is None else f"~{counts.distinct}"
    return (str(counts.nulls), distinct, " to ".join(ends) if any(ends) else "")


def _samples(column: "TableColumn", sample: "Sequence[Mapping[str, object]]") -> str:
    """Different values of a column in the order in which they came, NULL last, as many as fit in a cell."""
    values = [row[column.name] for row in sample if column.name in row]
    kind = column.type.partition("(")[0]
    texts = [clean_text(text_of(cell(value, kind, limit=_SAMPLE_CHARS)), 80) for value in values if value is not None]
    told = list(dict.fromkeys(texts)) + (["NULL"] if None in values else [])
    fitting = [text for place, text in enumerate(told) if len("; ".join(told[: place + 1])) <= _SAMPLES_CHARS]
    return "; ".join(fitting or told[:1]) + (" …" if len(fitting) < len(told) else "")


def _columns(found: "Found") -> str:
    names = [clean_text(written(column.name), 300) for column in found.columns]
    if len(names) <= 2:
        names = [
            f"{name} ({clean_text(column.comment, 60)})" if column.comment else name
            for name, column in zip(names, found.columns, strict=True)
        ]
    more = f" and {len(names) - _COLUMNS_TOLD} more" if len(names) > _COLUMNS_TOLD else ""
    return ", ".join(names[:_COLUMNS_TOLD]) + more


def _detail(entry: "Entry", column: str, limit: int) -> str:
    value = str(entry.details.get(column) or "")
    if column == "bytes":
        return human(int(value)) if re.fullmatch(r"[1-9]\d{0,20}", value) else ""
    return clean_text(value, limit)


def _names(columns: Iterable[str]) -> str:
    return ", ".join(written(column) for column in columns)


def _shortened(names: Sequence[ObjectName]) -> tuple[str, list[str]]:
    """What all names begin with, said once, and the names without it."""
    databases = {name.database for name in names}
    schemas = {(name.database, name.schema) for name in names}
    named = all(name.name for name in names)
    if named and len(schemas) == 1 and names[0].database and names[0].schema:
        return f"{written(names[0].database)}.{written(names[0].schema)}", [written(name.name) for name in names]
    if len(databases) == 1 and names[0].database and all(name.schema for name in names):
        return written(names[0].database), [str(ObjectName(None, name.schema, name.name)) for name in names]
    return "", [str(name) for name in names]


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], prefix: str, budget: int) -> tuple[str, int]:
    laid = table(columns, rows, budget=budget)
    inside = [f"in {clean_text(prefix, 600)}:", laid.text] if prefix else [laid.text]
    return quoted(_LABEL, "\n".join(inside)), laid.shown
