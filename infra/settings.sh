# The settings of one installation. Every script sources this file; a variable that is already set wins,
# so `LAKE_HOME=/srv/lake LAKEWARDEN_CONNECT_PORT=15102 make up` runs a second installation beside the first.
# shellcheck shell=bash

LAKEWARDEN_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
export LAKEWARDEN_ROOT

# Everything that runs keeps its state below LAKE_HOME; the checkout itself is only read.
export LAKE_HOME="${LAKE_HOME:-$LAKEWARDEN_ROOT/.lake}"

# All services listen on loopback only.
export LAKEWARDEN_CONNECT_PORT="${LAKEWARDEN_CONNECT_PORT:-15002}"
export LAKEWARDEN_THRIFT_PORT="${LAKEWARDEN_THRIFT_PORT:-10000}"
export LAKEWARDEN_AIRFLOW_PORT="${LAKEWARDEN_AIRFLOW_PORT:-8080}"
export LAKEWARDEN_SUPERSET_PORT="${LAKEWARDEN_SUPERSET_PORT:-8088}"

# Heap of the engine's JVM. Python workers, their readers (900 MB each at the most), direct memory and code come on top.
export LAKEWARDEN_ENGINE_MEMORY="${LAKEWARDEN_ENGINE_MEMORY:-3g}"

# Databases beside PostgreSQL, MySQL and MariaDB whose JDBC drivers `make setup` fetches, as words: sqlserver oracle db2
# db2i sybase. Their licences are their makers'.
export LAKEWARDEN_DRIVERS="${LAKEWARDEN_DRIVERS:-}"

# Where keys lie: `files` (below LAKE_HOME/keys), `airflow` (its secrets backend), or the address of a KV store of version
# 2, https://<host>/<mount>/<prefix>, whose token is in LAKE_HOME/secrets/key_store_token; docs/keys.md. The second names
# the authority of that address's certificate, a PEM file; empty: those that the system trusts.
export LAKEWARDEN_KEY_STORE="${LAKEWARDEN_KEY_STORE:-files}"
export LAKEWARDEN_KEY_STORE_CA="${LAKEWARDEN_KEY_STORE_CA:-}"

# Who takes the mail with which reports are issued, <host>:<port>, over TLS unless on this machine, and who it is from; a
# password, if it wants one, is in LAKE_HOME/secrets/mail_password; docs/reports.md. Empty: nothing is mailed.
export LAKEWARDEN_MAIL_SERVER="${LAKEWARDEN_MAIL_SERVER:-}"
export LAKEWARDEN_MAIL_FROM="${LAKEWARDEN_MAIL_FROM:-}"

# Who logs in to the dashboards, as which role and for which region; docs/dashboards.md. Empty: those of
# dashboards/_shared/accounts.yaml.
export LAKEWARDEN_DASHBOARD_ACCOUNTS="${LAKEWARDEN_DASHBOARD_ACCOUNTS:-}"

# No part of the platform reports to its maker.
export DO_NOT_TRACK=1 GX_ANALYTICS_ENABLED=false DBT_SEND_ANONYMOUS_USAGE_STATS=false SCARF_ANALYTICS=false

# One sentence on stderr, then the end: what went wrong, where, what to do next.
fail() {
  printf 'lakewarden: %s\n' "$*" >&2
  exit 1
}

# The words of a secret file, or a sentence that says how to make it.
secret() {
  cat "$LAKE_HOME/secrets/$1" 2>/dev/null || fail "no secret '$1' below $LAKE_HOME/secrets; run \`make up\`, it makes them"
}
