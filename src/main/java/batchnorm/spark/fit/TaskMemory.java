package batchnorm.spark.fit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;

/**
 * Memory of a task's rows and sums, which Spark's memory manager does not account for. All tasks of
 * an executor together take at most an eighth of its heap; by default, Spark leaves 40 percent of
 * the heap to user code.
 */
final class TaskMemory {
  private static final int SHARE = 8;
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[([0-9]+|\\*)(?:,.*)?])?");

  private TaskMemory() {}

  /** Returns the bytes that a task of this executor may use, at most {@code most}. */
  static long atMost(long most) {
    SparkEnv env = SparkEnv.get();
    return env == null
        ? most
        : Math.min(most, share(env.conf(), Runtime.getRuntime().maxMemory(), processors()));
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Returns a task's share of the heap.
   *
   * @param heap the bytes of the executor's heap, in local mode the driver's
   * @param processors the processors of its machine
   */
  static long share(SparkConf conf, long heap, int processors) {
    int slots = Math.max(1, cores(conf, processors) / conf.getInt("spark.task.cpus", 1));
    return heap / SHARE / slots;
  }

  /** Returns the cores of an executor: the configured number, or Spark's default. */
  private static int cores(SparkConf conf, int processors) {
    String master = conf.get("spark.master", "");
    Matcher local = LOCAL.matcher(master);
    if (local.matches()) {
      String threads = local.group(1) == null ? "1" : local.group(1);
      return threads.equals("*") ? processors : Integer.parseInt(threads);
    }
    boolean oneByDefault = master.startsWith("yarn") || master.startsWith("k8s");
    return conf.getInt("spark.executor.cores", oneByDefault ? 1 : processors);
  }
}
