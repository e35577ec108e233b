"""Active Directory permission auditor: who may do what to which object, and which entry decides."""

from importlib.metadata import version

__version__ = version("adaudit")
