"""The errors that end a command of this room; one sentence each, and never a value."""

from contracts.errors import LakewardenError


class EngineDown(LakewardenError):
    """Nobody answers at the engine's address."""


class StepFailed(LakewardenError):
    """Spark refused a statement; only its condition is told, because its text may hold values."""


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


class PullFailed(LakewardenError):
    """A form server did not give what was asked for; what was landed before stays."""
