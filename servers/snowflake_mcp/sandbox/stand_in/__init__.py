"""The program of the stand-in: run as a script in an environment of its own, never imported by the servers."""
