"""The errors that end a command of this room; one sentence each, and never a value."""

from contracts.errors import LakewardenError


class EngineDown(LakewardenError):
    """Nobody answers at the engine's address."""


class StepFailed(LakewardenError):
    """Spark refused a statement; only its condition is told, because its text may hold values."""


class InboxLocked(LakewardenError):
    """A file may not be moved out of its inbox; it is written down already, and the next run goes on."""


class AllFilesRefused(LakewardenError):
    """Gate 1 let no file of the batch through."""

    exit_code = 65


class KeyMissing(LakewardenError):
    """A key that desensitised data was made with is not in the store."""


class GateNotPassed(LakewardenError):
    """A step was called whose input has no passing verdict."""


class BuildFailed(LakewardenError):
    """Dbt could not build or test the marts; readers keep what they have."""


class NothingToReplay(LakewardenError):
    """The ledger knows no such file."""


class NotAPeer(LakewardenError):
    """A name or a key for exchanging packages is missing, taken, or not one that this installation trusts."""


class PackageRefused(LakewardenError):
    """A package or a receipt is altered, foreign, damaged, known already, or made under another contract."""

    exit_code = 65


class PackageIncomplete(LakewardenError):
    """Parts of a package are missing or damaged; those that arrived are kept."""


class PackingStopped(LakewardenError):
    """A package could not be written; what was taken into it is kept and packed by the next run."""


class PullFailed(LakewardenError):
    """A form server did not give what was asked for; what was landed before stays."""


class SourceChanged(LakewardenError):
    """A table of a source is not as the contract says, or not as it was when it was last read."""

    exit_code = 65


class SourceWentBack(LakewardenError):
    """A table of a source is older than what was taken from it, as after a restore from a backup."""

    exit_code = 65


class SourceUnreachable(LakewardenError):
    """A source does not answer, refuses its reader or broke off; the next run goes on where this one stopped."""


class ConnectionMissing(LakewardenError):
    """The secret file of a connection is not there, not readable, not complete, or open to others."""

    exit_code = 65


class ValuesRefused(LakewardenError):
    """A list of values to search for is open to others, unreadable, empty, or holds what is found by chance."""

    exit_code = 65


class CopyNotMade(LakewardenError):
    """The copy in which invented people are planted could not be made; nothing was searched."""


class NotProved(LakewardenError):
    """A sink was not searched whole, or a value planted in it on purpose was not found; the report says which."""


class LeakFound(LakewardenError):
    """A known value stands where nobody may be found; the report says where, never which value."""

    exit_code = 65
