# For the scripts that test the built jars, to be sourced: "java", and "options" as Spark's own launcher gives them.

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
options=(-Xmx1g -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+IgnoreUnrecognizedVMOptions)
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
    [[ ! -f $candidate || (-n $jar && ! $candidate -nt $jar) ]] || jar=$candidate
  done
  [[ -n $jar ]] || fail "The jar for Spark $1 is not built. Run mvn package, or scripts/test."
}
