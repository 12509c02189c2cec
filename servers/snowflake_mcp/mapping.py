"""Which column of a table each column of a file goes to, and how its text becomes the column's type.

Text is brought into one form here, and converted by Snowflake with the format named, so that no setting of an account
(DATE_INPUT_FORMAT and its like) can change what a date means.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connector_kit.errors import InvalidInput, clean_text
from snowflake_mcp.guard.names import MAX_NAME, written
from snowflake_mcp.inference import FALSE, TRUE, ColumnTypes, Family, Inference, clock, moment
from snowflake_mcp.tabular import Cell, compact, is_json

_TYPE = re.compile(r"([A-Z_]+)(?:\s*\((.*?)\))?")
"""A type as DESCRIBE tells it; a collation may follow."""
_SPOKEN: Final[Mapping[str, str]] = {
    "digits": "numbers",
    "float": "numbers",
    "switch": "true and false",
    "date": "dates like 2026-01-31",
    "time": "times like 23:59:00",
    "timestamp_ntz": "times like 2026-01-31 23:59:00, all with an offset or none",
}


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table as DESCRIBE TABLE tells it; `default` is an expression, None for none."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A column of the file and the one of the table that it goes to.

    `text` brings a cell into the form that `expression` converts, with `{}` for the column that holds the text.
    `problem` says why it cannot be loaded, "" if it can; `note` what becomes of its values that one may not expect.
    """

    source: ColumnTypes
    target: str
    type: str
    expression: str
    text: Callable[[Cell], str | None]
    problem: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mapped:
    """`pairs` are loaded; `left_out` are columns of the file and `unfilled` those of the table that have no partner."""

    pairs: tuple[Pair, ...]
    left_out: tuple[str, ...] = ()
    unfilled: tuple[TableColumn, ...] = ()

    @property
    def problems(self) -> Mapping[str, str]:
        """Why the file cannot be loaded, by the column of the table."""
        found = {pair.target: pair.problem for pair in self.pairs if pair.problem}
        for column in self.unfilled:
            if not column.nullable and column.default is None:
                found[column.name] = "must not be NULL, and the file has no column for it"
        return found


def new_table(inference: Inference) -> Mapped:
    """A table made for the file: names in upper case, with _ for what a plain name cannot have.

    Raises:
        InvalidInput: two columns would have the same name.
    """
    taken: dict[str, str] = {}
    pairs: list[Pair] = []
    for place, column in enumerate(inference.columns, 1):
        name = plain_name(column.name) or f"COLUMN_{place}"
        if name in taken:
            both = f"{clean_text(taken[name], 80)!r} and {clean_text(column.name, 80)!r}"
            raise InvalidInput(
                f"The columns {both} would both be {name}.",
                next_step="Rename one of them in the file.",
            )
        taken[name] = column.name
        pairs.append(_pair(column, TableColumn(name, column.type)))
    return Mapped(tuple(pairs))


def into_table(inference: Inference, table: Sequence[TableColumn]) -> Mapped:
    """A table that is there: columns go by name, without regard to case and to signs (Order ID is ORDER_ID).

    Raises:
        InvalidInput: no column has a partner, or two have the same.
    """
    by_name = {column.name: column for column in table}
    folded = {column.name.casefold(): column for column in reversed(table)}
    plain = {plain_name(column.name): column for column in reversed(table)}
    taken: dict[str, str] = {}
    pairs: list[Pair] = []
    left_out: list[str] = []
    for column in inference.columns:
        name = column.name
        target = by_name.get(name) or folded.get(name.casefold()) or plain.get(plain_name(name))
        if target is None:
            left_out.append(name)
            continue
        if target.name in taken:
            raise InvalidInput(
                f"{clean_text(taken[target.name], 80)!r} and {clean_text(name, 80)!r} both go to {target.name}.",
                next_step="Rename one of them in the file.",
            )
        taken[target.name] = name
        pairs.append(_pair(column, target))
    if not pairs:
        raise InvalidInput(
            "No column of the file has the name of one of the table.",
            fields={"file": ", ".join(left_out), "table": ", ".join(by_name)},
            next_step="Rename the columns in the file; for a file without a header give header=false.",
        )
    return Mapped(tuple(pairs), tuple(left_out), tuple(column for column in table if column.name not in taken))


def in_order(inference: Inference, table: Sequence[TableColumn]) -> Mapped:
    """A table that is there, for a file without names: the first column goes to the first, and so on.

    Raises:
        InvalidInput: the file has more columns than the table.
    """
    if len(inference.columns) > len(table):
        raise InvalidInput(
            f"The file has {len(inference.columns):,} columns, and the table {len(table):,}.",
            next_step="Give the file a header with the names of the table's columns.",
        )
    pairs = [_pair(column, target) for column, target in zip(inference.columns, table, strict=False)]
    return Mapped(tuple(pairs), unfilled=tuple(table[len(pairs) :]))


def plain_name(name: str) -> str:
    """A column's name without what needs quotes, in upper case; letters of any language stay."""
    plain = re.sub(r"[^\w$]+", "_", name.strip()).strip("_").upper()[:MAX_NAME]
    return f"_{plain}" if plain[:1].isdigit() else plain


def definition(pairs: Sequence[Pair]) -> str:
    """The columns of a new table, as CREATE TABLE has them."""
    return ", ".join(f"{written(pair.target)} {pair.type}" for pair in pairs)


def _pair(column: ColumnTypes, target: TableColumn) -> Pair:
    base, arguments = _parsed_type(target.type)
    match base:
        case "NUMBER" | "DECIMAL" | "NUMERIC" | "INT" | "INTEGER" | "BIGINT":
            found = _number(column, target.type, arguments)
        case "FLOAT" | "DOUBLE" | "REAL" | "DECFLOAT":
            wrong = _unlike(column, "float") if "digits" not in column.alive else ""
            found = Pair(column, "", target.type, f"CAST({{}} AS {base})", _float_text, wrong)
        case "BOOLEAN":
            found = Pair(column, "", base, "CAST({} AS BOOLEAN)", _boolean_text, _unlike(column, "switch"))
        case "DATE":
            found = Pair(column, "", base, "TO_DATE({}, 'YYYY-MM-DD')", _plain_text, _unlike(column, "date"))
        case "TIME":
            found = Pair(column, "", target.type, "TO_TIME({}, 'HH24:MI:SS.FF9')", _clock_text, _unlike(column, "time"))
        case "TIMESTAMP_NTZ" | "TIMESTAMP_LTZ" | "TIMESTAMP_TZ":
            found = _timestamp(column, base, target.type)
        case "VARIANT":
            found = Pair(column, "", base, "PARSE_JSON({})", _cell_json if column.cells else _json_text)
        case "OBJECT" | "ARRAY" if not arguments:
            wrong = "" if column.cells or column.kinds <= {"nested"} else "takes nested values, and the file has others"
            found = Pair(column, "", base, f"CAST(PARSE_JSON({{}}) AS {base})", _plain_text, wrong)
        case "VARCHAR" | "TEXT" | "STRING" | "CHAR":
            found = _varchar(column, target.type, arguments)
        case _:
            found = Pair(column, "", target.type, "{}", _plain_text, f"is {target.type}, which no file is loaded into")
    return _with_nulls(found, target, is_text=base in ("VARCHAR", "TEXT", "STRING", "CHAR", "VARIANT"))


def _with_nulls(pair: Pair, target: TableColumn, *, is_text: bool) -> Pair:
    column, text, notes = pair.source, pair.text, [pair.note] if pair.note else []
    nulls, first = column.nulls, column.first_null
    if column.empties and not is_text:
        text = _empty_is_null(text)
        one = column.empties == 1
        notes.append(f"{column.empties:,} empty {'value becomes' if one else 'values become'} NULL")
        nulls, first = nulls + column.empties, min(filter(None, (first, column.first_empty)))
    problem = pair.problem
    if nulls and not target.nullable and not problem:
        problem = f"must not be NULL, and line {first:,} has no value for it"
    return Pair(column, target.name, pair.type, pair.expression, text, problem, "; ".join(notes))


def _number(column: ColumnTypes, type_: str, arguments: str) -> Pair:
    precision, scale = ([int(part) for part in re.findall(r"\d+", arguments)] + [38, 0])[:2] if arguments else (38, 0)
    problem, note = _unlike(column, "digits"), ""
    if not problem and column.whole > precision - scale:
        problem = f"is {type_}, and the file has numbers of {column.whole} digits before the point"
    elif not problem and column.scale > scale:
        note = f"rounded: up to {column.scale} decimals, the column keeps {scale}"
    return Pair(column, "", type_, f"CAST({{}} AS NUMBER({precision},{scale}))", _digits_text, problem, note)


def _timestamp(column: ColumnTypes, base: str, type_: str) -> Pair:
    shape = "'YYYY-MM-DD HH24:MI:SS.FF9'"
    if base != "TIMESTAMP_NTZ" and "timestamp_tz" in column.alive:
        return Pair(column, "", type_, f"TO_{base}({{}}, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM')", _moment_text)
    note = "" if base == "TIMESTAMP_NTZ" else "in the time zone of the session: the file has no offsets"
    problem = _unlike(column, "timestamp_ntz")
    return Pair(column, "", type_, f"TO_{base}({{}}, {shape})", _moment_text, problem, note)


def _varchar(column: ColumnTypes, type_: str, arguments: str) -> Pair:
    most = int(arguments) if arguments.isdigit() else 0
    problem = ""
    if most and column.longest > most:
        problem = f"is {type_}, and line {column.longest_at:,} has {column.longest:,} characters"
    return Pair(column, "", type_, "{}", _plain_text, problem)


def _unlike(column: ColumnTypes, family: Family) -> str:
    """Why not all text of a column can be read as a family, with the first value that cannot; "" if it can."""
    place = column.cannot.get(family)
    return f"takes {_SPOKEN[family]}, and {place}" if place else ""


def _parsed_type(text: str) -> tuple[str, str]:
    found = _TYPE.match(text.strip().upper())
    return (found[1], found[2] or "") if found else (text, "")


def _plain_text(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return None if cell is None else str(cell)


def _empty_is_null(inner: Callable[[Cell], str | None]) -> Callable[[Cell], str | None]:
    return lambda cell: None if cell == "" else inner(cell)


def _digits_text(cell: Cell) -> str | None:
    text = _plain_text(cell)
    return None if text is None else text.lstrip("+")


def _float_text(cell: Cell) -> str | None:
    text = _digits_text(cell)
    return None if text is None else text.replace("Infinity", "inf").replace("nan", "NaN")


def _boolean_text(cell: Cell) -> str | None:
    text = _plain_text(cell)
    if text is None:
        return None
    lower = text.lower()
    return "true" if lower in TRUE else "false" if lower in FALSE else text


def _clock_text(cell: Cell) -> str | None:
    text = _plain_text(cell)
    return None if text is None else clock(text)


def _moment_text(cell: Cell) -> str | None:
    text = _plain_text(cell)
    found = moment(text) if text is not None else None
    if found is None:
        return text
    date, time, zone = found
    return f"{date} {time or '00:00:00.000000000'}{' ' + zone if zone else ''}"


def _json_text(cell: Cell) -> str | None:
    return None if cell is None else compact(cell)


def _cell_json(cell: Cell) -> str | None:
    """Text of a CSV file as JSON: what is an object or an array as that, other text as a string."""
    return cell if isinstance(cell, str) and is_json(cell) else _json_text(cell)
