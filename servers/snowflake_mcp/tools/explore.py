"""Finding out what there is: objects by words or by kind, what a table holds, the statement that made it."""

from typing import TYPE_CHECKING, Annotated, TypeVar, cast

from pydantic import Field

from connector_kit.errors import NotAuthenticated, ServiceError, clean_text
from connector_kit.output import page_line
from connector_kit.pages import decode_cursor, encode_cursor, fingerprint
from snowflake_mcp.kinds import DdlKind, ListedKind
from snowflake_mcp.tools.catalog_text import ddl_text, entries_text, found_text, table_text
from snowflake_mcp.tools.table import TOOLS, Cursor, Snowflake, TableRef

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from snowflake_mcp.client.catalog.records import Entry

T = TypeVar("T")

Within = Annotated[str, Field(description="DATABASE, DATABASE.SCHEMA or ACCOUNT.", max_length=600)]


@TOOLS.tool(title="Search Snowflake objects", effect="reads")
async def snowflake_search_objects(
    snowflake: Snowflake,
    query: Annotated[str, Field(description="Words, like: customer revenue.", min_length=1, max_length=300)],
    within: Within = "",
    limit: Annotated[int, Field(description="Matches in an answer.", ge=1, le=100)] = 25,
) -> str:
    """Find databases, schemas, tables, views and columns by words of names and comments, in the whole account.

    Begin here when you do not know where data is; snowflake_describe_table tells more of a table.
    """
    answer = await snowflake.catalog.search(query, within, limit=limit)
    if not answer.found:
        return "\n".join([f"Nothing in {_said(answer.place)} matches.", *answer.notes])
    text, shown = found_text(answer.found)
    line = page_line(shown, noun="matches", total=answer.total).removesuffix("; more: no")
    more = "; more: yes, with other words, within or a higher limit" if shown < answer.total else "; more: no"
    return "\n".join([text, *answer.notes, line.replace("of about", "of") + more])


@TOOLS.tool(title="List Snowflake objects", effect="reads")
async def snowflake_list_objects(
    snowflake: Snowflake,
    kind: Annotated[ListedKind, Field(description="What to list.")],
    within: Annotated[Within, Field(description="DATABASE, DATABASE.SCHEMA or ACCOUNT; else the usual database.")] = "",
    like: Annotated[str, Field(description="Part of the name, or a pattern with %.", max_length=255)] = "",
    limit: Annotated[int, Field(description="Objects in an answer.", ge=1, le=500)] = 100,
    cursor: Cursor = "",
) -> str:
    """List objects of a kind by name, a row each with sizes, states and comments."""
    question = fingerprint(kind, within, like)
    after = _after(cursor, question) if cursor else None
    listing = await snowflake.catalog.objects(kind, within, like)
    rest = [entry for entry in listing.entries if after is None or entry.key > after]
    if not rest:
        where = "" if kind in ("databases", "warehouses", "roles") else f" in {_said(listing.place)}"
        return "\n".join([f"There are no{' more' if after else ''} {kind}{where}{_liked(like)}.", *listing.notes])
    text, shown = entries_text(rest[:limit], listing.columns)
    follows = _cursor(rest[shown - 1], question) if shown < len(rest) else None
    line = page_line(shown, noun=kind, total=len(listing.entries), cursor=follows).replace("of about", "of")
    return "\n".join([text, *listing.notes, line])


@TOOLS.tool(title="Describe a Snowflake table", effect="reads")
async def snowflake_describe_table(
    table: TableRef,
    snowflake: Snowflake,
    sample: Annotated[int, Field(description="Rows to take sample values from.", ge=0, le=20)] = 0,
    nulls: Annotated[bool, Field(description="Count nulls and distinct values, with ranges.")] = False,
) -> str:
    """Read a table or view: columns with types and comments, keys, rows, size, a view's text.

    sample and nulls take a warehouse.
    """
    catalog = snowflake.catalog
    found = await catalog.describe(table)
    notes: list[str] = []
    rows = await _tried(catalog.sample(found, sample), "Sample values", notes) if sample else None
    counts = await _tried(catalog.counts(found), "Counts", notes) if nulls else None
    return "\n".join([table_text(found, sample=rows or (), counts=counts), *notes])


@TOOLS.tool(title="Get the DDL of a Snowflake object", effect="reads")
async def snowflake_get_ddl(
    snowflake: Snowflake,
    kind: Annotated[DdlKind, Field(description="What it is.")],
    name: Annotated[
        str,
        Field(description="[DATABASE.][SCHEMA.]NAME; functions with types: F(NUMBER).", min_length=1, max_length=900),
    ],
    offset: Annotated[int, Field(description="Character to go on from.", ge=0)] = 0,
) -> str:
    """Read the statement that would create an object again; of a schema or database, all it holds."""
    statement = await snowflake.catalog.ddl(kind, name)
    if not statement:
        return f"Snowflake gives no DDL for this {kind}: the role may not see it."
    return ddl_text(statement, offset)


async def _tried(asked: "Awaitable[T]", what: str, notes: list[str]) -> T | None:
    """The answer; where there is none, a note: the description is worth telling without it."""
    try:
        return await asked
    except NotAuthenticated:
        raise
    except ServiceError as error:
        notes.append(f"{what} could not be read: {error}")
        return None


def _after(cursor: str, question: str) -> tuple[str, str, str, str]:
    state = decode_cursor("snowflake_list_objects", cursor, question)
    parts = state.get("after")
    texts = [part for part in parts if isinstance(part, str)] if isinstance(parts, list) else []
    return cast("tuple[str, str, str, str]", tuple((texts + [""] * 4)[:4]))


def _cursor(entry: "Entry", question: str) -> str:
    return encode_cursor("snowflake_list_objects", {"after": list(entry.key)}, question)


def _liked(like: str) -> str:
    return f" like {_said(like)}" if like else ""


def _said(text: str) -> str:
    """A name outside of data marks."""
    return clean_text(text, 120).translate(str.maketrans("<>", "‹›"))
