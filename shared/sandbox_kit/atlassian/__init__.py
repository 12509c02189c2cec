"""What the sandboxes of Atlassian's products share: the people of a site, its addresses, and the habits of its edge.

Importing this loads nothing: its modules wait until somebody needs them.
"""
