"""The error of this room."""

from contracts.errors import LakewardenError


class GateFailed(LakewardenError):
    """A table is not good enough to go through its gate; what stands behind the gate stays as it was."""

    exit_code = 65


class PrivacyUndeclared(LakewardenError):
    """A table that readers would see does not say who is in it, or not in the agreed form."""

    exit_code = 65
