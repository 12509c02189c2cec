"""How a text is read: spellings, and properties that hold for every text."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jira_mcp.sandbox.jql import JqlError, Query, parse
from jira_mcp.sandbox.jql.fields import Operator
from jira_mcp.sandbox.jql.lexer import RESERVED_WORDS
from jira_mcp.sandbox.jql.syntax import Call, Clause, Condition, Empty, Listing, Operand, SortKey, Value
from sandbox_kit.query_language.conditions import And, Not, Or


def clause(jql: str) -> Clause:
    where = parse(jql).where
    assert isinstance(where, Clause)
    return where


@pytest.mark.parametrize(
    ("jql", "expected"),
    [
        ("a=b", Clause("a", "=", Value("b"))),
        ("\t'a b'\n!=\r\n\"c 'd'\"", Clause("a b", "!=", Value("c 'd'"))),
        (r"a ~ 'it\'s \"\\\t\n\r\ \u0041'", Clause("a", "~", Value("it's \"\\\t\n\r A"))),
        (r"\u0061\ b !~ c\u002bd", Clause("a b", "!~", Value("c+d"))),
        (r"a = '\ud83d\ude00'", Clause("a", "=", Value("😀"))),
        (r"a = '\ud83d'", Clause("a", "=", Value("�"))),
        ("a<=-5", Clause("a", "<=", Value("-5", is_number=True))),
        ("a >= 007", Clause("a", ">=", Value("7", is_number=True))),
        ("a > '5'", Clause("a", ">", Value("5"))),
        ("a < 3.5", Clause("a", "<", Value("3.5"))),
        ("a < -7d", Clause("a", "<", Value("-7d"))),
        ("a Is NoT nUll", Clause("a", "is not", Empty())),
        ("a is empty", Clause("a", "is", Empty())),
        ("a = 'empty'", Clause("a", "=", Value("empty"))),
        ("a NOT IN (b, 2, (EMPTY), f())",
         Clause("a", "not in", Listing((Value("b"), Value("2", True), Listing((Empty(),)), Call("f"))))),
        ("a in f(b, 2, 'c d')", Clause("a", "in", Call("f", ("b", "2", "c d")))),
        ("CF [ 0010 ] = x", Clause("cf[10]", "=", Value("x"))),
        ("'cf[10]' = x", Clause("cf[10]", "=", Value("x"))),
        ("12 = x", Clause("12", "=", Value("x"))),
        ("'Team[Team]' = x-y_z.1:2", Clause("Team[Team]", "=", Value("x-y_z.1:2"))),
        ("((a=b))", Clause("a", "=", Value("b"))),
    ],
)  # fmt: skip
def test_a_clause_may_be_spelled_in_many_ways(jql: str, expected: Clause) -> None:
    assert clause(jql) == expected


def test_not_binds_tighter_than_and_and_and_than_or() -> None:
    a, b, c, d = (Clause(name, "=", Value("1", is_number=True)) for name in "abcd")
    expected = Or((And((Not(a), b)), c, And((d, a))))
    assert parse("not a=1 and b=1 or c=1 or d=1 and a=1").where == expected
    assert parse("!a=1 && b=1 || c=1 | d=1 & a=1").where == expected
    assert parse("not (a=1 and (b=1 or not c=1))").where == Not(And((a, Or((b, Not(c))))))


def test_order_by_takes_several_fields_and_directions() -> None:
    assert parse("ORDER by a, 'b c' Desc, cf[3] asc").order_by == (
        SortKey("a"),
        SortKey("b c", descending=True),
        SortKey("cf[3]", descending=False),
    )


@pytest.mark.parametrize("word", sorted(RESERVED_WORDS))
def test_a_reserved_word_must_be_quoted(word: str) -> None:
    with pytest.raises(JqlError) as refused:
        parse(f"summary ~ {word.upper()}")
    assert refused.value.messages == [
        f"Error in the JQL Query: '{word.upper()}' is a reserved JQL word. You must surround it in quotation marks to"
        " use it in a query. (line 1, character 11)"
    ]
    assert clause(f"summary ~ '{word}'").operand == Value(word)


# Any query, drawn as syntax, survives being written down and read again.

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=12)
NAMES = TEXT.filter(str.strip)
NUMBERS = st.integers(-(2**63), 2**63 - 1).map(lambda number: Value(str(number), is_number=True))
SINGLE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(Value),
    NUMBERS,
    st.just(Empty()),
    st.builds(Call, NAMES, st.lists(TEXT, max_size=3).map(tuple)),
)
OPERANDS: st.SearchStrategy[Operand] = st.recursive(
    SINGLE, lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda items: Listing(tuple(items))), max_leaves=6
)
OPERATORS = st.sampled_from(
    ["=", "!=", "<", ">", "<=", ">=", "~", "!~", "in", "not in", "is", "is not"],
).map(lambda sign: sign)
CLAUSES = st.builds(Clause, st.one_of(NAMES, st.integers(0, 2**63 - 1).map("cf[{}]".format)), OPERATORS, OPERANDS)


def combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(inner.map(Not), several.map(And), several.map(Or))


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(CLAUSES, combined, max_leaves=12)
SORT_KEYS = st.builds(SortKey, NAMES, st.sampled_from([None, True, False]))
QUERIES = st.builds(Query, st.none() | CONDITIONS, st.lists(SORT_KEYS, max_size=3).map(tuple))


class Writer:
    """Writes syntax as JQL, choosing among the spellings that mean the same."""

    def __init__(self, choose: Callable[[list[str]], str]) -> None:
        self.choose = choose

    def query(self, query: Query) -> str:
        parts = [self.condition(query.where)] if query.where else []
        if query.order_by:
            keys = [self.quoted(key.field) + self.direction(key.descending) for key in query.order_by]
            parts.append(f"{self.choose(['order by', 'ORDER  BY'])} {' , '.join(keys)}")
        return "\n".join(parts)

    def direction(self, descending: bool | None) -> str:
        return "" if descending is None else self.choose([" desc", " DESC"] if descending else [" asc", "\tASC"])

    def condition(self, condition: Condition) -> str:
        match condition:
            case Clause(field, sign, operand):
                return f"{self.field(field)}{self.operator(sign)}{self.operand(operand)}"
            case Not(part):
                return self.choose(["not ", "NOT", "!"]) + f"({self.condition(part)})"
            case And(parts):
                return self.choose([" and ", " AND ", "&&", "&"]).join(f"({self.condition(part)})" for part in parts)
            case Or(parts):
                return self.choose([" or ", "OR\n", "||", "|"]).join(f"({self.condition(part)})" for part in parts)

    def field(self, name: str) -> str:
        bare = [name] if name.startswith("cf[") and name[3:-1].isdecimal() and name[3:-1].isascii() else []
        return self.choose([self.quoted(name), *bare])

    def operator(self, sign: Operator) -> str:
        return f" {self.choose([sign, sign.upper()])} "

    def operand(self, operand: Operand) -> str:
        match operand:
            case Value(text, is_number):
                return text if is_number else self.quoted(text)
            case Empty():
                return self.choose(["EMPTY", "null"])
            case Call(name, arguments):
                return f"{self.quoted(name)}({','.join(map(self.quoted, arguments))})"
            case Listing(items):
                return f"({' ,'.join(map(self.operand, items))})"

    def quoted(self, text: str) -> str:
        quote = self.choose(['"', "'"])
        escaped = "".join(
            f"\\u{ord(each):04x}" if each < " " or each in "\x7f\ufffe\uffff" or "\x80" <= each <= "\x9f"
            or "\ufdd0" <= each <= "\ufdef" else f"\\{each}" if each in "\\\"'" else each
            for each in text
        )  # fmt: skip
        return f"{quote}{escaped}{quote}"


@given(QUERIES, st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_written_down_is_read_again(query: Query, data: st.DataObject) -> None:
    writer = Writer(lambda choices: data.draw(st.sampled_from(choices)))
    try:
        assert parse(writer.query(query)) == query
    except JqlError as error:
        assert "levels deep" in str(error)


WORDS = st.sampled_from(
    [*"()[],=~<>!&|'\"\\ \n", "and", "or", "not", "in", "is", "empty", "order", "by", "asc", "cf", "was", "from",
     "limit", "a", "summary", "status", "created", "-7d", "12", "99999999999999999999", "'b c'", "now(", "{", "\x00",
     "\\u00", "\\u0041", "\ud800", "é", "!=", "not in", "is not", "key = PMOS-1"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(WORDS, max_size=12).map(" ".join), st.lists(WORDS, max_size=12).map("".join)))
@settings(max_examples=400, deadline=None)
def test_no_text_raises_anything_but_a_jql_error(text: str) -> None:
    with contextlib.suppress(JqlError):
        parse(text)


VALUES = st.one_of(
    st.text(st.characters(exclude_characters="'\\", min_codepoint=32, exclude_categories=["Cs", "Cc", "Cn"])).map(
        "'{}'".format
    ),
    st.sampled_from(["EMPTY", "(1, 'x')", "-7d", "currentUser()", "now()", "startOfDay('x')", "openSprints()", "1"]),
)
FIELD_NAMES = st.sampled_from(
    ["key", "summary", "text", "status", "created", "due", "votes", "timespent", "labels", "sprint", "assignee", "x"]
)


@given(FIELD_NAMES, st.sampled_from(["=", "!=", ">", "~", "!~", "in", "not in", "is", "is not"]), VALUES)
@settings(max_examples=300, deadline=None)
def test_no_value_raises_anything_but_a_jql_error(
    search: Callable[[str], str], field: str, sign: str, value: str
) -> None:
    with contextlib.suppress(JqlError):
        search(f"{field} {sign} {value}")
