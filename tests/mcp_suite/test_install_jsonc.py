"""Reading JSON with the place of every value, and changing one member of it without touching the rest."""

import json
import random
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_suite.install.edit import Document
from mcp_suite.install.jsonc import JsonValue, Malformed, Parser

KEYS = st.sampled_from(["jira", "mcpServers", "other", "a", "ключ", 'q"\\', "// no", "env", ""])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=6),
    st.sampled_from(["//", "/* */", "a, }", "\n", "\U0001f600"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)
ENTRY: dict[str, JsonValue] = {"command": "/opt/jira-mcp", "args": [], "env": {"JIRA_SANDBOX": "1"}}
SECTION = "mcpServers"

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\r\n]*|/\*[\s\S]*?\*/|[{}\[\]:,]|[^\s{}\[\]:,"/]+')


def tokens(text: str) -> list[str]:
    """What a text consists of besides white space, comments included."""
    return _TOKEN.findall(text)


def is_comment(token: str) -> bool:
    return token.startswith(("//", "/*"))


def reference(text: str) -> Any:
    """What a JSON text with comments and trailing commas says, read in another way than ours."""
    plain = [token for token in tokens(text) if not is_comment(token)]
    kept = [token for token, after in zip(plain, [*plain[1:], ""], strict=True) if token != "," or after not in "}]"]
    return json.loads(" ".join(kept), parse_int=float)


def as_floats(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_int=float)


def parsed(text: str, *, comments: bool = True) -> Document:
    return Document.parse(text, comments=comments)


@st.composite
def texts(draw: st.DrawFn, value: JsonValue, *, comments: bool) -> str:
    """A way to write a value: any white space, any comments, commas before the end."""
    blanks = [" ", "", "\n", "\n  ", "\r\n\t", "  "]
    if comments:
        blanks += ["/* one */", " // two\n", "\n/* three\n three */ ", " /**/ // four\r\n"]
    # One seed for all blanks: a choice for each would take hypothesis much longer.
    chance = random.Random(draw(st.integers(0, 2**32)))

    def write(item: JsonValue) -> str:
        if not isinstance(item, dict | list):
            return json.dumps(item, ensure_ascii=chance.random() < 0.5)
        if isinstance(item, list):
            parts = [f"{chance.choice(blanks)}{write(one)}{chance.choice(blanks)}" for one in item]
            opening, closing = "[]"
        else:
            parts = [
                f"{chance.choice(blanks)}{json.dumps(key)}{chance.choice(blanks)}:{chance.choice(blanks)}{write(one)}{chance.choice(blanks)}"
                for key, one in item.items()
            ]
            opening, closing = "{}"
        trailing = "," if parts and comments and chance.random() < 0.5 else ""
        return f"{opening}{','.join(parts)}{trailing}{chance.choice(blanks)}{closing}"

    return f"{chance.choice(blanks)}{write(value)}{chance.choice(blanks)}"


def documents(objects: st.SearchStrategy[Any] = OBJECTS) -> st.SearchStrategy[tuple[str, bool]]:
    """Texts of objects, and whether they may have comments."""
    return st.booleans().flatmap(
        lambda comments: objects.flatmap(lambda value: texts(value, comments=comments)).map(
            lambda text: (text, comments)
        )
    )


@st.composite
def with_section(draw: st.DrawFn) -> dict[str, Any]:
    """An object that may have a section of servers, in which our entry may stand."""
    value = draw(OBJECTS)
    value.pop(SECTION, None)
    items = list(value.items())
    if draw(st.booleans()):
        items.insert(draw(st.integers(0, len(items))), (SECTION, draw(OBJECTS)))
    return dict(items)


def spans(document: Document, keys: Sequence[str]) -> list[str]:
    """The text of every member under the root and the section, but for those with these keys."""
    found: list[str] = []
    for member in document.root.members or ():
        if member.key == SECTION and member.node.members is not None:
            found += [document.text[one.start : one.node.end] for one in member.node.members if one.key not in keys]
        elif member.key not in keys:
            found.append(document.text[member.start : member.node.end])
    return found


@given(documents())
def test_a_text_says_what_it_says_to_others(drawn: tuple[str, bool]) -> None:
    text, comments = drawn
    assert parsed(text, comments=comments).value == reference(text)


@given(st.one_of(VALUES.map(json.dumps), documents().map(lambda drawn: drawn[0])), st.data())
def test_strict_json_is_what_json_says_it_is(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 2))
    changed = (
        text[:place]
        + data.draw(st.sampled_from(["", ",", "}", '"', "\\", "0", "-", "e1", "\x01"]))
        + text[place + cut :]
    )
    try:
        expected = json.loads(changed, parse_int=float)
    except ValueError:
        if changed.strip(" \t\r\n"):
            with pytest.raises(Malformed):
                Parser(changed, comments=False).document()
        return
    node = Parser(changed, comments=False).document()
    assert node is not None
    assert node.value == expected


@given(documents(with_section()))
def test_an_entry_that_is_put_in_changes_nothing_else(drawn: tuple[str, bool]) -> None:
    text, comments = drawn
    before = parsed(text, comments=comments)
    old = before.value
    section = old.get(SECTION)
    after = before.put((SECTION, "jira"), ENTRY)
    assert isinstance(section, dict | None)
    assert reference(after.text) == {**old, SECTION: {**(section or {}), "jira": as_floats(ENTRY)}}
    assert spans(after, ["jira", SECTION]) == spans(before, ["jira", SECTION])
    assert comments_of(after.text) == comments_of(_without_entry(before))


def comments_of(text: str) -> list[str]:
    return [token for token in tokens(text) if is_comment(token)]


def _without_entry(document: Document) -> str:
    """The text without the entry that is replaced, if there is one."""
    section = next((one.node for one in document.root.members or () if one.key == SECTION), None)
    member = next((one for one in (section.members if section else None) or () if one.key == "jira"), None)
    return document.text[: member.node.start] + document.text[member.node.end :] if member else document.text


@given(documents(with_section().filter(lambda value: "jira" in value.get(SECTION, {}))))
def test_an_entry_is_replaced_where_it_stands(drawn: tuple[str, bool]) -> None:
    text, comments = drawn
    before = parsed(text, comments=comments)
    section = next(one.node for one in before.root.members or () if one.key == SECTION)
    entry = next(one.node for one in section.members or () if one.key == "jira")
    after = before.put((SECTION, "jira"), ENTRY).text
    assert after.startswith(text[: entry.start])
    assert after.endswith(text[entry.end :])
    assert reference(after[entry.start : len(after) - len(text) + entry.end]) == as_floats(ENTRY)


@given(documents(with_section().filter(lambda value: "jira" in value.get(SECTION, {}))))
def test_an_entry_that_is_taken_out_takes_nothing_with_it(drawn: tuple[str, bool]) -> None:
    text, comments = drawn
    before = parsed(text, comments=comments)
    section = next(one.node for one in before.root.members or () if one.key == SECTION)
    entry = next(one for one in section.members or () if one.key == "jira")
    after = before.drop((SECTION, "jira"))
    old = before.value[SECTION]
    assert isinstance(old, dict)
    left = {key: value for key, value in old.items() if key != "jira"}
    assert reference(after.text) == {**before.value, SECTION: left}
    assert spans(after, ["jira"]) == spans(before, ["jira"])
    # A comment goes only with the line of the entry.
    line_end = text.find("\n", entry.node.end if entry.comma is None else entry.comma)
    gone = text[entry.start : len(text) if line_end < 0 else line_end]
    for comment in set(comments_of(text)):
        assert comments_of(after.text).count(comment) >= comments_of(text).count(comment) - tokens(gone).count(comment)


@given(documents(with_section().filter(lambda value: "jira" not in value.get(SECTION, {"jira": 0}))))
def test_what_was_put_in_is_taken_out_again(drawn: tuple[str, bool]) -> None:
    text, comments = drawn
    before = parsed(text, comments=comments)
    after = before.put((SECTION, "jira"), ENTRY).drop((SECTION, "jira"))
    assert tokens(after.text) == tokens(text)
    assert spans(after, []) == spans(before, [])


@given(OBJECTS.filter(lambda value: SECTION not in value), OBJECTS, st.sampled_from([2, 4, "\t"]))
def test_a_formatted_file_stays_formatted_as_it_was(others: Any, servers: Any, indent: Any) -> None:
    servers.pop("jira", None)
    value = {**others, SECTION: servers}
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    wanted = json.dumps({**others, SECTION: {**servers, "jira": ENTRY}}, indent=indent, ensure_ascii=False)
    put = parsed(text, comments=False).put((SECTION, "jira"), ENTRY)
    assert put.text == wanted
    assert put.drop((SECTION, "jira")).text == text


@given(OBJECTS.filter(lambda value: bool(value) and SECTION not in value), OBJECTS)
def test_a_file_on_one_line_stays_on_one_line(others: Any, servers: Any) -> None:
    servers.pop("jira", None)
    text = json.dumps({**others, SECTION: servers}, ensure_ascii=False)
    put = parsed(text, comments=False).put((SECTION, "jira"), ENTRY)
    assert put.text == json.dumps({**others, SECTION: {**servers, "jira": ENTRY}}, ensure_ascii=False)
    assert put.drop((SECTION, "jira")).text == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1,}', "line 1, column 8: a comma stands before the closing bracket"),
        ('{\n  "a": 1\n  "b": 2\n}', "line 3, column 3: a comma or } is missing"),
        ('{"a" 1}', "line 1, column 6: a colon is missing after a key"),
        ("{a: 1}", "line 1, column 2: a key in double quotes, or }, is missing"),
        ('{"a": nope}', "line 1, column 7: a value is missing"),
        ('{"a": "b\n"}', "line 1, column 7: a string is not closed on its line, or holds a wrong escape"),
        ('{"a": "\\x"}', "line 1, column 7: a string is not closed on its line, or holds a wrong escape"),
        ('{"a": [1, 2}', "line 1, column 12: a comma or ] is missing"),
        ('{"a": 1', "line 1, column 8: the text ends too early (a comma or } is missing)"),
        ('{"a": 1} x', "line 1, column 10: something follows the end of the document"),
        ('{\n // note\n"a": 1}', "line 2, column 2: comments are not allowed here"),
        ("[]", "line 1, column 1: the document is not an object"),
        ('{"a": 01}', "line 1, column 8: a comma or } is missing"),
    ],
)
def test_what_is_malformed_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(Malformed) as refused:
        parsed(text, comments=False)
    assert str(refused.value) == told


def test_a_comment_without_an_end_is_told() -> None:
    with pytest.raises(Malformed, match="line 2, column 1: a comment is not closed"):
        parsed('{"a": 1}\n/* oh')


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(Malformed, match="nested too deeply"):
        parsed('{"a": ' + "[" * 100_000)


@pytest.mark.parametrize(
    ("text", "path", "told"),
    [
        ('{"s": 1}', ("s", "jira"), "column 7: this is not an object"),
        ('{"s": {}, "s": {}}', ("s", "jira"), 'column 11: "s" stands there twice'),
        ('{"s": {"jira": 1, "jira": 2}}', ("s", "jira"), 'column 19: "jira" stands there twice'),
    ],
)
def test_a_place_that_is_not_clear_is_refused(text: str, path: tuple[str, ...], told: str) -> None:
    with pytest.raises(Malformed, match=re.escape(told)):
        parsed(text).put(path, 1)
    with pytest.raises(Malformed, match=re.escape(told)):
        parsed(text).drop(path)


def test_a_section_that_is_no_object_is_refused() -> None:
    with pytest.raises(Malformed, match='line 1, column 7: "s" is not an object'):
        parsed('{"s": []}').section("s")


def test_dropping_what_is_not_there_changes_nothing() -> None:
    document = parsed('{"s": {}}')
    assert document.drop(("s", "jira")) is document
    assert document.drop(("t", "jira")) is document


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", '{\n  "s": {\n    "j": 1\n  }\n}\n'),
        ("  \n", '{\n  "s": {\n    "j": 1\n  }\n}\n'),
        ("// mine\r\n", '// mine\r\n{\r\n  "s": {\r\n    "j": 1\r\n  }\r\n}\r\n'),
        ("// mine", '// mine\n{\n  "s": {\n    "j": 1\n  }\n}\n'),
        ('{"s": {/* none yet */}}', '{"s": {"j": 1/* none yet */}}'),
        ('{\n\t"s": { // ours\n\t}\n}', '{\n\t"s": { // ours\n\t\t"j": 1\n\t}\n}'),
        ('{\n "s": {\n  "a": 1 // one\n }\n}', '{\n "s": {\n  "a": 1, // one\n  "j": 1\n }\n}'),
        ('{\n "s": {\n  "a": 1, // one\n }\n}', '{\n "s": {\n  "a": 1, // one\n  "j": 1,\n }\n}'),
        ('{"a":1}', '{"a":1,"s":{"j":1}}'),
        ('{"a": 1}', '{"a": 1, "s": {"j": 1}}'),
    ],
)
def test_an_entry_is_written_as_its_neighbours_are(text: str, written: str) -> None:
    assert parsed(text).put(("s", "j"), 1).text == written


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{\n "s": {\n  "j": 1, // ours\n  // theirs\n  "a": 2\n }\n}', '{\n "s": {\n  // theirs\n  "a": 2\n }\n}'),
        ('{\n "s": {\n  "a": 2, // theirs\n  "j": 1 // ours\n }\n}', '{\n "s": {\n  "a": 2 // theirs\n }\n}'),
        ('{"s": {"a": 2, "j": 1}} // end', '{"s": {"a": 2}} // end'),
        ('{"s": {"j": 1, "a": 2}}', '{"s": {"a": 2}}'),
        ('{\n "s": {\n  "a": 2, "j": 1 // both\n }\n}', '{\n "s": {\n  "a": 2 // both\n }\n}'),
        ('{\n "s": {\n  "j": 1,\n }\n}', '{\n "s": {}\n}'),
        ('{\n "s": {\n  // kept\n  "j": 1\n }\n}', '{\n "s": {\n  // kept\n }\n}'),
    ],
)
def test_an_entry_leaves_no_trace(text: str, left: str) -> None:
    assert parsed(text).drop(("s", "j")).text == left
