#!/usr/bin/env bash
# Build the browsable description of every model (columns, meaning, lineage, tests) from the project's files alone; no
# engine is asked. One page that needs no server and no internet: $LAKE_HOME/docs/dbt/static_index.html
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

folder="$LAKE_HOME/docs/dbt"
where=(--project-dir "$LAKEWARDEN_ROOT/dbt_project" --profiles-dir "$LAKEWARDEN_ROOT/dbt_project"
  --target-path "$folder" --log-path "$folder/logs" --no-use-colors --quiet)
mkdir -p "$folder"
dbt parse "${where[@]}"
dbt docs generate --no-compile --empty-catalog --static "${where[@]}"
printf 'models described in %s\n' "$folder/static_index.html"
