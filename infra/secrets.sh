#!/usr/bin/env bash
# Make every secret that is missing below $LAKE_HOME/secrets: random, 0600, never printed. Safe to repeat.
# Further passwords are made by their names: infra/secrets.sh superset_li_password
set -euo pipefail
umask 077
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

folder="$LAKE_HOME/secrets"
mkdir -p "$folder"
chmod 700 "$LAKE_HOME" "$folder"

# Written beside and moved, so that a kill in between never leaves half a secret.
make_secret() { # name, command...
  local name="$1"
  shift
  [[ -s "$folder/$name" ]] && return
  "$@" > "$folder/.$name.draft"
  mv "$folder/.$name.draft" "$folder/$name"
}

random_hex() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

# Fernet wants 32 bytes in URL-safe base64.
fernet_key() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }

# 24 letters and digits without the look-alikes, about 137 bits; the four endings satisfy complexity rules.
password() {
  printf '%s-Aa7' "$(LC_ALL=C tr -dc 'a-hj-km-np-zA-HJ-KM-NP-Z2-9' < <(head -c 4096 /dev/urandom) | head -c 24)"
}

for name in connect_token airflow_jwt airflow_session superset_secret superset_guest superset_async; do
  make_secret "$name" random_hex
done
make_secret airflow_fernet fernet_key
for account in airflow_{admin,viewer,steward,checker,approver,manager} superset_{admin,viewer}; do
  make_secret "${account}_password" password
done
for name in "$@"; do
  make_secret "$name" password
done
