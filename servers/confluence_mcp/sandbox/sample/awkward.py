"""A page that has one of everything which an edit easily loses, from the older editor and from the newer one."""

from __future__ import annotations

from confluence_mcp.sandbox.sample import files
from confluence_mcp.sandbox.sample.home import SPECIFICATIONS
from confluence_mcp.sandbox.sample.markup import (
    Markup,
    body,
    box,
    card,
    custom_panel,
    decisions,
    emoji,
    h,
    image,
    jira,
    line,
    macro,
    marked,
    marker,
    mention,
    ol,
    p,
    page,
    properties,
    purple_panel,
    status,
    table,
    tasks,
    ul,
)
from confluence_mcp.sandbox.sample.record import Edit, File, Note, Page
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who

PAGE_ID = 98426

_OLDER_EDITOR = Markup(
    '<p class="auto-cursor-target"><br /></p>'
    "<p>Written&nbsp;in the older editor &ndash; with &ldquo;named&rdquo; characters, <sub>low</sub> and "
    '<sup>high</sup> words, and <span style="background-color: rgb(248,230,160);">a marked passage</span>.</p>'
    "<pre>as it was typed\n  with its spaces</pre>"
    '<p style="text-align: center;">in the middle</p><p style="margin-left: 30.0px;">moved in</p>'
    '<div class="sectionColumnWrapper"><p>in a box that nobody sees</p></div>'
)
_MERGED = Markup(
    '<table data-table-width="760" data-layout="wide" ac:local-id="0b1f7c52-merged"><colgroup>'
    '<col style="width: 180.0px;" /><col style="width: 240.0px;" /><col style="width: 340.0px;" /></colgroup><tbody>'
    '<tr><th rowspan="2"><p>Part</p></th><th colspan="2"><p>Known to</p></th></tr>'
    "<tr><th><p>Markdown</p></th><th><p>this page</p></th></tr>"
    '<tr><td data-highlight-colour="#deebff"><p>Coloured cell</p></td><td><p>no</p></td><td><p>yes</p></td></tr>'
    '<tr><td data-highlight-colour="#ffebe6"><p>List in a cell</p></td><td><p>no</p></td>'
    "<td><ul><li><p>one</p><ol><li><p>inside it</p></li></ol></li><li><p>two</p></li></ul></td></tr>"
    "</tbody></table>"
)
_COLUMNS = macro(
    "section",
    {},
    macro("column", {"width": "30%"}, p("left")) + macro("column", {}, p("right, with ", jira(history.key(36)))),
)
_APP = Markup(
    '<ac:adf-extension><ac:adf-node type="extension"><ac:adf-attribute key="extension-key">'
    "8f0d2f0a-7d6b-4bb4-9d1a-1f2c3d4e5f60/static/page-health</ac:adf-attribute>"
    '<ac:adf-attribute key="extension-type">com.atlassian.ecosystem</ac:adf-attribute>'
    '<ac:adf-attribute key="parameters">{"threshold": 3}</ac:adf-attribute></ac:adf-node></ac:adf-extension>'
)
_INLINE_PICTURE = Markup(
    '<ac:image ac:inline="true" ac:height="16"><ri:attachment ri:filename="tick.png" /></ac:image>'
)

_BODY = body(
    properties(
        ("Owner", p(mention(who.ENGINEERING_PARTNER))),
        ("State", p(status("idea", "Purple"))),
        ("Issue", p(jira(history.key(36)))),
    ),
    p(
        "A page is more than its words: macros, colours, comments on some of its words, tasks. ",
        marked(marker("awkward"), "All of it has to survive."),
    ),
    h(2, "How"),
    ol(
        "Read the page with the number of its version",
        "Show it in pieces that have names",
        "Write back the piece that changed, and nothing else",
        "Give the number of the version along; somebody may have been quicker",
    ),
    decisions(
        "editing", ("DECIDED", "Every edit gives the number of a version"), ("UNDECIDED", "Who may edit drafts?")
    ),
    h(2, "What must come through unharmed"),
    h(3, "Boxes"),
    macro("panel", {"title": "With a title", "borderStyle": "dashed", "bgColor": "#FFFFFF"}, p("and words")),
    custom_panel(":rocket:", "#EAE6FF", p("With a picture of its own ", emoji("rocket", "1f680", "🚀"))),
    purple_panel(p("The kind that has no macro")),
    box("info", ul("A list in a box"), tasks((41, False, line("A task in a box, for ", mention(who.UX_STRATEGIST))))),
    h(3, "Tables"),
    _MERGED,
    h(3, "Macros"),
    macro("anchor", {"": "macros"}),
    macro("gliffy", {"name": "page-life", "pagePin": "4", "attachmentId": "att400001"}),
    macro("excerpt-include", {"": page("Feasibility assessment"), "nopanel": "true"}),
    macro("noformat", {}, plain="kept   as\n  it is"),
    macro("html", {}, plain="<script>alert('never run')</script>"),
    _COLUMNS,
    _APP,
    h(3, "Links and pictures"),
    card("https://pm-os.sandbox.invalid/wiki/spaces/PMOS/pages/98415", "block"),
    card("https://pm-os.example/video", "embed"),
    p("A small one ", _INLINE_PICTURE, " in the text, and one that stands alone:"),
    image("tick.png", "A tick", width=64),
    h(3, "From the older editor"),
    _OLDER_EDITOR,
    table(("Part", "Known to Markdown?"), ("Mention", "as a name"), ("Task with a date", "partly")),
)

AWKWARD = Page(
    PAGE_ID,
    "Confluence tools: editing without loss",
    (Edit(who.ENGINEERING_PARTNER, "2026-02-02 22:20", _BODY),),
    SPECIFICATIONS,
    ("spec", "phase-4"),
    (
        Note(
            who.ALEX_RIVERA,
            "2026-02-03 07:50",
            p("Even what is typed in the older editor?"),
            marker("awkward"),
            "All of it has to survive.",
            id=300_501,
        ),
    ),
    (File("tick.png", who.ENGINEERING_PARTNER, "2026-02-02 22:18", (files.tick,), id=400_501),),
    editors=(who.ENGINEERING_PARTNER, who.HUMAN_PM),
)
