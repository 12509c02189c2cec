"""What semantic views, searches and the analyst answer, read from Snowflake's rows and JSON.

https://docs.snowflake.com/en/sql-reference/sql/desc-semantic-view,
https://docs.snowflake.com/en/developer-guide/snowflake-rest-api/reference/cortex-analyst
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connector_kit.errors import BadAnswer
from connector_kit.wire import as_list, as_object, as_text, is_list, objects, texts


@dataclass(frozen=True, slots=True)
class SemanticView:
    """A semantic view in a list: `name` in full, as a statement writes it."""

    name: str
    comment: str
    owner: str


@dataclass(frozen=True, slots=True)
class SearchService:
    """A Cortex Search service: what it searches, what can be filtered by, what it can return."""

    name: str
    search_column: str
    attributes: tuple[str, ...]
    columns: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Member:
    """A table, relationship, dimension, fact or metric of a semantic view, with its properties by name."""

    kind: str
    table: str
    name: str
    properties: Mapping[str, str]

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Other words for it."""
        return names_in(self.properties.get("SYNONYMS", ""))

    @property
    def private(self) -> bool:
        """Whether queries cannot name it."""
        return self.properties.get("ACCESS_MODIFIER", "").upper() == "PRIVATE"


@dataclass(frozen=True, slots=True)
class Semantics:
    """A semantic view: `properties` of its own, and its members in their order."""

    name: str
    properties: Mapping[str, str]
    members: tuple[Member, ...]

    def of(self, *kinds: str) -> tuple[Member, ...]:
        """The members of these kinds."""
        return tuple(member for member in self.members if member.kind in kinds)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A statement that the analyst proposes. `refusal` is why it cannot be run here, "" for a read that can."""

    sql: str
    refusal: str = ""
    verified: str = ""
    """The name of the verified query that it rests on, if it does."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the analyst answers: how it understood the question, statements, or questions to ask instead."""

    text: str
    proposals: tuple[Proposal, ...] = ()
    suggestions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hits:
    """Results of a search, best first: a record of columns each."""

    records: tuple[Mapping[str, object], ...]
    columns: tuple[str, ...] = field(default=())


def names_in(text: str) -> tuple[str, ...]:
    """Names as SHOW and DESCRIBE write several: a JSON array, or separated by commas."""
    text = text.strip()
    if text.startswith("["):
        try:
            return tuple(texts(json.loads(text)))
        except (ValueError, RecursionError):
            text = text.strip("[]")
    return tuple(part.strip() for part in text.split(",") if part.strip())


def semantics(name: str, rows: Sequence[Mapping[str, object]]) -> Semantics:
    """The rows of DESCRIBE SEMANTIC VIEW, one for each property of each object."""
    own: dict[str, str] = {}
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in rows:
        kind = as_text(row.get("object_kind")).upper()
        key = (kind, as_text(row.get("parent_entity")), as_text(row.get("object_name")))
        properties = own if kind in ("", "SEMANTIC_VIEW") else found.setdefault(key, {})
        properties[as_text(row.get("property")).upper()] = as_text(row.get("property_value"))
    members = [Member(kind, table, part, properties) for (kind, table, part), properties in found.items()]
    return Semantics(name, own, tuple(members))


def analysis(body: object) -> Analysis:
    """The answer of the analyst, its statements not yet examined. Raises BadAnswer for another shape."""
    whole = as_object(body)
    content = as_object(whole.get("message")).get("content")
    if not is_list(content):
        raise BadAnswer("The analyst's answer has no message.", next_step="Ask again.")
    said: list[str] = []
    proposals: list[Proposal] = []
    suggestions: list[str] = []
    for part in objects(content):
        match part.get("type"):
            case "text":
                said.append(as_text(part.get("text")))
            case "sql":
                verified = as_object(as_object(part.get("confidence")).get("verified_query_used"))
                proposals.append(Proposal(as_text(part.get("statement")), verified=as_text(verified.get("name"))))
            case "suggestions":
                suggestions += texts(part.get("suggestions"))
            case _:
                pass  # charts and results belong to ways of asking that are not used
    warnings = [as_text(warning.get("message")) for warning in objects(whole.get("warnings"))]
    return Analysis(
        "\n".join(filter(None, said)),
        tuple(proposal for proposal in proposals if proposal.sql.strip()),
        tuple(suggestions),
        tuple(filter(None, warnings)),
    )


def hits(body: object) -> Hits:
    """The results of a search. Raises BadAnswer for another shape."""
    results = as_object(body).get("results")
    if not is_list(results):
        raise BadAnswer("The search's answer has no results.", next_step="Ask again.")
    records = tuple(objects(as_list(results)))
    columns = dict.fromkeys(name for record in records for name in record if not name.startswith("@"))
    return Hits(records, tuple(columns))
