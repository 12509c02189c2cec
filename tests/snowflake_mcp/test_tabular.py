"""Reading CSV and JSON lines: every cell as it was written, every fault named by its line."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from connector_kit.errors import InvalidInput
from snowflake_mcp.tabular import Cell, Digits, Layout, Nested, Record, compact, is_json, layout_of, records

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CSV = Layout("csv", "utf-8", ",")
JSONL = Layout("jsonl", "utf-8")


def read(content: bytes | str, layout: Layout = CSV) -> list[Record]:
    """All records of a file."""
    return list(records(io.BytesIO(content.encode() if isinstance(content, str) else content), layout))


def cells(content: bytes | str, layout: Layout = CSV) -> list[list[Cell]]:
    """The cells of all records."""
    return [list(record.cells.values()) for record in read(content, layout)]


def refusal(content: bytes | str, layout: Layout = CSV) -> str:
    """What is said of a file that cannot be read."""
    with pytest.raises(InvalidInput) as caught:
        read(content, layout)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("1,2", ["1", "2"]),
        ("1,", ["1", None]),
        (",", [None, None]),
        ('"",x', ["", "x"]),
        ("\\N,x", [None, "x"]),
        ('"\\N",x', ["\\N", "x"]),
        ('"a,b",c', ["a,b", "c"]),
        ('"say ""hi""",c', ['say "hi"', "c"]),
        ('a "b" c,d', ['a "b" c', "d"]),
        ('5" pipe,3', ['5" pipe', "3"]),
        ('x,"', None),
        ('"a"b,c', None),
        (" 1 , 2 ", [" 1 ", " 2 "]),
        ('a,"b"', ["a", "b"]),
        ('"two\nlines",c', ["two\nlines", "c"]),
        ('"two\r\nlines\n\n",c', ["two\r\nlines\n\n", "c"]),
        ('"""",""""""', ['"', '""']),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_a_line_of_csv_has_these_cells(line: str, found: list[Cell] | None, end: str) -> None:
    content = f"A,B{end or chr(10)}{line}{end}"
    if found is None:
        assert "quote" in refusal(content)
    else:
        assert cells(content) == [found]


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=3, max_size=3)))
def test_what_a_csv_writer_writes_is_read_as_it_was(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(["A", "B", "C"])
    writer.writerows(rows)
    assert cells(written.getvalue()) == rows


def test_records_know_the_line_they_begin_at_and_blank_lines_are_passed_over() -> None:
    assert [record.line for record in read('A,B\n\n1,"x\ny"\n\n\n2,3\n')] == [3, 7]


def test_names_are_those_of_the_header_or_of_places() -> None:
    assert read(" Order ID ,,b\n1,2,3\n") == [Record(2, {"Order ID": "1", "COLUMN_2": "2", "b": "3"})]
    assert read("1,2\n", Layout("csv", "utf-8", ",", header=False)) == [Record(1, {"C1": "1", "C2": "2"})]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("A,B\n1,2\n3\n", "Line 3 has 1 cell, and the first line 2."),
        ("A,B\n1,2,3\n", "Line 2 has 3 cells, and the first line 2."),
        ("A,a\n1,2\n", "The header has the column 'a' twice."),
        ('A,B\n1,"2\n3,4\n', "A quote of the record at line 2 is never closed."),
        ('A,B\n1,2\n"x"y,4\n', "Line 3 has text behind a closing quote."),
        (b"A,B\n1,\xff\n", "is not in the encoding of the file. Save the file as UTF-8."),
        ("A,B\n1,\x00\n", "holds a zero byte"),
        (",".join(f"c{n}" for n in range(1_001)) + "\n", "The file has 1,001 columns; at most 1,000 are loaded."),
    ],
)
def test_a_fault_of_a_csv_file_is_named_by_its_line(content: bytes | str, said: str) -> None:
    assert said in refusal(content)


@pytest.mark.parametrize(
    ("line", "cell"),
    [
        ("null", None),
        ("true", True),
        ("1.10", Digits("1.10")),
        ("12345678901234567890123456789012345678901", Digits("12345678901234567890123456789012345678901")),
        ("1e400", Digits("1e400")),
        ('"1.10"', "1.10"),
        ('""', ""),
        ('"\\ud83d\\ude00"', "😀"),
        ('{"b": [1.0, "x", null, true]}', Nested('{"b":[1.0,"x",null,true]}')),
        ("[]", Nested("[]")),
        ('"{}"', "{}"),
    ],
)
def test_a_value_of_json_is_kept_with_its_kind_and_all_its_digits(line: str, cell: Cell) -> None:
    [[found]] = cells(f'{{"a": {line}}}\n', JSONL)
    assert found == cell
    assert type(found) is type(cell)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": 1}\n[1, 2]\n', "Line 2 is an array: each line has to be a JSON object."),
        ('{"a": 1}\n7\n', "Line 2 is no object"),
        ('{"a": 1}\n{"a": }\n', "Line 2 is not JSON: Expecting value at column 7."),
        ('{"a": NaN}\n', "Line 1 has NaN, which is not JSON."),
        ('{"a": 1, "a": 2}\n', "Line 1 has an object that names a key twice."),
        ('{"a": {"b": 1, "b": 2}}\n', "Line 1 has an object that names a key twice."),
        ('{"a": ' + "[" * 100_000 + "}\n", "Line 1 is n"),
        ('{"a": "\\ud83d"}\n', "Line 1 has one half of a character"),
        ("[\n{}\n]\n", "Line 1 is not JSON"),
    ],
)
def test_a_fault_of_a_json_file_is_named_by_its_line(content: str, said: str) -> None:
    assert said in refusal(content, JSONL)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
        max_leaves=8,
    )
)
def test_nested_json_says_the_same_without_blanks(value: object) -> None:
    line = json.dumps({"a": {"b": value}}, ensure_ascii=False)
    [[found]] = cells(line, JSONL)
    assert isinstance(found, Nested)
    assert json.loads(found) == {"b": value}
    assert compact(Digits("1.50")) == "1.50"


@pytest.mark.parametrize(
    ("head", "layout"),
    [
        (b"a,b\n1,2\n", Layout("csv", "utf-8", ",")),
        (b"a;b;c\n1,5;2;3\n", Layout("csv", "utf-8", ";")),
        (b"a\tb\n1,2\t3\n", Layout("csv", "utf-8", "\t")),
        (b"a|b\n1|2\n", Layout("csv", "utf-8", "|")),
        (b'"x;y;z",b\n"1;2",2\n', Layout("csv", "utf-8", ",")),
        (b"a\n1\n", Layout("csv", "utf-8", ",")),
        (b"\xef\xbb\xbfa,b\n1,2\n", Layout("csv", "utf-8-sig", ",")),
        ("a;b\nä;2\n".encode("utf-16"), Layout("csv", "utf-16", ";")),
        ("\ufeffa;b\n".encode("utf-16-be"), Layout("csv", "utf-16", ";")),
        (b'{"a": 1}\n', Layout("jsonl", "utf-8")),
    ],
)
def test_how_a_file_is_written_is_found_out(head: bytes, layout: Layout) -> None:
    assert layout_of(head) == layout
    assert read(head, layout) is not None


def test_the_name_and_the_caller_say_more_than_the_content() -> None:
    assert layout_of(b"a,b\n", name="X.JSONL").format == "jsonl"
    assert layout_of(b'{"a": 1}\n', name="x.csv").format == "csv"
    assert layout_of(b'{"a": 1}\n', name="x.txt").format == "jsonl"
    assert layout_of(b"a,b\n1,2\n", delimiter=";").delimiter == ";"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        ("a,b\n".encode("utf-16-le"), "The file is not text, or in an encoding that does not say so."),
        ("a,b\n".encode("utf-32"), "The file is in UTF-32."),
        (b"PK\x03\x04\x00\x00", "The file is not text"),
    ],
)
def test_what_is_no_text_is_refused_with_a_sentence(head: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said.replace("(", "")):
        layout_of(head)


@pytest.mark.parametrize("delimiter", ['"', "\n", "ab"])
def test_not_every_sign_separates_cells(delimiter: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        layout_of(b"a,b\n", delimiter=delimiter)
    assert "delimiter" in caught.value.fields


def test_a_large_file_is_read_a_record_at_a_time() -> None:
    taken = 0

    class Endless(io.RawIOBase):
        @override
        def readable(self) -> bool:
            return True

        @override
        def readinto(self, buffer: WriteableBuffer, /) -> int:
            nonlocal taken
            view = memoryview(buffer).cast("B")
            part = b"1,2\n" * (len(view) // 4)
            view[: len(part)] = part
            taken += len(part)
            return len(part)

    found = records(io.BufferedReader(Endless()), CSV)
    for _ in range(10_000):
        next(found)
    assert taken < 200_000


def test_only_objects_and_arrays_are_taken_for_json() -> None:
    assert [text for text in ('{"a":1}', " [1]", "1", "x", "{x", "", '"a"') if is_json(text)] == ['{"a":1}', " [1]"]
