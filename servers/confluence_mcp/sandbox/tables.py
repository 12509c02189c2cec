"""The tables of the site. Moments are milliseconds since 1970, people are account ids, bodies are storage format.

Spaces, contents (pages, blog posts, folders), comments, attachments, and labels share one sequence of ids, so that an
id alone says what it is.
"""

from __future__ import annotations

TABLES = """
CREATE TABLE space (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,
    type TEXT NOT NULL DEFAULT 'global', status TEXT NOT NULL DEFAULT 'current', author TEXT NOT NULL,
    created INTEGER NOT NULL, homepage INTEGER, description TEXT NOT NULL DEFAULT ''
);
CREATE TABLE permission (
    id INTEGER PRIMARY KEY, space INTEGER NOT NULL, kind TEXT NOT NULL, principal TEXT NOT NULL,
    operation TEXT NOT NULL, target TEXT NOT NULL, UNIQUE (space, kind, principal, operation, target)
);
CREATE TABLE content (
    id INTEGER PRIMARY KEY, type TEXT NOT NULL, status TEXT NOT NULL, space INTEGER NOT NULL, title TEXT NOT NULL,
    parent INTEGER, position INTEGER NOT NULL DEFAULT 0, author TEXT NOT NULL, owner TEXT NOT NULL,
    created INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1, subtype TEXT NOT NULL DEFAULT '',
    changed REAL NOT NULL DEFAULT 0
);
CREATE INDEX content_space ON content (space, type, status);
CREATE INDEX content_parent ON content (parent, position);
CREATE INDEX content_title ON content (title);
CREATE TABLE version (
    content INTEGER NOT NULL, number INTEGER NOT NULL, moment INTEGER NOT NULL, author TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '', minor INTEGER NOT NULL DEFAULT 0, title TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (content, number)
);
CREATE TABLE draft (
    content INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, author TEXT NOT NULL, moment INTEGER NOT NULL
);
CREATE TABLE label (id INTEGER PRIMARY KEY, prefix TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (prefix, name));
CREATE TABLE labelled (
    label INTEGER NOT NULL, target INTEGER NOT NULL, moment INTEGER NOT NULL, PRIMARY KEY (target, label)
) WITHOUT ROWID;
CREATE INDEX labelled_label ON labelled (label);
CREATE TABLE comment (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, container INTEGER NOT NULL, parent INTEGER, status TEXT NOT NULL,
    author TEXT NOT NULL, created INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1,
    marker TEXT NOT NULL DEFAULT '', selection TEXT NOT NULL DEFAULT '', resolution TEXT NOT NULL DEFAULT '',
    resolved_by TEXT, resolved_at INTEGER, changed REAL NOT NULL DEFAULT 0
);
CREATE INDEX comment_container ON comment (container);
CREATE INDEX comment_parent ON comment (parent);
CREATE TABLE attachment (
    id INTEGER PRIMARY KEY, container INTEGER NOT NULL, title TEXT NOT NULL, status TEXT NOT NULL,
    media_type TEXT NOT NULL, comment TEXT NOT NULL DEFAULT '', file TEXT NOT NULL, author TEXT NOT NULL,
    created INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1, size INTEGER NOT NULL,
    changed REAL NOT NULL DEFAULT 0
);
CREATE INDEX attachment_container ON attachment (container, title);
CREATE INDEX attachment_file ON attachment (file);
CREATE TABLE file (
    attachment INTEGER NOT NULL, number INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (attachment, number)
);
CREATE TABLE task (
    id INTEGER PRIMARY KEY, content INTEGER NOT NULL, local TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL,
    author TEXT NOT NULL, assignee TEXT, completed_by TEXT, created INTEGER NOT NULL, updated INTEGER, due INTEGER,
    completed INTEGER, UNIQUE (content, local)
);
CREATE TABLE restriction (
    content INTEGER NOT NULL, operation TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    PRIMARY KEY (content, operation, kind, subject)
) WITHOUT ROWID;
CREATE TABLE template (
    id INTEGER PRIMARY KEY, space INTEGER, name TEXT NOT NULL, description TEXT NOT NULL DEFAULT '',
    type TEXT NOT NULL DEFAULT 'page', body TEXT NOT NULL, labels TEXT NOT NULL DEFAULT '[]',
    author TEXT NOT NULL, changed INTEGER NOT NULL
);
CREATE TABLE seen (content INTEGER NOT NULL, account TEXT NOT NULL, moment INTEGER NOT NULL);
CREATE INDEX seen_content ON seen (content, moment);
CREATE TABLE property (
    id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1, moment INTEGER NOT NULL, author TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '', minor INTEGER NOT NULL DEFAULT 0, UNIQUE (owner, key)
);
CREATE TABLE liked (
    content INTEGER NOT NULL, account TEXT NOT NULL, moment INTEGER NOT NULL, PRIMARY KEY (content, account)
) WITHOUT ROWID;
CREATE TABLE watched (
    account TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (account, kind, target)
) WITHOUT ROWID;
CREATE TABLE favourite (
    account TEXT NOT NULL, target INTEGER NOT NULL, PRIMARY KEY (account, target)
) WITHOUT ROWID;
CREATE TABLE longtask (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, started INTEGER NOT NULL, document TEXT NOT NULL
);
"""
