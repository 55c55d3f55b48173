#!/usr/bin/env bash
# Run a command with the settings of this installation and the platform environment on the PATH:
#   infra/with_settings.sh lakewarden status
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
export PATH="$LAKEWARDEN_ROOT/.venv/platform/bin:$PATH" PYTHONPATH="$LAKEWARDEN_ROOT"
[[ -x "$LAKEWARDEN_ROOT/.venv/platform/bin/python" ]] || fail "nothing is set up here yet; run \`make setup\`"
exec "$@"
