package batchnorm.spark.kills;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.RunningBatchNorm;
import batchnorm.spark.cli.InProcess;
import batchnorm.spark.files.AtomicPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;

/** Operations of the library that write, each in a folder that has what it replaces or reads. */
enum Operation {
  SAVE_NEW {
    @Override
    void prepare(Room room) {}

    @Override
    void run(Room room) throws IOException {
      room.fit("second").save(room.path("m"));
    }

    /** The remains of a first save do not load. */
    @Override
    String state(Room room) throws IOException {
      try {
        return room.model("m");
      } catch (IllegalArgumentException e) {
        if (e.getMessage().contains("is not a saved BatchNormModel")) {
          return NOTHING;
        }
        throw e;
      }
    }

    /** They have to be overwritten. */
    @Override
    String again(Room room, String seen) throws IOException {
      room.fit("second").write().overwrite().save(room.path("m"));
      return state(room);
    }
  },
  SAVE {
    @Override
    void run(Room room) throws IOException {
      room.fit("second").write().overwrite().save(room.path("m"));
    }
  },
  SAVE_GROUPS {
    @Override
    void prepare(Room room) throws IOException {
      room.fitGroups("first").save(room.path("m"));
    }

    @Override
    void run(Room room) throws IOException {
      room.fitGroups("second").write().overwrite().save(room.path("m"));
    }
  },
  EXPORT_ONNX {
    @Override
    void prepare(Room room) throws IOException {
      room.fit("first").toOnnx(room.path("m"));
    }

    @Override
    void run(Room room) throws IOException {
      room.fit("second").export().overwrite().toOnnx(room.path("m"));
    }

    @Override
    String state(Room room) throws IOException {
      return room.bytes("m");
    }
  },
  EXPORT_TORCH {
    @Override
    void prepare(Room room) throws IOException {
      room.fit("first").toTorch(room.path("m"));
    }

    @Override
    void run(Room room) throws IOException {
      room.fit("second").export().overwrite().toTorch(room.path("m"));
    }

    @Override
    String state(Room room) throws IOException {
      return room.bytes("m");
    }
  },
  EXPORT_JSON {
    @Override
    void prepare(Room room) throws IOException {
      room.fit("first").toJson(room.path("m"));
    }

    @Override
    void run(Room room) throws IOException {
      room.fit("second").export().overwrite().toJson(room.path("m"));
    }

    @Override
    String state(Room room) throws IOException {
      return room.bytes("m");
    }
  },
  CLI_EXPORT {
    @Override
    void prepare(Room room) throws IOException {
      room.fit("first").toJson(room.path("m"));
      room.fit("second").save(room.path("model"));
    }

    @Override
    void run(Room room) throws IOException {
      room.command("export --model", "model", "--to json --mode overwrite --output", "m");
    }

    @Override
    String state(Room room) throws IOException {
      return room.bytes("m");
    }
  },
  CLI_REPORT {
    @Override
    void prepare(Room room) throws IOException {
      room.fit("first").save(room.path("model"));
      room.command("report --model", "model", "--output", "m");
      room.fit("second").write().overwrite().save(room.path("model"));
    }

    @Override
    void run(Room room) throws IOException {
      room.command("report --model", "model", "--mode overwrite --output", "m");
    }

    @Override
    String state(Room room) throws IOException {
      return room.page("m");
    }
  },
  CLI_FIT {
    @Override
    void run(Room room) throws IOException {
      room.command("fit --columns a,b --mode overwrite --input", "second", "--model", "m");
    }
  },
  CLI_UPDATE {
    @Override
    void run(Room room) throws IOException {
      room.command("update --input", "second", "--model", "m");
    }

    /** An update that is in place is not repeated, since it would add the rows again. */
    @Override
    String again(Room room, String seen) throws IOException {
      if (seen.equals(old(room))) {
        run(room);
        return state(room);
      }
      room.fit("third").write().overwrite().save(room.path("m"));
      return seen;
    }

    private String old(Room room) throws IOException {
      return Room.text(room.fit("first"));
    }
  },
  CLI_MERGE {
    @Override
    void prepare(Room room) throws IOException {
      super.prepare(room);
      room.fit("first").save(room.path("one"));
      room.fit("second").save(room.path("two"));
    }

    @Override
    void run(Room room) throws IOException {
      room.command("merge", "one", "", "two", "--mode overwrite --model", "m");
    }
  },
  CLI_TRANSFORM {
    @Override
    void prepare(Room room) throws IOException {
      room.fit("first").save(room.path("model"));
      room.command("transform --in-place --model", "model", "--input", "first", "--output", "m");
    }

    @Override
    void run(Room room) throws IOException {
      room.command(
          "transform --in-place --mode overwrite --model",
          "model",
          "--input",
          "second",
          "--output",
          "m");
    }

    @Override
    String state(Room room) throws IOException {
      return room.rows("m");
    }
  },
  CLI_FIT_GROUPS {
    @Override
    void prepare(Room room) throws IOException {
      room.fitGroups("first").save(room.path("m"));
    }

    @Override
    void run(Room room) throws IOException {
      room.command(
          "fit --columns a,b --group-columns g --mode overwrite --input", "second", "--model", "m");
    }
  },
  BATCH {
    @Override
    void prepare(Room room) throws IOException {
      room.batch(0);
    }

    @Override
    void run(Room room) throws IOException {
      room.batch(1);
    }

    @Override
    List<String> names(Room room) throws IOException {
      return room.names("m");
    }
  },
  /** Takes the first batch out of a window of two. */
  WINDOW {
    @Override
    void prepare(Room room) throws IOException {
      room.windowed(0);
      room.windowed(1);
    }

    @Override
    void run(Room room) throws IOException {
      room.windowed(2);
    }

    @Override
    List<String> names(Room room) throws IOException {
      return room.names("m").stream().filter(name -> !name.startsWith("_batch")).toList();
    }
  },
  /** Fits anew on another table; what is written is the same. */
  TABLE {
    @Override
    void prepare(Room room) throws IOException {
      room.follow("first");
    }

    @Override
    void run(Room room) throws IOException {
      room.follow("second");
    }

    @Override
    List<String> names(Room room) throws IOException {
      return room.names("m");
    }
  },
  STREAM {
    @Override
    void prepare(Room room) {}

    @Override
    void run(Room room) throws IOException {
      room.stream();
    }

    @Override
    List<String> states(Room quiet) throws IOException {
      List<String> states = new ArrayList<>(List.of(NOTHING));
      for (long id = 0; id < 3; id++) {
        quiet.batch(id);
        states.add(state(quiet));
      }
      return states;
    }

    @Override
    List<String> names(Room room) throws IOException {
      // Files that were planned before the end, without the batch, are a part of the next one.
      return room.names("m").stream()
          .filter(name -> !name.equals("_checkpoint"))
          .map(name -> name.replaceFirst("=\\d+$", ""))
          .toList();
    }
  };

  static final String NOTHING = "nothing";

  /** Writes what the operation replaces or reads. */
  void prepare(Room room) throws IOException {
    room.fit("first").save(room.path("m"));
  }

  abstract void run(Room room) throws IOException;

  /** Returns the bits of what a user finds. */
  String state(Room room) throws IOException {
    return room.model("m");
  }

  /** Returns what may be found during the operation, the last after it. */
  List<String> states(Room quiet) throws IOException {
    String old = state(quiet);
    run(quiet);
    return List.of(old, state(quiet));
  }

  /** Repeats the operation after a failure that left {@code seen}, and returns the state. */
  String again(Room room, String seen) throws IOException {
    run(room);
    return state(room);
  }

  /** Returns the names of the files and folders that the operation writes, and of its remains. */
  List<String> names(Room room) throws IOException {
    return room.names("");
  }

  /** Folder in which an operation runs, and the session and the data that it needs. */
  static final class Room {
    /** The sets of rows. */
    private static final List<String> NAMES = List.of("first", "second", "third");

    /** Number of files of a set of rows. */
    private static final int PARTITIONS = 2;

    private final SparkSession session;
    private final Path folder;
    private final Path data;
    private final Map<String, BatchNormModel> fitted;

    /**
     * Returns a room.
     *
     * @param data the folder of {@link #writeData}
     */
    Room(SparkSession session, String folder, String data) {
      this(session, folder, data, new HashMap<>());
    }

    private Room(
        SparkSession session, String folder, String data, Map<String, BatchNormModel> fitted) {
      this.fitted = fitted;
      this.session = session;
      this.folder = new Path(folder);
      this.data = new Path(data);
    }

    /** Writes three sets of rows. */
    static void writeData(SparkSession session, String data) {
      for (int i = 0; i < NAMES.size(); i++) {
        session
            .range(0, 40 + i, 1, PARTITIONS)
            .selectExpr(
                "id",
                "id % 3 as g",
                "sqrt(id + " + i + ".5D) as a",
                "1e9D + exp(id / " + (i + 3) + "D) as b")
            .write()
            .parquet(data + "/" + NAMES.get(i));
      }
    }

    /** Returns a room at another folder, with the same data and fitted models. */
    Room at(String other) {
      return new Room(session, other, data.toString(), fitted);
    }

    /** Returns a copy of this room. */
    Room copy(String other) throws IOException {
      Room copy = at(other);
      files().mkdirs(copy.folder);
      for (FileStatus one : files().listStatus(folder)) {
        FileUtil.copy(files(), one.getPath(), files(), copy.folder, false, files().getConf());
      }
      return copy;
    }

    Path folder() {
      return folder;
    }

    String path(String name) {
      return new Path(folder, name).toString();
    }

    Dataset<Row> data(String name) {
      return session.read().parquet(new Path(data, name).toString());
    }

    /** Fits on a table that is followed. */
    void follow(String name) throws IOException {
      stage().setGroupCols("g").followTable(data(name), path("m"));
    }

    BatchNormModel fit(String name) {
      return fitted.computeIfAbsent(name, key -> stage().fit(data(key)));
    }

    BatchNormModel fitGroups(String name) {
      return fitted.computeIfAbsent(
          "groups of " + name, key -> stage().setGroupCols("g").fit(data(name)));
    }

    private static BatchNorm stage() {
      return new BatchNorm("stage").setInputCols("a", "b").setOutputCols("x", "y");
    }

    /** Runs a command; every second word list is a name, which stands for its path. */
    void command(String... words) throws IOException {
      List<String> args = new ArrayList<>();
      for (int i = 0; i < words.length; i++) {
        if (i % 2 == 1) {
          args.add(
              (NAMES.contains(words[i]) ? new Path(data, words[i]) : new Path(folder, words[i]))
                  .toString());
        } else if (!words[i].isEmpty()) {
          args.addAll(List.of(words[i].split(" ")));
        }
      }
      InProcess.run(session, args);
    }

    /** Trains on a stream of all data until its end; a stream that was interrupted is resumed. */
    void stream() throws IOException {
      Path all = new Path(data, "*");
      try {
        StreamingQuery query =
            running()
                .start(
                    session
                        .readStream()
                        .schema(data("first").schema())
                        .option("maxFilesPerTrigger", PARTITIONS)
                        .parquet(all.toString()));
        try {
          query.processAllAvailable();
        } finally {
          query.stop();
        }
      } catch (TimeoutException e) {
        throw new IOException(e);
      }
    }

    /** Trains on a micro-batch, as the stream does. */
    void batch(long id) throws IOException {
      batch(running(), id);
    }

    /** Trains on a micro-batch, in a window of two. */
    void windowed(long id) throws IOException {
      batch(running().setWindow(2), id);
    }

    private void batch(RunningBatchNorm running, long id) throws IOException {
      try {
        running.onBatch(data(NAMES.get((int) id)), id);
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }

    private RunningBatchNorm running() {
      return new RunningBatchNorm(stage(), path("m")).setKeptVersions(2);
    }

    FileSystem files() throws IOException {
      return folder.getFileSystem(session.sparkContext().hadoopConfiguration());
    }

    /** Returns the bits of a model. */
    String model(String name) throws IOException {
      BatchNormModel model;
      try {
        model = BatchNormModel.load(path(name));
      } catch (IllegalArgumentException e) {
        if (!files().exists(new Path(path(name)))
            || e.getMessage().contains("no complete version")) {
          return NOTHING;
        }
        throw e;
      }
      return text(model);
    }

    static String text(BatchNormModel model) {
      String[] rows =
          model.summaryOfAllRows().collectAsList().stream()
              .map(Row::toString)
              .sorted()
              .toArray(String[]::new);
      return model.count() + " " + Arrays.toString(rows);
    }

    /** Returns the content of a file. */
    String bytes(String name) throws IOException {
      Path file = new Path(path(name));
      if (!files().exists(file)) {
        return NOTHING;
      }
      try (var in = files().open(file)) {
        byte[] bytes = in.readAllBytes();
        return new String(Base64.getEncoder().encode(bytes), StandardCharsets.US_ASCII);
      }
    }

    /** Returns the content of a page that names its folder and the time at which it was written. */
    String page(String name) throws IOException {
      String bytes = bytes(name);
      if (bytes.equals(NOTHING)) {
        return NOTHING;
      }
      String text = new String(Base64.getDecoder().decode(bytes), StandardCharsets.UTF_8);
      return text.replaceAll("[a-z]*:?/[^\\s\"<>]*/", "")
          .replaceAll("\\d{4}-\\d\\d-\\d\\d[T ][0-9:.]+", "");
    }

    /** Returns the rows of a folder. */
    String rows(String name) throws IOException {
      if (!files().exists(new Path(path(name)))) {
        return NOTHING;
      }
      return session.read().parquet(path(name)).orderBy("id").collectAsList().toString();
    }

    /** Returns the names in the folder {@code name} of the room, with those of checksum files. */
    List<String> names(String name) throws IOException {
      Path listed = name.isEmpty() ? folder : new Path(folder, name);
      FileSystem all = AtomicPath.withoutChecksums(files());
      return all.exists(listed)
          ? Arrays.stream(all.listStatus(listed)).map(f -> f.getPath().getName()).sorted().toList()
          : List.of();
    }

    /** Returns the files that operations read, each with a hash code of its content. */
    Map<String, Integer> inputs() throws IOException {
      Map<String, Integer> inputs = new TreeMap<>();
      for (Path read : List.of(folder, data)) {
        FileSystem files = read.getFileSystem(files().getConf());
        RemoteIterator<LocatedFileStatus> found = files.listFiles(read, true);
        while (found.hasNext()) {
          Path file = found.next().getPath();
          String name = file.toUri().getPath().substring(read.toUri().getPath().length());
          if (!name.matches("/(m|\\.m\\.).*") || name.startsWith("/model")) {
            try (var in = files.open(file)) {
              inputs.put(name, Arrays.hashCode(in.readAllBytes()));
            }
          }
        }
      }
      return inputs;
    }
  }
}
