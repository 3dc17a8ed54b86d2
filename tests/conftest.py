"""What holds for every test: no setting of the caller reaches it, and Hypothesis searches as its place demands."""

import os

from hypothesis import settings

# Deadlines off: an example on a busy machine is slow now and then, and pytest-timeout ends what hangs.
settings.register_profile("local", deadline=None)
# In CI the same examples each time, so that no change is blamed for what chance found; at home new ones are tried.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# A shell set up for a real account must not lead a test to it. The documents of Zoom are no setting of the server.
for name in list(os.environ):
    if name.startswith(("ROLLCALL_", "ZOOM_")) and name != "ZOOM_OPENAPI_DIR":
        del os.environ[name]
os.environ.pop("PORT", None)
