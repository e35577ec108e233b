"""Settings of hypothesis for all tests."""

from hypothesis import settings

# A busy machine is no fault of the code: how long an example takes is not judged.
settings.register_profile("adaudit", deadline=None)
settings.load_profile("adaudit")
