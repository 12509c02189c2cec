"""The demonstration: a real server process, driven through a day's work in its sandbox."""
