#!/usr/bin/env bash
# Run a command as a part of the scheduler, with Airflow's settings and secrets:
#   infra/airflow/airflow.sh airflow dags list
set -euo pipefail
umask 077
. "$(dirname "${BASH_SOURCE[0]}")/../settings.sh"

export AIRFLOW_HOME="$LAKE_HOME/airflow"
mkdir -p "$AIRFLOW_HOME"

# What runs and where. SQLite serves one machine; its file, like every log, is for this user only.
export AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="${AIRFLOW__DATABASE__SQL_ALCHEMY_CONN:-sqlite:///$AIRFLOW_HOME/airflow.db}"
export AIRFLOW__CORE__DAGS_FOLDER="${AIRFLOW__CORE__DAGS_FOLDER:-$LAKEWARDEN_ROOT/dags}"
export AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=False
export AIRFLOW__CORE__EXECUTOR=LocalExecutor AIRFLOW__CORE__PARALLELISM=4       # 32 by default: too many for two cores
export AIRFLOW__CORE__DEFAULT_TIMEZONE=Asia/Shanghai
export AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL=30                              # 300 by default: a new file waited minutes
# a changed file is read at once; one that stays as it is every two minutes: 30 s, the default, cost a tenth of a core
export AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL=120
export AIRFLOW__LOGGING__BASE_LOG_FOLDER="$AIRFLOW_HOME/logs"
export AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS=0o700
export AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS=0o600
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False

# Who gets in: named accounts with roles, tokens that end with the working day.
export AIRFLOW__CORE__AUTH_MANAGER=airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager
export AIRFLOW__API_AUTH__JWT_EXPIRATION_TIME=28800

airflow_address="http://127.0.0.1:$LAKEWARDEN_AIRFLOW_PORT"
export AIRFLOW__API__HOST=127.0.0.1 AIRFLOW__API__PORT="$LAKEWARDEN_AIRFLOW_PORT" AIRFLOW__API__WORKERS=1
export AIRFLOW__API__BASE_URL="$airflow_address" AIRFLOW__API__INSTANCE_NAME=Lakewarden
export AIRFLOW__CORE__EXECUTION_API_SERVER_URL="$airflow_address/execution/"

# Secrets, from files into the environment: never in a configuration file, never on a command line.
AIRFLOW__API_AUTH__JWT_SECRET="$(secret airflow_jwt)"
AIRFLOW__CORE__FERNET_KEY="$(secret airflow_fernet)"
AIRFLOW__API__SECRET_KEY="$(secret airflow_session)"
export AIRFLOW__API_AUTH__JWT_SECRET AIRFLOW__CORE__FERNET_KEY AIRFLOW__API__SECRET_KEY

export PATH="$LAKEWARDEN_ROOT/.venv/platform/bin:$PATH" PYTHONPATH="$LAKEWARDEN_ROOT:$LAKEWARDEN_ROOT/dags"
exec "$@"
