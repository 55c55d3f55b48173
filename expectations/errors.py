"""The error of this room."""

from contracts.errors import LakewardenError


class GateFailed(LakewardenError):
    """A table is not good enough to go through its gate; what stands behind the gate stays as it was."""

    exit_code = 65
