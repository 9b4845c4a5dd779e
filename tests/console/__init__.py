"""A person's tasks in the console, done by a real Chromium against the real server."""
