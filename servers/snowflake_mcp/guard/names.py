"""Names of Snowflake's objects: as they are written in a statement, and as a tool may put them into one.

Rules as in https://docs.snowflake.com/en/sql-reference/identifiers-syntax.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from connector_kit.errors import InvalidInput
from snowflake_mcp.guard.words import words

MAX_NAME: Final = 255
_PLAIN = re.compile(r"[A-Z_][A-Z0-9_$]*")
_TYPED = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
_PART = re.compile(r'"(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_$]*')
# Snowflake's own, and in the last two lines those that a parser takes for the begin of something else.
_RESERVED: Final = words(
    """ACCOUNT ALL ALTER AND ANY AS BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONNECTION CONSTRAINT CREATE CROSS
    CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DATABASE DELETE DISTINCT DROP ELSE EXISTS FALSE
    FOLLOWING FOR FROM FULL GRANT GROUP GSCLUSTER HAVING ILIKE IN INCREMENT INNER INSERT INTERSECT INTO IS ISSUE JOIN
    LATERAL LEFT LIKE LOCALTIME LOCALTIMESTAMP MINUS NATURAL NOT NULL OF ON OR ORDER ORGANIZATION QUALIFY REGEXP REVOKE
    RIGHT RLIKE ROW ROWS SAMPLE SCHEMA SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER TRUE TRY_CAST UNION
    UNIQUE UPDATE USING VALUES VIEW WHEN WHENEVER WHERE WITH IDENTIFIER
    ASOF AT BEFORE CHANGES DESCRIBE END FETCH LIMIT MATCH_RECOGNIZE NOTNULL OFFSET OUTER PARTITIONED_BY PIVOT TOP
    UNCACHE UNDROP UNPIVOT WINDOW XOR"""
)


@dataclass(frozen=True, slots=True, order=True)
class ObjectName:
    """An object as far as a statement says which: without a database or a schema it is in the session's own.

    Parts are as Snowflake keeps them: upper case unless quoted. An empty schema (DB..T) is PUBLIC. `name` is "" for
    what is itself a schema, and `schema` is None as well for what is itself a database.
    """

    database: str | None
    schema: str | None
    name: str

    def __str__(self) -> str:
        parts = (self.database, self.schema, self.name)
        return ".".join(written(part) for part in parts if part)


def written(name: str) -> str:
    """A kept name as a statement has to write it: quoted unless it is plain upper case and no reserved word."""
    if _PLAIN.fullmatch(name) and name not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def identifier(name: str, *, parameter: str = "name") -> str:
    """One identifier, given by a caller, as SQL that cannot be anything else.

    What looks like a plain name is taken without regard to case, as Snowflake takes it (orders is ORDERS); a name
    already in double quotes, or with other characters, is exact. Raises InvalidInput naming `parameter` for blank
    text, more than 255 characters, and characters that do not show.
    """
    if name.startswith('"'):
        if len(name) < 3 or not _PART.fullmatch(name):
            raise _wrong(parameter, 'a quoted name ends with " and doubles each " inside of it')
        name = name[1:-1].replace('""', '"')
    elif _TYPED.fullmatch(name):
        name = name.upper()
    if not name.strip():
        raise _wrong(parameter, "must not be blank")
    if len(name) > MAX_NAME:
        raise _wrong(parameter, f"has more than {MAX_NAME} characters")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in name):
        raise _wrong(parameter, "holds characters that do not show")
    return written(name)


def parse_name(text: str, *, parameter: str = "name") -> ObjectName:
    """`[database.][schema.]name`, each part plain or in double quotes. Raises InvalidInput naming `parameter`."""
    parts: list[str] = []
    place = 0
    while match := _PART.match(text, place):
        written_part = identifier(match.group(), parameter=parameter)
        parts.append(written_part[1:-1].replace('""', '"') if written_part.startswith('"') else written_part)
        place = match.end()
        if place == len(text):
            break
        if text[place] != ".":
            break
        place += 1
        if text.startswith(".", place) and len(parts) == 1:
            parts.append("PUBLIC")
            place += 1
    if place != len(text) or not 1 <= len(parts) <= 3 or text.endswith("."):
        raise _wrong(parameter, 'is not a name like SALES.PUBLIC.ORDERS; other characters go in "double quotes"')
    database, schema, name = (None, None, None, *parts)[-3:]
    assert name is not None
    return ObjectName(database, schema, name)


def _wrong(parameter: str, why: str) -> InvalidInput:
    return InvalidInput("The name cannot be used.", fields={parameter: why})
