package batchnorm.spark.kills;

import batchnorm.spark.kills.DyingFiles.Fault;
import batchnorm.spark.testing.SharedSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.spark.sql.SparkSession;

/**
 * Process that runs the operations that the lines of its input name, until it is killed. A line is
 * an operation, a folder, that of the data, and the number of the change at which it halts.
 */
final class Worker {
  static final String READY = "worker: ready";
  static final String BEGUN = "worker: begun";

  /** Followed by the number of changes, or by an error. */
  static final String DONE = "worker: done ";

  static final String FAILED = "worker: failed ";

  private Worker() {}

  public static void main(String[] args) throws IOException {
    SparkSession session = SharedSession.get();
    DyingFiles.register(session.sparkContext().hadoopConfiguration());
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    say(READY);
    Operation.Room any = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split("\t", -1);
      Operation.Room room =
          any == null ? new Operation.Room(session, words[1], words[2]) : any.at(words[1]);
      any = room;
      DyingFiles.fail(Fault.HALT, Integer.parseInt(words[3]));
      say(BEGUN);
      try {
        Operation.valueOf(words[0]).run(room);
        say(DONE + DyingFiles.heal());
      } catch (Exception e) {
        say(FAILED + e);
      }
    }
  }

  private static void say(String line) {
    System.out.println(line.replace('\n', ' '));
    System.out.flush();
  }
}
