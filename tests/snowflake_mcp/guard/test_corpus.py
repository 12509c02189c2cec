"""Statements written for the purpose, and what each must be taken for."""

from pathlib import Path

import pytest

from snowflake_mcp.guard import Kind, examine

CORPUS = Path(__file__).parent / "corpus"


def lines(name: str) -> list[str]:
    return [line for line in (CORPUS / name).read_text("utf-8").split("\n") if line.strip()]


def paragraphs() -> list[str]:
    texts = [path.read_text("utf-8") for path in sorted(CORPUS.glob("reads_*.sql"))]
    return [part.strip("\n") for text in texts for part in text.split("\n\n") if part.strip()]


READS = paragraphs()
OTHERS: list[tuple[str, Kind]] = [
    *((sql, "refused") for sql in lines("refused.sql")),
    *((sql, "write") for sql in lines("write.sql")),
    *((sql, "destroy") for sql in lines("destroy.sql")),
]


@pytest.mark.parametrize("sql", lines("harmless_but_refused.sql"))
def test_a_harmless_query_that_is_not_understood_is_refused_with_a_way_out(sql: str) -> None:
    refusal = examine(sql).refusal
    assert refusal is not None
    assert refusal.next_step


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    assert len(READS) >= 300
    assert len(OTHERS) >= 300
    assert len(set(READS)) == len(READS)
    assert len({sql for sql, _ in OTHERS}) == len(OTHERS)


@pytest.mark.parametrize("sql", READS)
def test_an_ordinary_query_of_an_analyst_is_a_read(sql: str) -> None:
    statement = examine(sql)
    assert (statement.kind, str(statement.refusal or "")) == ("read", "")
    statement.require("read")


@pytest.mark.parametrize(("sql", "kind"), OTHERS)
def test_what_is_no_read_never_passes_as_one(sql: str, kind: Kind) -> None:
    statement = examine(sql)
    assert statement.kind == kind
    assert (statement.refusal is not None) == (kind == "refused")


@pytest.mark.parametrize("sql", [sql for sql, kind in OTHERS if kind != "refused"])
def test_each_change_names_what_it_changes(sql: str) -> None:
    statement = examine(sql)
    assert statement.writes
    assert statement.verb


@pytest.mark.parametrize("sql", [sql for sql, kind in OTHERS if kind == "refused"])
def test_each_refusal_says_why_and_what_to_do(sql: str) -> None:
    refusal = examine(sql).refusal
    assert refusal is not None
    assert refusal.reason
    assert refusal.next_step
    assert refusal.line is None or (refusal.line == 1 and 1 <= (refusal.column or 0) <= len(sql) + 1)
