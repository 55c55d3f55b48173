#!/usr/bin/env bash
# Become the engine: one Spark driver that serves Connect and Thrift on loopback, until SIGTERM.
set -euo pipefail
umask 077
. "$(dirname "${BASH_SOURCE[0]}")/../settings.sh"

export SPARK_HOME="$LAKEWARDEN_ROOT/.venv/spark/lib/python3.11/site-packages/pyspark"
jars="$LAKEWARDEN_ROOT/.jars"
home="$LAKE_HOME/engine"
[[ -x "$SPARK_HOME/bin/spark-submit" ]] || fail "the engine's environment is missing; run \`make setup\`"
compgen -G "$jars/*.jar" > /dev/null || fail "the engine's jars are missing; run \`make setup\`"
mkdir -p "$home"

# Two drivers on one lake lose commits without a word. The lock lives as long as the JVM that inherits it.
exec 9> "$home/lock"
flock --nonblock 9 || fail "an engine already runs on $LAKE_HOME; stop it with \`make down\`"

# Whatever a killed engine left behind; nothing in here outlives a driver.
rm -rf "$home/scratch"
mkdir -p "$home/scratch"/{spark,hive,pipes,java} "$home/warehouse"

# From the environment, for a command line is readable by everybody on the machine.
SPARK_CONNECT_AUTHENTICATE_TOKEN="$(secret connect_token)"
export SPARK_CONNECT_AUTHENTICATE_TOKEN
export SPARK_CONF_DIR="$LAKEWARDEN_ROOT/infra/engine" SPARK_LOCAL_IP=127.0.0.1
export PYSPARK_PYTHON="$LAKEWARDEN_ROOT/.venv/spark/bin/python"
# Readers of files (mapInArrow) run in the engine's Python workers and import our packages there.
export PYTHONPATH="$LAKEWARDEN_ROOT" PYTHONDONTWRITEBYTECODE=1

# Out of memory means dead: a JVM that limps on answers nobody, a dead one is started again. Metaspace has its usual size
# from the start; growing there from 21 MB costs a full collection at each step.
java_options=(
  "-Dderby.system.home=$home/derby" "-Djava.io.tmpdir=$home/scratch/java" -Duser.timezone=UTC
  -XX:+ExitOnOutOfMemoryError -XX:MetaspaceSize=256m -XX:MaxMetaspaceSize=512m -XX:MaxDirectMemorySize=512m -XX:-UsePerfData
)

cd "$home"
# shellcheck disable=SC2086  # LAKEWARDEN_ENGINE_OPTIONS is a list of words on purpose
exec "$SPARK_HOME/bin/spark-submit" --name lakewarden --class org.apache.spark.sql.hive.thriftserver.HiveThriftServer2 \
  --driver-memory "$LAKEWARDEN_ENGINE_MEMORY" \
  --conf "spark.driver.extraClassPath=$jars/*" --conf "spark.executor.extraClassPath=$jars/*" \
  --conf "spark.driver.extraJavaOptions=${java_options[*]} ${LAKEWARDEN_ENGINE_JAVA_OPTIONS:-}" \
  --conf "spark.connect.grpc.binding.port=$LAKEWARDEN_CONNECT_PORT" \
  --conf "spark.hadoop.hive.server2.thrift.port=$LAKEWARDEN_THRIFT_PORT" \
  --conf "spark.sql.warehouse.dir=$home/warehouse" \
  --conf "spark.local.dir=$home/scratch/spark" \
  --conf "spark.hadoop.hive.exec.scratchdir=$home/scratch/hive" \
  --conf "spark.hadoop.hive.exec.local.scratchdir=$home/scratch/pipes" \
  --conf "spark.hadoop.hive.server2.logging.operation.enabled=false" \
  ${LAKEWARDEN_ENGINE_OPTIONS:-} spark-internal
