"""The demonstration: real server processes, driven through a day's work in their sandboxes."""
