# For the scripts that test the built jars, to be sourced: "java", and "options" as Spark's own launcher gives them.

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
options=(-Xmx1g -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC -XX:+IgnoreUnrecognizedVMOptions)
for package in lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic; do
  options+=("--add-opens=java.base/java.$package=ALL-UNNAMED")
done
for package in jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
  options+=("--add-opens=java.base/$package=ALL-UNNAMED")
done

# Sets "jar" to the one that was built for a line.
built_jar() {
  local target=target candidate
  [[ $1 == 4 ]] || target=target/spark-$1
  jar=
  for candidate in "$target"/batchnorm-spark-"$1"_*.jar; do
    [[ $candidate != *-sources.jar && $candidate != *-javadoc.jar ]] || continue
    [[ ! -f $candidate || (-n $jar && ! $candidate -nt $jar) ]] || jar=$candidate
  done
  [[ -n $jar ]] || fail "The jar for Spark $1 is not built. Run mvn package, or scripts/test."
}

# Sets "jars" to the class path of a Spark as PyPI has it, which is installed where it is not here yet.
pyspark_jars() {
  local venv=target/python/venv-$1 found
  found=("$venv"/lib/python3.*/site-packages/pyspark/jars)
  if [[ ! -d ${found[0]} ]]; then
    echo "Spark $1: installing pyspark $1 into target/python, some 400 MB ..." >&2
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
      --config-settings=--build-option=--compression=stored "pyspark==$1"
    found=("$venv"/lib/python3.*/site-packages/pyspark/jars)
  fi
  jars=$(printf '%s:' "$PWD/${found[0]}"/*.jar)
}
