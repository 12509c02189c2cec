"""What JQL and CQL share: words of a text, dates, conditions, and how lark reads them.

Importing this loads nothing; only its module `grammar` needs lark, which whoever searches pays for.
"""
