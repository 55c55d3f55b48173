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


class KeyStoreRefused(LakewardenError):
    """The key store, or who keeps it, does not let us do this; asking again changes nothing."""

    exit_code = 65


class KeyStoreUnreachable(LakewardenError):
    """The key store gave no answer in time; nothing was done without it."""


class HalfRotated(LakewardenError):
    """Some batches of a key domain have tokens of one key version and some of another; nothing may join them."""

    exit_code = 65


class NotRemakeable(LakewardenError):
    """Desensitised rows cannot be made again, because their raw rows or their contract are gone."""

    exit_code = 65


class VaultAltered(LakewardenError):
    """Rows of the vault do not authenticate: altered, moved under another token, or sealed with another key."""

    exit_code = 65


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


class RevealRefused(LakewardenError):
    """A request to come back to people is not allowed, or not at this point of its way; nothing was opened."""

    exit_code = 65


class UnknownPerson(RevealRefused):
    """An account belongs to nobody whom the administrator has admitted, or not to somebody who may do this."""


class SelfApproval(RevealRefused):
    """Who asks may not decide, through whichever door."""


class GrantEnded(RevealRefused):
    """A request has expired, or was refused or revoked."""


class ExportRefused(LakewardenError):
    """An export is not allowed, or not at this point of its way; nothing was written."""

    exit_code = 65


class NeverSealed(RevealRefused):
    """Tokens were asked for that the vault does not hold."""


class GradeLowered(LakewardenError):
    """A contract protects columns less than rows were treated before, and nobody has approved it."""

    exit_code = 65


class GradeChangeRefused(LakewardenError):
    """A lower grade or a weaker treatment cannot be asked for or approved like this; nothing was changed."""

    exit_code = 65


class AuditBroken(LakewardenError):
    """The audit is not the one that was written; nothing that must leave a trace may happen."""

    exit_code = 65


class UnknownWorkingDays(LakewardenError):
    """The calendar does not hold a year, and nobody guesses."""

    exit_code = 65


class NoTrail(LakewardenError):
    """A dataset has no column that follows a person from place to place."""

    exit_code = 65


class NotClassified(LakewardenError):
    """A table or file cannot be looked at, or what was found cannot be written down."""

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


class ReportNotDeclared(LakewardenError):
    """A report, or something that its declaration or its text refers to, is not known, or a figure is typed in."""

    exit_code = 65


class ReportRefused(LakewardenError):
    """A step of a report is not allowed, or not at this point of its way; nothing was written or sent."""

    exit_code = 65


class NotYourSignature(ReportRefused):
    """Who signs asked for the report, signed it before, or does not have the role whose signature comes next."""


class DraftAltered(ReportRefused):
    """The files of a report are not those that were drafted, so nobody signs or issues them."""


class DeliveryFailed(LakewardenError):
    """A recipient could not be reached; whoever was reached is written down, and the next call goes on."""
