# The few things that only the system can give: Java, for reports Pango and a Chinese font, for tests a browser and two
# databases. Root gets them by apt-get, everybody else gets one sentence that says what to install.
# shellcheck shell=bash

# Install the first of the packages that this release of Debian or Ubuntu has.
install_first() { # what for, package...
  local purpose="$1" package
  shift
  [[ $EUID -eq 0 ]] && command -v apt-get > /dev/null \
    || fail "$purpose is missing and only root may install it; ask for the package \`$1\` (Debian, Ubuntu) or its like."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  for package in "$@"; do
    if apt-cache show "$package" > /dev/null 2>&1; then
      apt-get install --yes --no-install-recommends "$package"
      return
    fi
  done
  fail "no package of $* is known to apt; install $purpose by hand."
}

# --- Java: 17 or newer, with the incubator module that Spark needs and some slim runtimes leave out ---------

java_command() {
  if [[ -n "${JAVA_HOME:-}" ]]; then echo "$JAVA_HOME/bin/java"; else command -v java; fi
}

has_java() {
  local java major
  java="$(java_command)" && [[ -x "$java" ]] || return 1
  major="$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)"
  [[ "${major:-0}" -ge 17 ]] && "$java" --list-modules | grep -q '^jdk.incubator.vector'
}

install_java() {
  [[ -z "${JAVA_HOME:-}" ]] || fail "JAVA_HOME names $JAVA_HOME, which is no Java 17 or newer with the module jdk.incubator.vector; correct or unset it."
  install_first "Java 17 or newer" openjdk-17-jre-headless openjdk-21-jre-headless
  has_java || fail "Java was installed, but \`java\` on the PATH is still another one; set JAVA_HOME to a Java 17 or newer."
}

# --- Python's venv module, a package of its own on Debian and Ubuntu ----------------------------------------

has_venv() { "$python" -c 'import ensurepip, venv' 2> /dev/null; }

install_venv() { install_first "Python's venv module" python3.11-venv python3-venv; }

# --- for reports: what sets their lines, and a font that has Chinese; PDF files carry their fonts with them ------

# HarfBuzz cuts fonts down to the signs of a report; what stands in for it takes seconds and writes the time into the file.
has_pango() {
  "$python" -c 'import ctypes; [ctypes.CDLL(f"lib{name}.so.0") for name in ("pangoft2-1.0", "harfbuzz-subset")]' 2> /dev/null
}

install_pango() {
  install_first "Pango" libpangoft2-1.0-0
  install_first "HarfBuzz's subsetter" libharfbuzz-subset0
}

has_chinese_font() { command -v fc-list > /dev/null && [[ -n "$(fc-list :lang=zh)" ]]; }

# fontconfig brings `fc-list`, which says that the font is there
install_chinese_font() {
  install_first "fontconfig" fontconfig
  install_first "a Chinese font" fonts-noto-cjk
}

# --- for the browser tests ----------------------------------------------------------------------------------

browser_command() {
  local name
  for name in ${LAKEWARDEN_CHROMIUM:-chromium chromium-browser google-chrome google-chrome-stable}; do
    command -v "$name" && return
  done
  return 1
}

has_browser() { browser_command > /dev/null; }

install_browser() { install_first "Chromium" chromium chromium-browser; }

# --- for the tests of databases: programs only, no service; tests start instances of their own ------------------

has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || command -v initdb > /dev/null; }

# Debian would start a server of its own as soon as it is unpacked; while this file says no, it does not.
without_services() { # command...
  local policy=/usr/sbin/policy-rc.d code=0
  [[ $EUID -eq 0 && ! -e $policy ]] || { "$@"; return; }
  printf '#!/bin/sh\nexit 101\n' > $policy
  chmod 755 $policy
  "$@" || code=$?
  rm -f $policy
  return $code
}

install_postgresql() {
  without_services install_first "PostgreSQL's server" postgresql-15 postgresql-16 postgresql-14 postgresql
}

has_mariadb() { [[ -x /usr/sbin/mariadbd ]] && command -v mariadb mariadb-install-db > /dev/null; }

# The core packages have the programs and no service.
install_mariadb() {
  install_first "MariaDB's server" mariadb-server-core
  install_first "MariaDB's client" mariadb-client-core mariadb-client
}
