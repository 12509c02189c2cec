"""What the sandboxes of all vendors stand on.

It imports nothing of ours, like they: a sandbox must not repeat a mistake of the client that it stands in for.
"""
