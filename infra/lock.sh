#!/usr/bin/env bash
# Pin the wishes in infra/locks/*.in: names, versions and hashes, never an address.
#   infra/lock.sh            only what the wishes demand changes
#   infra/lock.sh --upgrade  the newest versions that the wishes allow
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
cd "$LAKEWARDEN_ROOT"

for wishes in infra/locks/*.in; do
  lock="${wishes%.in}.txt"
  .venv/bootstrap/bin/uv pip compile "$wishes" --output-file "$lock" --quiet \
    --python-version 3.11 --generate-hashes --no-header --no-annotate "$@"
  printf '  %-28s %d packages\n' "$lock" "$(grep -cE '^[a-z0-9].*==' "$lock")"
done

# Where packages come from is a setting of the machine, not of the project.
if grep -rnE '://|--(extra-)?index-url|--find-links' infra/locks; then
  fail "an address stands in infra/locks (above); take it out before you commit"
fi
