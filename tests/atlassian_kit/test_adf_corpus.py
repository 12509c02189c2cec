"""Odd Markdown, most of it of the kind that CommonMark's own examples show."""

from collections.abc import Callable

import pytest

from atlassian_kit.adf import to_adf, to_editable, to_markdown, write_back

Errors = Callable[[object], list[str]]

CORPUS = [
    "Setext\n===\n\nSecond\n---\n\npara\n\n####### seven hashes\n\n#hash\n\n## closed ##\n\n#",
    "* * *\n\n_____\n\n+++\n\n--\n**\n__",
    "    code\n\n\ttab code\n\n  text\n      continued\n    not code",
    "```\n<\n >\n```\n\n~~~~ ruby startline=3\ndef\n~~~\n~~~~\n\n``\nfoo\n``\n\n```unclosed\na",
    "<table>\n<tr><td>*x*</td></tr>\n</table>\n\n<pre>a\n\nb</pre>\n\n<?php ?>\n\n<!DOCTYPE html>\n\n<![CDATA[x]]>",
    "<style>p{color:red;}</style>\n\n<script>\nalert(1)\n</script>\nok\n\n<a href='x'>*b*</a>\n\n<x-y>\nz\n</x-y>",
    "[foo]: /url 'title'\n\n[foo] [Foo][] ![foo] [bar][foo]\n\n[bar]:\n/u\n\n[baz]: <my url>\n  \"multi\nline\"",
    "[ẞ]: /u\n\n[SS]\n\n[foo\\]]: /b\n\n[foo\\]]\n\n[a]: /1\n[a]: /2\n\n[a]",
    "> # h\n> > > deep\nlazy\n\n> ```\n> code\n```\n\n>     code\n\n> - a\n>\n> 1. b\n\n> ---",
    "- a\n\n  b\n\n      code\n\n- c\n- \n- d\n+ e\n1) f\n2. g\n\n123456789. ok\n\n1234567890. not\n\n-1. no",
    "- a\n - b\n  - c\n   - d\n    - e\n\n10) a\n    b\n\n- a\n  > q\n  ```\n  c\n  ```\n- ***\n- # h",
    "* a\n  1. b\n     * c\n\n  d\n<!-- -->\n* e\n\n1. x\n\n\n2. y",
    '\\!\\"\\#\\$ \\a \\\\ `\\[` \\&amp; &nbsp;&copy;&#35;&#x22;&#0;&bogus; &#87654321; &x;',
    '`foo` `` a`b `` ` `` ` `  ` ```a `*x*` *`*` <a href="`">` <https://x.`y>`',
    "*a* * a* a*b*c _a_ _a b_c a_b_ __a__ **a**b *a**b* **a*b** ***a** b* ***a* b** *a **b***",
    '**a "*b*" c** **a*b**c _(*x*)_ *(**y**)* foo***bar***baz ***** *a `*` _x `_`',
    "~~a~~ ~b~ ~~~c~~~ a~~b~~c ~~ d ~~",
    '[l](</a b> "t") [l](a(b)c) [l](\\(x) [l](<b)c>) [l](#f) [l](?x) [a [b](c) d](e) ![a ![b](c)](d) [l]( )',
    '[*l*](u) [`c`](u) [![i](s)](u) [l\\]](u) [<b>](u) [l][] [l] (u) [l](u\n"t") [x](u \'t"s\') [f](mailto:x)',
    "<http://a.b> <irc://a> <MAILTO:A@B.C> <made-up:x> <a+b@c.d> <> <http://a b> <foo.bar> https://a.b <m:abc>",
    '<a><b2/><c d="e"/> </c> <!-- x --> <!--> <?p?> <!X y> <![CDATA[>&<]]> <33> <a h*#ref="x">',
    "a  \nb\\\nc   \n   d\n\n`a  \nb` <a\n href='x'>\n\nends\\\n\nends  \n\n### h\\",
    "| a | b |\n| - | -: |\n| c\\|d | `e\\|f` |\n> quote\n\n| x |\n|---|\n\na | b\n--- | ---\n1\n| 2 | 3 | 4 |",
    "a\n| b |\n|---|\nc\n\n|a|b|\n|-|\n\n- |a|\n  |-|\n  |b|\n\n> |a|\n> |-|",
    "hello $.;'there χρῆν 中文 😀 \u00a0 \u2028 \ufeff end",
    "\ta\n\n- \tb\n\n>\tc\n\n1.\td\n\n\t- e\n\n#\tf\n\n*\t*\t*\t",
]


@pytest.mark.parametrize("markdown", CORPUS)
def test_a_corpus_of_odd_markdown_is_valid_stable_and_complete(markdown: str, adf_errors: Errors) -> None:
    doc = to_adf(markdown)
    assert adf_errors(doc) == []
    again = to_markdown(doc)
    assert to_markdown(to_adf(again)) == again
    exact = to_markdown(doc, lossless=True)
    assert to_adf(exact) == doc


@pytest.mark.parametrize("markdown", CORPUS)
def test_a_corpus_of_odd_markdown_can_be_edited(markdown: str, adf_errors: Errors) -> None:
    doc = write_back(None, markdown).document
    assert adf_errors(doc) == []
    edit = write_back(doc, f"{to_editable(doc)}\n\nmore")
    content = edit.document["content"]
    assert isinstance(content, list)
    assert content[:-1] == doc["content"]
