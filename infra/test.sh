#!/usr/bin/env bash
# The tests, in two halves beside each other: what needs scheduler and browser, and everything else. Each has an engine of
# its own. With arguments: one call of pytest with them, e.g.  infra/test.sh tests/unit -k calendar
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
cd "$LAKEWARDEN_ROOT"

if (($#)); then exec python -m pytest "$@"; fi

# Ctrl-C ends both, and each stops what it started.
trap 'trap - INT TERM; kill 0; wait; exit 130' INT TERM

half() { # its name, what it runs
  local name="$1"
  shift
  python -m pytest -o cache_dir=".cache/pytest-$name" "$@" 2>&1 | sed -u "s/^/$name  /"
}

half platform tests/e2e &
platform=$!
half parts --deselect=tests/e2e/ & # not --ignore, which testpaths overrule
parts=$!

failed=0
wait "$parts" || failed=1
wait "$platform" || failed=1
if ((failed)); then echo "tests: one half or both failed; the lines before 'failed' say which test and why" >&2; fi
exit "$failed"
