package batchnorm.spark.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Rounds;
import batchnorm.spark.testing.SharedSession;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes write to one path at the same time, from different data: the result is that of the
 * ones that succeed, one after the other, and at least one succeeds.
 */
@EnabledIf(
    value = "batchnorm.spark.testing.Rounds#isLong",
    disabledReason =
        "It runs in scripts/torture: its processes take too long to start for each build.")
class TwoProcessesTest {
  private static final List<Operation> OPERATIONS =
      List.of(Operation.CLI_UPDATE, Operation.BATCH, Operation.SAVE, Operation.CLI_TRANSFORM);

  private static final int FEW = 1;

  /** Maximum time by which one process is ahead of the other. */
  private static final long NANOS_AHEAD = 200_000_000;

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  private final List<Writer> writers = new ArrayList<>();
  private final Map<Operation, Race> races = new EnumMap<>(Operation.class);
  private int rounds;
  private int folders;

  /** Process and its data. */
  private record Writer(WorkerProcess process, String data) {}

  @BeforeEach
  void start() throws Exception {
    for (String name : List.of("one", "other")) {
      Path data = directory.resolve(name);
      Operation.Room.writeData(session, data.toUri().toString());
      WorkerProcess process = new WorkerProcess(directory.resolve("process of " + name));
      writers.add(new Writer(process, data.toUri().toString()));
    }
    Path other = directory.resolve("other");
    FileUtil.fullyDelete(other.resolve("second").toFile());
    Files.move(other.resolve("third"), other.resolve("second"));
    for (Writer writer : writers) {
      writer.process().await(Worker.READY);
    }
  }

  @AfterEach
  void stop() {
    writers.forEach(writer -> writer.process().close());
  }

  @Test
  void resultIsThatOfTheProcessesThatSucceed() throws Exception {
    Rounds.run("two processes", FEW, this::round);
  }

  private String round(RandomGenerator random) throws Exception {
    Operation operation = OPERATIONS.get(rounds++ % OPERATIONS.size());
    if (!races.containsKey(operation)) {
      races.put(operation, new Race(operation));
    }
    return races.get(operation).round(random);
  }

  private String folder() {
    return "file://" + directory.resolve("folder-" + folders++);
  }

  /** Operation that both processes run. */
  private final class Race {
    private final Operation operation;
    private final Operation.Room prepared;
    private final List<String> names;

    /** States by the numbers of the processes that succeeded, in their order. */
    private final Map<List<Integer>, String> states;

    Race(Operation operation) throws IOException {
      this.operation = operation;
      prepared = new Operation.Room(session, folder(), writers.get(0).data());
      prepared.files().mkdirs(prepared.folder());
      operation.prepare(prepared);
      states =
          Map.of(
              List.of(0), stateAfter(0),
              List.of(1), stateAfter(1),
              List.of(0, 1), stateAfter(0, 1),
              List.of(1, 0), stateAfter(1, 0));
      Operation.Room quiet = prepared.copy(folder());
      operation.run(quiet);
      names = operation.names(quiet);
    }

    private String stateAfter(int... order) throws IOException {
      Operation.Room room = prepared.copy(folder());
      for (int writer : order) {
        operation.run(
            new Operation.Room(session, room.folder().toString(), writers.get(writer).data()));
      }
      return operation.state(room);
    }

    String round(RandomGenerator random) throws Exception {
      Operation.Room room = prepared.copy(folder());
      int first = random.nextInt(2);
      begin(first, room);
      if (random.nextBoolean()) {
        LockSupport.parkNanos(random.nextLong(NANOS_AHEAD));
      }
      begin(1 - first, room);
      List<String> said = new ArrayList<>();
      List<Integer> succeeded = new ArrayList<>();
      for (int writer = 0; writer < 2; writer++) {
        WorkerProcess process = writers.get(writer).process();
        process.await(Worker.BEGUN);
        said.add(process.next());
        if (said.get(writer).startsWith(Worker.DONE)) {
          succeeded.add(writer);
        }
      }
      assertTrue(!succeeded.isEmpty(), said::toString);
      String found = operation.state(room);
      List<Integer> reversed = new ArrayList<>(succeeded);
      Collections.reverse(reversed);
      assertTrue(
          found.equals(states.get(succeeded)) || found.equals(states.get(reversed)),
          () -> operation + " in " + room.folder() + ": " + found + " after " + said);
      assertEquals(names, operation.names(room), said::toString);
      FileUtil.fullyDelete(new File(room.folder().toUri().getPath()));
      return operation + ": " + succeeded.size() + " succeeded " + errors(said);
    }

    /** Returns the classes of the errors. */
    private static String errors(List<String> said) {
      return said.stream()
          .filter(line -> line.startsWith(Worker.FAILED))
          .map(line -> line.substring(Worker.FAILED.length()).replaceAll("[: ].*", ""))
          .collect(Collectors.joining());
    }

    private void begin(int writer, Operation.Room room) throws Exception {
      Writer one = writers.get(writer);
      one.process().begin(operation, room, one.data(), Integer.MAX_VALUE);
    }
  }
}
