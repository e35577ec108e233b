"""The errors that adaudit raises on purpose: one base, one child a layer."""


class AdauditError(Exception):
    """
    An expected failure, told to the user without a traceback.

    `message` says what is wrong: lower case, no final stop, the user's input in backticks.
    `hint` says what to do about it, or is None.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class AddressError(AdauditError):
    """A host or a port that names no computer on the network."""


class DescriptorError(AdauditError):
    """A security descriptor, SID or SDDL text that does not follow [MS-DTYP]."""


class DirectoryError(AdauditError):
    """Directory data that cannot be understood: a DN, an attribute value, a snapshot file."""


class QuestionError(AdauditError):
    """A question that cannot be put: an unknown right, principal or object."""


class ConfigError(AdauditError):
    """A target list that cannot be used; the message lists every fault, one a line."""


class CollectError(AdauditError):
    """A directory or file that cannot be read at all."""


class EvidenceError(AdauditError):
    """A log, registry or server outside the directory that cannot be read at all."""


class ReportError(AdauditError):
    """A report that cannot be written."""
