package batchnorm.spark.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** The stages of a session whose first task has started, in that order. */
final class StartedStages extends SparkListener {
  private static final long POLL_MILLIS = 20;

  private final Map<Integer, String> submitted = new HashMap<>();
  private final List<String> started = new ArrayList<>();
  private long lastTask;

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted stage) {
    submitted.put(stage.stageInfo().stageId(), stage.stageInfo().name());
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart task) {
    lastTask = task.taskInfo().taskId();
    String name = submitted.remove(task.stageId());
    if (name != null) {
      started.add(name);
      notifyAll();
    }
  }

  /** Returns the number of stages that have started. */
  synchronized int count() {
    return started.size();
  }

  /** Returns the name of the stage that has started last, without its line. */
  synchronized String last() {
    return started.isEmpty() ? "none" : started.get(started.size() - 1).replaceAll(":\\d+$", "");
  }

  /** Returns the id of the task attempt that has started last. */
  synchronized long lastTask() {
    return lastTask;
  }

  /** Waits until a number of stages have started, or the operation that starts them is over. */
  synchronized void await(int count, Future<?> operation) throws InterruptedException {
    while (started.size() < count && !operation.isDone()) {
      wait(POLL_MILLIS);
    }
  }
}
