"""No word of the parser's own hides that a function is called which Snowflake does not have."""

import re

import pytest
from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.tokenizer_core import TokenType

from snowflake_mcp.guard import examine
from snowflake_mcp.guard.functions import BUILT_IN
from snowflake_mcp.guard.syntax import parser_functions
from snowflake_mcp.guard.words import words

RESERVED = words(
    "ALL AND ANY AS CASE DISTINCT EXCEPT EXISTS FROM HAVING IN INTERSECT INTO IS LATERAL LIKE MINUS NOT OR QUALIFY ROW "
    "SELECT SOME TABLE UNION USING VALUES WHEN WHERE WITH"
)
"""Words that nobody can name a function by: https://docs.snowflake.com/en/sql-reference/reserved-keywords."""
SPELLED = {
    *Snowflake.Tokenizer.KEYWORDS,
    *parser_functions(),
    *exp.FUNCTION_BY_NAME,
    *(each.name for each in TokenType),
}
NAMES = sorted({word for word in SPELLED if re.fullmatch(r"[A-Z_][A-Z0-9_]*", word)} - BUILT_IN - RESERVED)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT {}(a) FROM t",
        "SELECT a + {}(a, b) FROM t",
        "SELECT {}(1)",
        "SELECT {}()",
        "SELECT s.{}(a) FROM t",
        'SELECT "{}"(a) FROM t',
        "SELECT 1 FROM {}(1)",
        "SELECT 1 FROM TABLE({}(1))",
        "SELECT 1 FROM t, LATERAL {}(1)",
        "SELECT 1 FROM t WHERE {}(a)",
        "INSERT INTO t SELECT {}(a) FROM s",
        "UPDATE t SET a = {}(b) WHERE c = 1",
    ],
)
def test_the_call_of_a_function_by_any_word_is_seen(sql: str) -> None:
    assert len(NAMES) > 500
    assert [name for name in NAMES if examine(sql.format(name)).kind != "refused"] == []
