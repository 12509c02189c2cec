"""The pages of the corpus, and a page as large as any."""

from collections.abc import Callable
from pathlib import Path

import pytest

LARGE = 300_000


@pytest.fixture(scope="session")
def page() -> Callable[[str], str]:
    """Return the source of a page of the corpus by its name."""

    def source(name: str) -> str:
        # Line ends are part of what must not change.
        return (Path(__file__).parent / "pages" / f"{name}.xml").read_bytes().decode("utf-8")

    return source


@pytest.fixture(scope="session")
def large_page() -> str:
    """Return a page of 300 KB: 12 chapters of 6 parts with paragraphs, tables, code, tasks and macros."""
    made: list[str] = []
    for chapter in range(12):
        made.append(f"<h1>Chapter {chapter}: what we build</h1><p>Opens chapter {chapter}.</p>")
        for part in range(6):
            name = f"{chapter}.{part}"
            made.append(f"<h2>Part {name} of the specification</h2>")
            made += [f"<p>Paragraph {name}.{number}. {'Text of a page that is long. ' * 7}</p>" for number in range(13)]
            rows = "".join(f"<tr><td><p>{name}.{row}</p></td><td><p>a value</p></td></tr>" for row in range(8))
            made.append(f"<table><tbody><tr><th><p>Key</p></th><th><p>Value</p></th></tr>{rows}</tbody></table>")
            made.append(
                '<ac:structured-macro ac:name="code" ac:schema-version="1">'
                '<ac:parameter ac:name="language">py</ac:parameter>'
                f"<ac:plain-text-body><![CDATA[print({name!r})\n{'# a line of code' * 10}]]></ac:plain-text-body>"
                "</ac:structured-macro>"
                '<ac:structured-macro ac:name="info" ac:schema-version="1"><ac:rich-text-body>'
                f"<p>Note of {name}.</p></ac:rich-text-body></ac:structured-macro>"
                f"<ul><li><p>first of {name}</p></li><li><p>second</p></li></ul>"
            )
    source = "".join(made)
    return source + f"<p>{'x' * (LARGE - len(source) - 7)}</p>"
