"""What a query that Jira refuses is answered with."""

from collections.abc import Callable

import pytest

from jira_mcp.sandbox.jql import UNBOUNDED, FieldCatalog, JqlContext, JqlError, parse

OPERATORS = "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'."
ESCAPES = r"""The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."""
QUOTE = "You must surround '{0}' in quotation marks to use it as"


@pytest.mark.parametrize(
    ("jql", "message", "position"),
    [
        # fields
        ("a = b and", "Expecting a field name at the end of the query.", None),
        ("(", "Expecting a field name at the end of the query.", None),
        (", a = b", f"Expecting a field name but got ','. {QUOTE.format(',')} a field name.", (1, 1)),
        ("and a = b", f"Expecting a field name but got 'and'. {QUOTE.format('and')} a field name.", (1, 1)),
        ("[x] = a", "Expecting a field name but got '['. Did you mean 'cf['?", (1, 1)),
        ("a = b and [78] = q", "Expecting a field name but got '['. Did you mean 'cf['?", (1, 11)),
        ("'' = c", "A field name cannot be empty.", (1, 1)),
        ("summary ~ bad and \n\\  ~ cool", "A field name cannot be empty.", (2, 1)),
        ("cf", "Expecting '[' before the end of the query.", None),
        ("a = b and not (cf = 6)", "Expecting '[' but got '='.", (1, 19)),
        ("cf[", "Expecting a custom field id (a positive number) before the end of the query.", None),
        ("cf[] = 1", "Expecting a custom field id (a positive number) but got ']'.", (1, 4)),
        ("cf[29k] = 1", "Expecting a custom field id (a positive number) but got '29k'.", (1, 4)),
        ("cf[-29] = 1", "Expecting a custom field id (a positive number) but got '-29'.", (1, 4)),
        ("cf[29829 = world", "Expecting ']' but got '='.", (1, 10)),
        ("cf[29829", "Expecting ']' before the end of the query.", None),
        # operators
        ("a", f"Expecting operator before the end of the query. {OPERATORS}", None),
        ("project = PMOS AND status foo", f"Expecting operator but got 'foo'. {OPERATORS}", (1, 27)),
        ("Team[Team] = x", f"Expecting operator but got '['. {OPERATORS}", (1, 5)),
        ("a = a and j not is empty", "Expecting 'IN' but got 'is'.", (1, 17)),
        ("j not", "Expecting 'IN' before the end of the query.", None),
        ("a is ! empty", "Expecting 'NOT' but got '!'.", (1, 6)),
        ("status was Done",
         "The sandbox does not search the history of issues: the operator 'was' is not supported.", (1, 8)),
        ("status CHANGED after -1d",
         "The sandbox does not search the history of issues: the operator 'CHANGED' is not supported.", (1, 8)),
        # values
        ("a=", "Expecting either a value, list or function before the end of the query.", None),
        ("a=(a,", "Expecting either a value, list or function before the end of the query.", None),
        ("a=!", f"Expecting either a value, list or function but got '!'. {QUOTE.format('!')} a value.", (1, 3)),
        ("a=()", f"Expecting either a value, list or function but got ')'. {QUOTE.format(')')} a value.", (1, 4)),
        ("project = OR",
         f"Expecting either a value, list or function but got 'OR'. {QUOTE.format('OR')} a value.", (1, 11)),
        ("a=9223372036854775808",
         "'9223372036854775808' is not a valid number. Numbers must be between -9,223,372,036,854,775,808 and"
         " 9,223,372,036,854,775,807.", (1, 3)),
        ("a in ((12, (288)", "Expecting ')' before the end of the query.", None),
        ("abc IN ((foo) abc = a", "Expecting ')' but got 'abc'.", (1, 15)),
        # functions
        ("a = func(", "Expecting ')' before the end of the query.", None),
        ("a = func(b", "Expecting ')' before the end of the query.", None),
        ("a = func(, b)", "Expecting ')' but got ','.", (1, 10)),
        ("a = func(b,)", "Function argument must be specified.", (1, 12)),
        ("a = func(b,", "Expecting a function argument at the end of the query.", None),
        ("k = func(!", f"Expecting a function argument but got '!'. {QUOTE.format('!')} an argument.", (1, 10)),
        ("k = func(a,,b)", f"Expecting a function argument but got ','. {QUOTE.format(',')} an argument.", (1, 12)),
        ("k in (f(b), func(abc, jk!))", "Expecting ')' or ',' but got '!'.", (1, 25)),
        ("a = ''()", "A function name cannot be empty.", (1, 5)),
        # logic
        ("(a=b and c = d", "Expecting ')' before the end of the query.", None),
        ("a=b c=d", "Expecting either 'OR' or 'AND' but got 'c'.", (1, 5)),
        ("a=b)", "Expecting either 'OR' or 'AND' but got ')'.", (1, 4)),
        ("(a=b order by c)", "Expecting ')' but got 'order'.", (1, 6)),
        ("(a=b) or\n  (c=d\n !c=d)", "Expecting ')' but got '!'.", (3, 2)),
        # order
        ("a=b order", "Expecting 'by' before the end of the query.", None),
        ("a=b order summary", "Expecting 'by' but got 'summary'.", (1, 11)),
        ("a=b order by", "Expecting a field name at the end of the query.", None),
        ("order by asc", f"Expecting a field name but got 'asc'. {QUOTE.format('asc')} a field name.", (1, 10)),
        ("order by a blah", "Expecting either 'ASC' or 'DESC' but got 'blah'.", (1, 12)),
        ("order by a desc b", "Expecting ',' but got 'b'.", (1, 17)),
        ('order by "" desc', "A field name cannot be empty.", (1, 10)),
        ("order by cf[-1]", "Expecting a custom field id (a positive number) but got '-1'.", (1, 13)),
        # characters
        ("project = PMOS limit 10",
         "'limit' is a reserved JQL word. You must surround it in quotation marks to use it in a query.", (1, 16)),
        ("comment ~ 'test", "The quoted string 'test' has not been completed.", (1, 11)),
        ('priority="test\nword', "The quoted string 'test word' has not been completed.", (1, 10)),
        ("comment ~ '", "The quoted string has not been completed.", (1, 11)),
        (r"comme\unt ~ x", rf"'\un' is an illegal JQL escape sequence. {ESCAPES}", (1, 6)),
        ("status =\n\n \\csss", rf"'\c' is an illegal JQL escape sequence. {ESCAPES}", (3, 2)),
        (r"summary ~ 'a\!b'", rf"'\!' is an illegal JQL escape sequence. {ESCAPES}", (1, 13)),
        ("status = \\", f"The escape sequence has not been completed. {ESCAPES}", (1, 10)),
        ("minewww# = x",
         r"The character '#' is a reserved JQL character. You must enclose it in a string or use the escape"
         r" '\u0023' instead.", (1, 8)),
        ("created > +7d",
         r"The character '+' is a reserved JQL character. You must enclose it in a string or use the escape"
         r" '\u002b' instead.", (1, 11)),
        ("a =\x7fq",
         r"The character 'U+007F' on line 1 at position 4 must be escaped. Use the escape '\u007f' instead.", (1, 4)),
        ('a = b or\nc = "\ud800"',
         r"The character 'U+D800' on line 2 at position 6 must be escaped. Use the escape '\ud800' instead.", (2, 6)),
    ],
)  # fmt: skip
def test_a_syntax_error_says_what_was_expected_and_where(
    jql: str, message: str, position: tuple[int, int] | None
) -> None:
    with pytest.raises(JqlError) as refused:
        parse(jql)
    where = f" (line {position[0]}, character {position[1]})" if position else ""
    assert refused.value.messages == [f"Error in the JQL Query: {message}{where}"]
    assert (refused.value.line, refused.value.character) == (position or (None, None))


INVALID_DATE = (
    "Date value '{0}' for field 'created' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm',"
    " 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
)


@pytest.mark.parametrize(
    ("jql", "message"),
    [
        ("foo = 1", "Field 'foo' does not exist or you do not have permission to view it."),
        ("cf[10999] = 1", "Field 'cf[10999]' does not exist or you do not have permission to view it."),
        # operators and the form of the operand
        ("summary = test", "The operator '=' is not supported by the 'summary' field."),
        ("priority ~ High", "The operator '~' is not supported by the 'priority' field."),
        ("STATUS > Done", "The operator '>' is not supported by the 'STATUS' field."),
        ("text !~ a", "The operator '!~' is not supported by the 'text' field."),
        ("summary in test", "Operator 'in' does not support the non-list value '\"test\"' for field 'summary'."),
        ("assignee in currentUser()",
         "Operator 'in' does not support the non-list value 'currentUser()' for field 'assignee'."),
        ("status = (Done, 3)", "Operator '=' does not support the list value '(\"Done\", 3)' for field 'status'."),
        ("status = (EMPTY)", "Operator '=' does not support the list value '(EMPTY)' for field 'status'."),
        ("sprint = openSprints()",
         "Operator '=' does not support the list value 'openSprints()' for field 'sprint'."),
        ("status is Done", "Operator 'is' does not support searching for non-empty values for field 'status'."),
        ("status is not (Done)",
         "Operator 'is not' does not support searching for non-empty values for field 'status'."),
        ("created > EMPTY",
         "Operator '>' does not support the empty value representation 'EMPTY' for field 'created'."),
        ("status in EMPTY",
         "Operator 'in' does not support the empty value representation 'EMPTY' for field 'status'."),
        ("key is EMPTY", "The field 'key' does not support searching for EMPTY values."),
        ("key in (PMOS-1, NULL)", "The field 'key' does not support searching for EMPTY values."),
        ("comment ~ EMPTY", "The field 'comment' does not support searching for EMPTY values."),
        # values
        ("status = Nowhere", "The value 'Nowhere' does not exist for the field 'status'."),
        ("status in (Done, Nowhere)", "The value 'Nowhere' does not exist for the field 'status'."),
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
        ("reporter = 99", "A value with ID '99' does not exist for the field 'reporter'."),
        ("key = PMOS-999", "An issue with key 'PMOS-999' does not exist for field 'key'."),
        ("issue = 999", "An issue with ID '999' does not exist for field 'issue'."),
        ("issueKey in ('1')", "The issue key '1' for field 'issueKey' is invalid."),
        ("sprint = Nine", "Sprint with name 'Nine' does not exist or you do not have permission to view it."),
        ("sprint = 99", "Sprint with id '99' does not exist or you do not have permission to view it."),
        ("Colour = Green", "The option 'Green' for field 'Colour' does not exist."),
        ("cf[10016] = many", "The value 'many' for the field 'cf[10016]' is not a number."),
        ("cf[10016] = nan", "The value 'nan' for the field 'cf[10016]' is not a number."),
        ("timespent > -2h",
         "The duration '-2h' for the field 'timespent' is invalid. Valid formats include '2h', '1d 4h' and '30m'."),
        ("timespent > ages",
         "The duration 'ages' for the field 'timespent' is invalid. Valid formats include '2h', '1d 4h' and '30m'."),
        ("created > yesterday", INVALID_DATE.format("yesterday")),
        ("created > '2026-02-30'", INVALID_DATE.format("2026-02-30")),
        ("created > '2026-02/03'", INVALID_DATE.format("2026-02/03")),
        ("created > '2026-01-01 25:00'", INVALID_DATE.format("2026-01-01 25:00")),
        ("created > -99999999w", INVALID_DATE.format("-99999999w")),
        ("created > 9223372036854775807", INVALID_DATE.format("9223372036854775807")),
        # functions
        ("assignee = bogus(a, 'b c')", "Unable to find JQL function 'bogus(a, b c)'."),
        ("assignee in membersOf(staff)", "The sandbox does not support the JQL function 'membersOf(staff)'."),
        ("created > now(1)", "Function 'now' expected '0' arguments but received '1'."),
        ("created > STARTOFDAY(1, 2)",
         "Function 'startOfDay' expected between '0' and '1' arguments but received '2'."),
        ("created > startOfDay(soon)",
         "Duration for function 'startOfDay' should have the format (+/-)n(yMwdhm), e.g -1M for 1 month earlier."),
        ("created > startOfYear(9999)", "The duration '9999' for function 'startOfYear' leads beyond the calendar."),
        ("created > endOfDay(999999999w)",
         "The duration '999999999w' for function 'endOfDay' leads beyond the calendar."),
        ("created > currentUser()",
         "A date for the field 'created' provided by the function 'currentUser' is not valid."),
        ("status = currentUser()", "A value provided by the function 'currentUser' is invalid for the field 'status'."),
        ("labels = now()", "A value provided by the function 'now' is invalid for the field 'labels'."),
        ("issue in linkedIssues(PMOS-999)", "Issue 'PMOS-999' could not be found in function 'linkedIssues'."),
        ("issue in linkedIssues(PMOS-1, loves)",
         "Issue link type 'loves' could not be found in function 'linkedIssues'."),
        # order
        ("order by bogus", "Not able to sort using field 'bogus'."),
        ("order by comment", "Field 'comment' does not support sorting."),
    ],
)  # fmt: skip
def test_a_query_that_the_site_cannot_answer_is_refused_in_jiras_words(
    refusal: Callable[[str], str], jql: str, message: str
) -> None:
    assert refusal(jql) == message


def test_all_that_is_wrong_is_said_at_once_and_each_thing_once(catalog: FieldCatalog, context: JqlContext) -> None:
    query = parse("foo = 1 and (status = X or not status = X) order by bar, key, comment")
    with pytest.raises(JqlError) as refused:
        query.compile(catalog, context)
    assert refused.value.messages == [
        "Field 'foo' does not exist or you do not have permission to view it.",
        "The value 'X' does not exist for the field 'status'.",
        "Not able to sort using field 'bar'.",
        "Field 'comment' does not support sorting.",
    ]
    assert (refused.value.line, refused.value.character) == (None, None)


def test_the_words_for_an_unbounded_query_are_jiras() -> None:
    assert UNBOUNDED.startswith("Unbounded JQL queries are not allowed here.")


def test_a_huge_query_is_refused() -> None:
    with pytest.raises(JqlError, match=r"too long: 1048576 characters, at most 65536"):
        parse("x" * 2**20)


@pytest.mark.parametrize(
    "jql",
    [
        "(" * 10_000 + "a = b" + ")" * 10_000,
        "not " * 10_000 + "a = b",
        "! (" * 33 + "a = b" + ")" * 33,
        "a in " + "(" * 65 + "b" + ")" * 65,
    ],
)
def test_a_query_nested_too_deep_is_refused_where_it_is(jql: str) -> None:
    with pytest.raises(JqlError, match="more than 64 levels deep") as refused:
        parse(jql)
    assert refused.value.line == 1


def test_a_query_as_deep_as_allowed_is_answered(search: Callable[[str], str]) -> None:
    nested = "status = Done"
    for _ in range(30):
        nested = f"not (status = Done and project = PMOS or {nested})"
    assert search(nested) == search(f"{nested} and (not not not (not (project is not empty)))")
    assert search("(not status = Done) and " * 100 + "not (status = Done)") == "10 4 3 2"


def test_a_query_as_long_as_allowed_is_answered(search: Callable[[str], str]) -> None:
    keys = ", ".join(["PMOS-1"] * 8_000)
    assert search(f"key in ({keys})") == "1"
