"""Active Directory permission auditor: who may do what to which object, and which entry decides."""

__version__ = "0.1.0"
