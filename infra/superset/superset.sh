#!/usr/bin/env bash
# Run a command as a part of Superset, with its settings and secrets:
#   infra/superset/superset.sh python -m dashboards.deploy
set -euo pipefail
umask 077
. "$(dirname "${BASH_SOURCE[0]}")/../settings.sh"

export SUPERSET_HOME="$LAKE_HOME/superset"
export SUPERSET_CONFIG_PATH="$LAKEWARDEN_ROOT/infra/superset/superset_config.py"
mkdir -p "$SUPERSET_HOME"

SUPERSET_SECRET_KEY="$(secret superset_secret)"
SUPERSET_GUEST_SECRET="$(secret superset_guest)"
SUPERSET_ASYNC_SECRET="$(secret superset_async)"
export SUPERSET_SECRET_KEY SUPERSET_GUEST_SECRET SUPERSET_ASYNC_SECRET

export PATH="$LAKEWARDEN_ROOT/.venv/superset/bin:$PATH" PYTHONPATH="$LAKEWARDEN_ROOT" FLASK_APP=superset
exec "$@"
