#!/usr/bin/env bash
# Everything this checkout needs before it can run: Python environments, Java, jars. Safe to repeat: what is
# there is found in seconds, what broke off goes on. `--for-tests` adds what only tests need: Chromium, the programs of
# PostgreSQL and MariaDB, and a small database as a jar; `--for-bench` the environment of what `make bench` measures beside us.
#
# Nothing outside the checkout changes, except Debian packages, and those only as root.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
. "$LAKEWARDEN_ROOT/infra/steps.sh"
. "$LAKEWARDEN_ROOT/infra/system_packages.sh"
cd "$LAKEWARDEN_ROOT"

locks=infra/locks
export UV_CACHE_DIR="${UV_CACHE_DIR:-$LAKEWARDEN_ROOT/.cache/uv}" UV_NO_PROGRESS=1
mkdir -p .venv .cache/setup

# What runs in the background does not hear Ctrl-C by itself; the whole group ends, and a new call goes on.
trap 'trap - INT TERM; kill 0; exit 130' INT TERM

# --- the interpreter ---------------------------------------------------------------------------------------

# The locks hold for 3.11 only. LAKEWARDEN_PYTHON names another interpreter than the first one found.
find_python() {
  local candidate
  for candidate in ${LAKEWARDEN_PYTHON:-python3.11 python3 python}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2> /dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  return 1
}

# --- environments ------------------------------------------------------------------------------------------

# What an environment was made from. A stamp is written last, so a broken installation has none.
fingerprint() { # environment
  cat "$locks/$1.txt" "$locks/build.txt" | sha256sum | cut -d' ' -f1
}

is_current() { # environment
  [[ "$(cat ".venv/$1/.made-from" 2> /dev/null)" == "$(fingerprint "$1")" ]]
}

make_bootstrap() {
  rm -rf .venv/bootstrap
  "$python" -m venv .venv/bootstrap
  .venv/bootstrap/bin/python -m pip install --quiet --disable-pip-version-check --cache-dir .cache/pip \
    --require-hashes --only-binary :all: -r "$locks/bootstrap.txt"
}

# uv reads no pip settings: whoever has a mirror configured for pip means this one too.
take_over_pip_index() {
  local index
  if [[ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]]; then
    index="${PIP_INDEX_URL:-$(.venv/bootstrap/bin/python -m pip config get global.index-url 2> /dev/null || true)}"
    if [[ -n "$index" ]]; then export UV_DEFAULT_INDEX="$index"; fi
  fi
}

# `sync` brings any half-made environment to exactly the lock; build backends are pinned by hash like the rest.
make_environment() { # environment
  local uv=.venv/bootstrap/bin/uv
  [[ -x ".venv/$1/bin/python" ]] || "$uv" venv --quiet --python "$python" --clear ".venv/$1"
  "$uv" pip sync --python ".venv/$1/bin/python" --require-hashes --compile-bytecode \
    --build-constraints "$locks/build.txt" --require-build-hashes --preview-features build-dependency-hashes \
    "$locks/$1.txt"
}

environment() { # environment
  if is_current "$1"; then
    found "$1 environment"
    return
  fi
  step "$1 environment" make_environment "$1"
  fingerprint "$1" > ".venv/$1/.made-from"
}

# Our own packages, editable: the `lakewarden` command in the platform environment runs this checkout.
install_project() {
  .venv/bootstrap/bin/uv pip install --python .venv/platform/bin/python --no-deps --no-build-isolation --editable .
}

project() {
  local made_from=".venv/platform/.project"
  if [[ "$(cat "$made_from" 2> /dev/null)" == "$(sha256sum < pyproject.toml)" && -x .venv/platform/bin/lakewarden ]]; then
    found "lakewarden command"
    return
  fi
  step "lakewarden command" install_project
  sha256sum < pyproject.toml > "$made_from"
}

# --- the engine's jars ---------------------------------------------------------------------------------------

jars() {
  if infra/engine/jars.sh --check; then found "jars of the engine"; else step "jars of the engine" infra/engine/jars.sh; fi
}

# --- all of it ---------------------------------------------------------------------------------------------

[[ "${1:-}" != --for-tests ]] || export LAKEWARDEN_DRIVERS="$LAKEWARDEN_DRIVERS h2"

python="$(find_python)" || fail "Python 3.11 was not found; install python3.11 with its venv module, or name it in LAKEWARDEN_PYTHON."
found "Python ($python)"

if has_java; then found "Java ($(java_command))"; else step "Java 17 or newer, from the system's packages" install_java; fi

if has_pango; then found "Pango"; else step "Pango, from the system's packages" install_pango; fi
if has_chinese_font; then found "Chinese font"; else step "Chinese font, from the system's packages" install_chinese_font; fi

if is_current bootstrap; then
  found "bootstrap environment"
else
  has_venv || step "Python's venv module, from the system's packages" install_venv
  step "bootstrap environment" make_bootstrap
  fingerprint bootstrap > .venv/bootstrap/.made-from
fi
take_over_pip_index

# Side by side: one downloads while another builds or compiles.
{ environment platform; project; } & sides=($!)
{ environment spark; jars; } & sides+=($!)
environment superset & sides+=($!)
if [[ "${1:-}" == --for-bench ]]; then environment bench & sides+=($!); fi
broken=0
for side in "${sides[@]}"; do wait "$side" || broken=1; done
((broken == 0)) || exit 1

if [[ "${1:-}" == --for-tests ]]; then
  if has_browser; then found "Chromium ($(browser_command))"; else step "Chromium, from the system's packages" install_browser; fi
  if has_postgresql; then found "PostgreSQL"; else step "PostgreSQL, from the system's packages" install_postgresql; fi
  if has_mariadb; then found "MariaDB"; else step "MariaDB, from the system's packages" install_mariadb; fi
fi
finished "set-up"
