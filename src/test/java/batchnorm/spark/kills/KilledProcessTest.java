package batchnorm.spark.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import batchnorm.spark.testing.Rounds;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are killed during an operation leave the old or the new state, and nothing of the
 * user's is lost. Most run on the default file system; some halt at a change of {@link DyingFiles}.
 */
@EnabledIf(
    value = "batchnorm.spark.testing.Rounds#isLong",
    disabledReason =
        "It runs in scripts/torture: its processes take too long to start for each build.")
class KilledProcessTest {
  private static final int FEW = 1;

  /** Number of a change that is never reached. */
  private static final int NEVER = Integer.MAX_VALUE;

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  private final Map<String, Case> cases = new HashMap<>();
  private WorkerProcess started;
  private int folders;

  /** Moments of a death. */
  private enum Moment {
    /** SIGKILL after a random part of the time that the operation takes. */
    TIME,
    /** SIGKILL after a random number of changes of names in the folder. */
    CHANGE,
    /** A halt at a change of {@link DyingFiles}, when the processor of the test may be late. */
    HALT
  }

  /**
   * Operation without a death.
   *
   * @param nanos its time
   * @param names the number of changes of names in its folder
   * @param changes the number of changes of {@link DyingFiles}
   */
  private record Measured(long nanos, int names, int changes) {}

  @BeforeEach
  void writeData() throws IOException {
    DyingFiles.register(configuration());
    Operation.Room.writeData(session, data());
    started = worker();
  }

  @AfterEach
  void stop() {
    started.close();
  }

  private Configuration configuration() {
    return session.sparkContext().hadoopConfiguration();
  }

  private String data() {
    return directory.resolve("data").toUri().toString();
  }

  private Path folder() {
    return directory.resolve("folder-" + folders++);
  }

  private WorkerProcess worker() throws IOException {
    return new WorkerProcess(folder());
  }

  @Test
  void whatAKilledProcessLeavesIsOldOrNewAndSucceedsWhenRepeated() throws Exception {
    Rounds.run("killed drivers", FEW, this::round);
  }

  private String round(RandomGenerator random) throws Exception {
    Operation operation = Operation.values()[random.nextInt(Operation.values().length)];
    Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
    String scheme = moment == Moment.HALT ? DyingFiles.SCHEME : "file";
    try (WorkerProcess worker = started) {
      if (Rounds.isLong()) {
        // Starts while this one is killed and judged.
        started = worker();
      }
      String key = operation + " on " + scheme;
      if (!cases.containsKey(key)) {
        cases.put(key, new Case(operation, scheme));
      }
      worker.await(Worker.READY);
      return cases.get(key).round(worker, moment, random);
    }
  }

  /** Operation on a file system. */
  private final class Case {
    private final Operation operation;
    private final String scheme;
    private final Operation.Room prepared;
    private final Judgement judgement;
    private Measured measured;

    Case(Operation operation, String scheme) throws IOException {
      this.operation = operation;
      this.scheme = scheme;
      prepared = new Operation.Room(session, path(folder()), data());
      prepared.files().mkdirs(prepared.folder());
      operation.prepare(prepared);
      judgement = new Judgement(operation, copy(folder()));
    }

    private String path(Path folder) {
      return scheme + "://" + folder;
    }

    private Operation.Room copy(Path folder) throws IOException {
      return prepared.copy(path(folder));
    }

    /** Kills the process during the operation. */
    String round(WorkerProcess worker, Moment moment, RandomGenerator random) throws Exception {
      if (measured == null) {
        measured = measure(worker);
      }
      Path folder = folder();
      Operation.Room room = copy(folder);
      int halting = moment == Moment.HALT ? random.nextInt(measured.changes()) : NEVER;
      try (NameChanges watched = new NameChanges(folder)) {
        begin(worker, room, halting);
        switch (moment) {
          case TIME -> LockSupport.parkNanos(random.nextLong(measured.nanos()));
          case CHANGE -> awaitChanges(worker, watched, random.nextInt(measured.names()) + 1);
          case HALT -> worker.end();
        }
        assertEquals(DyingFiles.KILLED, worker.kill());
      }
      String said = worker.next();
      assertFalse(said.startsWith(Worker.FAILED), said);
      Judgement.Found found = judgement.of(room);
      assertEquals("", found.wrong(), operation + " " + moment + " on " + folder);
      FileUtil.fullyDelete(folder.toFile());
      String when = said.startsWith(Worker.DONE) ? "after it" : "during it";
      return moment + " " + operation + ": " + when + ", state " + found.state();
    }

    /** Lets the process run the operation until its end. */
    private Measured measure(WorkerProcess worker) throws Exception {
      Path folder = folder();
      Operation.Room room = copy(folder);
      try (NameChanges watched = new NameChanges(folder)) {
        begin(worker, room, NEVER);
        long begun = System.nanoTime();
        int names = awaitChanges(worker, watched, Integer.MAX_VALUE);
        int changes = Integer.parseInt(worker.await(Worker.DONE));
        FileUtil.fullyDelete(folder.toFile());
        return new Measured(System.nanoTime() - begun, names, changes);
      }
    }

    private void begin(WorkerProcess worker, Operation.Room room, int halting) throws Exception {
      worker.begin(operation, room, data(), halting);
      worker.await(Worker.BEGUN);
    }

    private int awaitChanges(WorkerProcess worker, NameChanges watched, int enough)
        throws Exception {
      int names = 0;
      while (names < enough && !worker.hasSpoken()) {
        names = watched.next();
      }
      return names;
    }
  }
}
