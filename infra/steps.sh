# Progress that a person can read: what runs, since when, how long it took, and where to look when it fails.
# shellcheck shell=bash

steps_began=$SECONDS
steps_logs="$LAKEWARDEN_ROOT/.cache/setup"

found() { printf '  %-58s found\n' "$1"; }

finished() { printf '%s: ready after %d s\n' "$1" "$((SECONDS - steps_began))"; }

# Run a command with its output in a log, and say every 15 s that it still runs.
step() { # title, command...
  local title="$1" began=$SECONDS log code=0
  shift
  mkdir -p "$steps_logs"
  log="$steps_logs/$(tr -cs 'A-Za-z0-9' '-' <<< "$title" | sed 's/-*$//').log"
  printf '  %-58s ...\n' "$title"
  heartbeat "$title" "$began" & local heart=$!
  # shellcheck disable=SC2064  # the pid of now is meant
  trap "kill $heart 2>/dev/null || true" EXIT
  # In the background, for in front of `||` bash would forget -e and go on after a failed line.
  "$@" > "$log" 2>&1 &
  wait $! || code=$?
  kill "$heart" 2> /dev/null || true
  wait "$heart" 2> /dev/null || true
  trap - EXIT
  if ((code != 0)); then
    tail -n 15 "$log" | sed 's/^/    | /' >&2
    fail "the step '$title' failed after $((SECONDS - began)) s; its whole output is in $log. Mend the cause and run the same command again: it goes on from here."
  fi
  printf '  %-58s %d s\n' "$title" "$((SECONDS - began))"
}

# Naps of a second, because a nap outlives the loop that is stopped and would hold a pipe open.
heartbeat() { # title, began
  while sleep 1; do
    if (((SECONDS - $2) % 15 == 0)); then printf '  %-58s ... %d s\n' "$1" "$((SECONDS - $2))"; fi
  done
}
