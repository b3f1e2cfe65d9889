package batchnorm.bench;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.TableFit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Fits that follow a folder of Parquet files, to which each run adds one. */
final class FollowCases {
  private FollowCases() {}

  static List<Case> all() {
    return IntStream.of(1_000, 100_000).mapToObj(FollowCases::files).toList();
  }

  private static Case files(int files) {
    return new Case(
        "follow-" + files,
        String.format("fit, 16 double columns, one of %,d files is new", files),
        2_000_000,
        bench -> contenders(bench, files));
  }

  private static List<Contender> contenders(Workbench bench, int files) {
    Dataset<Row> frame = bench.data().normal(16, bench.rows() / files).frame();
    SparkSession session = frame.sparkSession();
    try {
      Path work = Files.createTempDirectory(BenchData.DIRECTORY, "follow-");
      FileUtils.forceDeleteOnExit(work.toFile());
      frame.coalesce(1).write().parquet(work.resolve("file").toString());
      Path file = onlyFile(work.resolve("file"));
      Followed many = new Followed(session, work.resolve("many"), file);
      for (int i = 1; i < files; i++) {
        many.add();
      }
      return List.of(
          new Contender(Contender.OURS, () -> many.addAndFit()),
          new Contender(
              Contender.ONE_FILE,
              () -> new Followed(session, unused(work, "one"), file).addAndFit()),
          new Contender(Contender.ALL_FILES, (Runnable) () -> stage().fit(many.table())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCols(BenchData.names(16)).setOutputCol("s");
  }

  private static Path onlyFile(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findAny().orElseThrow();
    }
  }

  private static Path unused(Path work, String prefix) {
    try {
      return Files.createTempDirectory(work, prefix).resolve("table");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A folder of links to copies of one file, and the model that follows it beside. */
  private static final class Followed {
    /** The links of a file; ext4 has 65,000. */
    private static final int LINKS = 1_000;

    private final SparkSession session;
    private final Path folder;
    private Path file;
    private int added;

    Followed(SparkSession session, Path folder, Path file) {
      this.session = session;
      this.folder = folder;
      this.file = file;
    }

    void add() throws IOException {
      Files.createDirectories(folder);
      Path next = folder.resolve("part-" + ++added + ".parquet");
      if (added % LINKS == 1) {
        file = Files.copy(file, next);
      } else {
        Files.createLink(next, file);
      }
    }

    Dataset<Row> table() {
      return session.read().parquet(folder.toString());
    }

    void addAndFit() {
      try {
        add();
        TableFit fit =
            stage()
                .followTable(
                    table(), folder.resolveSibling(folder.getFileName() + "-model").toString());
        if (fit.files() != added) {
          throw new IllegalStateException("It is of " + fit.files() + " of " + added + " files.");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
