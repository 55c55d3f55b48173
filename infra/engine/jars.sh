#!/usr/bin/env bash
# Fill .jars/ with exactly the jars of jars.sha256, each proven by its hash. Safe to repeat.
# `--check` only says, by its exit code, whether they are there.
#
# Spark's own resolver fetches them, so no registry is named here and a mirror set for Ivy or Java is obeyed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../settings.sh"

pins="$LAKEWARDEN_ROOT/infra/engine/jars.sha256"
jars="$LAKEWARDEN_ROOT/.jars"
ivy="$LAKEWARDEN_ROOT/.cache/ivy"
log="$LAKEWARDEN_ROOT/.cache/jars.log"

# "sha256  artifact-version.jar", as sha256sum reads it: of all pins, or of those wanted here. A third word names the
# database that a driver is for; it is wanted where LAKEWARDEN_DRIVERS has the word.
as_sums='{ split($2, part, ":"); print $1 "  " part[2] "-" part[3] ".jar" }'
is_wanted='!/^#/ && (NF == 2 || NF == 3 && index(" " drivers " ", " " $3 " "))'
pinned() { awk '!/^#/ && NF >= 2 '"$as_sums" "$pins"; }
expected() { awk -v drivers="$LAKEWARDEN_DRIVERS" "$is_wanted $as_sums" "$pins"; }

# What is wanted is there, and nothing is there but by a pin: a driver fetched earlier may stay.
complete() { # folder
  local jar
  [[ -d "$1" ]] && (cd "$1" && expected | sha256sum --check --strict --status 2>/dev/null) || return 1
  for jar in "$1"/*.jar; do
    pinned | grep -qF "  ${jar##*/}" || return 1
  done
  (cd "$1" && pinned | sha256sum --check --strict --status --ignore-missing 2>/dev/null)
}

complete "$jars" && exit 0
[[ "${1:-}" != --check ]] || exit 1

# What Spark ships already must not come a second time in another version.
shipped='org.apache.*:*,com.fasterxml.*:*,com.google.*:*,com.github.*:*,commons-*:*,org.slf4j:*,org.roaringbitmap:*,org.locationtech.*:*,org.xerial.*:*,io.airlift:*'
shipped+=',javax.*:*,jakarta.*:*,org.antlr:*,org.openapitools:*,org.scala-lang*:*,software.*:*'

mkdir -p "$ivy" "$jars"
coordinates="$(awk -v drivers="$LAKEWARDEN_DRIVERS" "$is_wanted { print \$2 }" "$pins" | paste -sd,)"
export SPARK_HOME="$LAKEWARDEN_ROOT/.venv/spark/lib/python3.11/site-packages/pyspark"
"$SPARK_HOME/bin/spark-submit" --conf "spark.jars.ivy=$ivy" \
  --packages "$coordinates" --exclude-packages "$shipped" \
  --class org.apache.hadoop.util.VersionInfo spark-internal > "$log" 2>&1 \
  || fail "the jars of the engine could not be fetched; is a Maven registry reachable? See $log, then run again."

find "$jars" -name '*.jar' -delete
while read -r _ file; do
  artifact="$(find "$ivy/jars" -name "*_$file" -print -quit)"
  [[ -n "$artifact" ]] || fail "$file was not fetched; see $log"
  cp "$artifact" "$jars/$file"
done < <(expected)
complete "$jars" || { rm -f "$jars"/*.jar; fail "a fetched jar differs from its hash in infra/engine/jars.sha256; nothing was kept. Look into $ivy."; }
