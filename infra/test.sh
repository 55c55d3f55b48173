#!/usr/bin/env bash
# The tests, in two halves beside each other: what needs scheduler and browser, and everything else. Each has an engine of
# its own. With arguments: one call of pytest with them, e.g.  infra/test.sh tests/unit -k calendar
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
cd "$LAKEWARDEN_ROOT"

if (($#)); then exec python -m pytest "$@"; fi

# Ctrl-C ends both, and each stops what it started.
trap 'trap - INT TERM; kill 0; wait; exit 130' INT TERM

said=.cache/tests # what each half said, so that the last lines of a long run can say what failed in either
mkdir -p "$said"

half() { # its name, what it runs
  local name="$1"
  shift
  python -m pytest -o cache_dir=".cache/pytest-$name" "$@" 2>&1 | tee "$said/$name" | sed -u "s/^/$name  /"
}

half platform tests/e2e &
platform=$!
half parts --deselect=tests/e2e/ & # not --ignore, which testpaths overrule
parts=$!

failed=()
wait "$parts" || failed+=(parts)
wait "$platform" || failed+=(platform)
((${#failed[@]})) || exit 0

echo >&2
for name in "${failed[@]}"; do
  echo "tests: the half '$name' failed; the whole of it: $said/$name" >&2
  # What pytest sums up at its end; where it did not come that far, its last words.
  { grep -E '^(FAILED|ERROR) |^=+ .* in [0-9.]+s' "$said/$name" || tail -n 20 "$said/$name"; } >&2
done
exit 1
