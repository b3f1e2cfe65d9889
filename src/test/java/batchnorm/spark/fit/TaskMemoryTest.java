package batchnorm.spark.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskMemoryTest {
  private static final long GIB = 1L << 30;
  private static final int PROCESSORS = 16;

  /** An eighth of 4 GiB, divided by the tasks that run at once. */
  @ParameterizedTest(name = "{0}, cores {1}, cpus {2}")
  @CsvSource({
    "local, , 1, 1",
    "local[4], , 1, 4",
    "local[4], 8, 1, 4",
    "'local[4,2]', , 2, 2",
    "local[*], , 1, 16",
    "yarn, , 1, 1",
    "yarn, 8, 1, 8",
    "yarn, 8, 4, 2",
    "yarn, 2, 4, 1",
    "k8s://https://host:443, , 1, 1",
    "spark://host:7077, , 1, 16",
    "spark://host:7077, 5, 1, 5",
    "'local-cluster[2,1,1024]', , 1, 16"
  })
  void theTasksOfAnExecutorShareAnEighthOfItsHeap(
      String master, String cores, String cpus, int tasks) {
    SparkConf conf = new SparkConf(false).set("spark.master", master).set("spark.task.cpus", cpus);
    if (cores != null) {
      conf.set("spark.executor.cores", cores);
    }
    assertEquals(4 * GIB / 8 / tasks, TaskMemory.share(conf, 4 * GIB, PROCESSORS));
  }

  @Test
  void aTaskTakesNoMoreThanItIsAllowed() {
    assertEquals(1, TaskMemory.atMost(1));
    assertTrue(TaskMemory.atMost(Long.MAX_VALUE) > 0);
  }
}
