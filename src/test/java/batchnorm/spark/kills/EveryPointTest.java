package batchnorm.spark.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import batchnorm.spark.kills.DyingFiles.Fault;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Operations that fail at each of the changes that they make to files. */
@ExtendWith(InterpretedExpressions.class)
class EveryPointTest {
  private static final double MINUTES =
      Double.parseDouble(System.getProperty("torture.minutes", "0"));

  /** Number of combinations that share the minutes: deaths, and two other faults of four. */
  private static final int FAULTS_AND_OPERATIONS = Operation.values().length + 2 * 4;

  /** The same points in every build, new ones in a long run. */
  private static final long SEED =
      Long.getLong("torture.seed", MINUTES > 0 ? System.nanoTime() : 1);

  /** Operations that write in different ways; a long run has all. */
  private static final Set<Operation> IN_EVERY_BUILD =
      EnumSet.of(
          Operation.SAVE_GROUPS,
          Operation.EXPORT_JSON,
          Operation.CLI_UPDATE,
          Operation.CLI_TRANSFORM,
          Operation.WINDOW,
          Operation.STREAM);

  private static final Random RANDOM = new Random(SEED);

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  private int rooms;

  @BeforeEach
  void writeData() {
    DyingFiles.register(session.sparkContext().hadoopConfiguration());
    Operation.Room.writeData(session, data());
  }

  @AfterEach
  void heal() {
    DyingFiles.heal();
  }

  private String data() {
    return directory.resolve("data").toUri().toString();
  }

  private Operation.Room room(Operation operation) throws IOException {
    Path folder = directory.resolve("room-" + rooms++);
    Operation.Room room = new Operation.Room(session, DyingFiles.SCHEME + "://" + folder, data());
    room.files().mkdirs(room.folder());
    operation.prepare(room);
    return room;
  }

  private Operation.Room copy(Operation.Room prepared) throws IOException {
    return prepared.copy(DyingFiles.SCHEME + "://" + directory.resolve("room-" + rooms++));
  }

  @Test
  void saveDiesAtEveryPoint() throws IOException {
    Case one = new Case(Operation.SAVE);
    for (int i = 0; i < one.changes; i++) {
      one.check(Fault.DEATH, i);
    }
    one.end();
  }

  @ParameterizedTest
  @EnumSource
  void operationsDieAtRandomPoints(Operation operation) throws IOException {
    assumeTrue(
        MINUTES > 0 || IN_EVERY_BUILD.contains(operation), "It runs in scripts/torture alone.");
    Case one = new Case(operation);
    one.checkRandomly(Fault.DEATH, 1);
    one.end();
  }

  @ParameterizedTest
  @EnumSource(names = {"SAVE", "EXPORT_JSON", "CLI_REPORT", "CLI_TRANSFORM"})
  void fullAndReadOnlyDisksLeaveTheOld(Operation operation) throws IOException {
    Case one = new Case(operation);
    one.checkRandomly(Fault.DISK_FULL, 1);
    one.checkRandomly(Fault.READ_ONLY, 1);
    one.end();
  }

  /** Operation that is repeated with faults. */
  private final class Case {
    private final Operation operation;
    private final Operation.Room prepared;
    private final Judgement judgement;
    private final int changes;
    private final List<String> wrong = new ArrayList<>();
    private int rounds;
    private int old;

    Case(Operation operation) throws IOException {
      this.operation = operation;
      prepared = room(operation);
      judgement = new Judgement(operation, copy(prepared));
      Operation.Room counted = copy(prepared);
      DyingFiles.fail(Fault.NONE, 0);
      operation.run(counted);
      changes = DyingFiles.heal();
    }

    void checkRandomly(Fault fault, int atLeast) throws IOException {
      long end =
          System.nanoTime()
              + (long) (MINUTES / FAULTS_AND_OPERATIONS * TimeUnit.MINUTES.toNanos(1));
      for (int i = 0; i < atLeast || System.nanoTime() < end; i++) {
        check(fault, RANDOM.nextInt(changes));
      }
    }

    void check(Fault fault, int change) throws IOException {
      rounds++;
      Operation.Room room = copy(prepared);
      String thrown = fail(room, fault, change);
      Judgement.Found found = judgement.of(room);
      room.files().delete(room.folder(), true);
      old += found.state() == 0 ? 1 : 0;
      if (!found.wrong().isEmpty()) {
        String where = fault + " at change " + change + " of " + changes + ": ";
        wrong.add(where + found.wrong() + " after " + thrown);
      }
    }

    void end() {
      if (MINUTES > 0) {
        System.out.printf(
            "%s: %d faults among %d changes, old state after %d, wrong %d%n",
            operation, rounds, changes, old, wrong.size());
      }
      assertEquals(List.of(), wrong, "seed " + SEED);
    }

    private String fail(Operation.Room room, Fault fault, int change) {
      DyingFiles.fail(fault, change);
      try {
        operation.run(room);
        return "";
      } catch (Exception e) {
        // Spark's exceptions are checked ones that its methods do not declare.
        return e.toString();
      } finally {
        DyingFiles.heal();
      }
    }
  }
}
