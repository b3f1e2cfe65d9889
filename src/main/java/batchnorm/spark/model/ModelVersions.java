package batchnorm.spark.model;

import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.errors.StreamErrors;
import batchnorm.spark.files.AtomicPath;
import batchnorm.spark.files.ConditionalFile;
import batchnorm.spark.files.LiteralPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directory of the versions of a model.
 *
 * <pre>
 * DIR/version=N/                a saved model
 * DIR/version=N/part-TIME/      a saved model, see {@link VersionWindow.Part}
 * DIR/version=N/_version.json   its description, see {@link ModelVersion}
 * DIR/.version=N.WRITER/        version N while it is written
 * DIR/_batch.json               the last batch of a window, see {@link BatchTime}
 * </pre>
 *
 * <p>A version is written under a hidden name and renamed when it is complete. Files and folders
 * with other names are never changed. Numbers may have gaps.
 *
 * <p><b>Writers.</b> A writer that updates version N writes the next number, and only one writer
 * can rename its version to that number. A second writer, in any process, gets an error, and its
 * files are deleted. There is no lock that a failed writer could leave behind. The files of a
 * failed writer are deleted by the writer of the same or a later version, once they cannot be
 * completed.
 *
 * <p><b>Stores without an atomic rename of folders</b>, such as S3, copy the files one by one.
 * There, too, a version is complete only when all its files exist. If the store can create a file
 * only if it is new ({@link ConditionalFile}), two files determine which writer succeeds: {@code
 * _writer}, written first, and {@code _version.json}, written last. On other stores two writers
 * that copy at the same time may both succeed: make sure that there is only one.
 */
public final class ModelVersions {
  /** The folder with the checkpoint of the stream that writes versions, if it chooses no other. */
  public static final String CHECKPOINT = "_checkpoint";

  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNorm");
  private static final Pattern VERSION = Pattern.compile("version=([1-9]\\d{0,17})");
  private static final Pattern STAGED = Pattern.compile("\\.version=([1-9]\\d{0,17})\\..+");

  private final String asked;
  private final Path directory;
  private final FileSystem system;

  /** Opens a directory; it need not exist. */
  public ModelVersions(String directory, Configuration configuration) throws IOException {
    asked = directory;
    system = LiteralPath.of(directory).getFileSystem(configuration);
    this.directory = system.makeQualified(LiteralPath.of(directory));
  }

  /** Opens a directory that {@code session} can read. */
  public static ModelVersions in(String directory, SparkSession session) throws IOException {
    return new ModelVersions(directory, session.sessionState().newHadoopConf());
  }

  /**
   * Returns the path of the newest version if {@code path} is a directory of versions, else {@code
   * path}.
   */
  public static String newestIn(String path, Configuration configuration) {
    try {
      ModelVersions versions = new ModelVersions(path, configuration);
      if (versions.isAModel() || !versions.exist()) {
        return path;
      }
      return versions
          .newest()
          .orElseThrow(() -> StreamErrors.noCompleteVersion(path))
          .path()
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Requires that the directory is not itself a model. */
  public void requireNoModel() throws IOException {
    if (isAModel()) {
      throw StreamErrors.modelInsteadOfVersions(asked);
    }
  }

  /**
   * Requires that the path may be replaced by a model: it is neither a directory of versions nor a
   * version.
   */
  public void requireReplaceable() throws IOException {
    if (ModelVersion.isIn(system, directory) || (!isAModel() && exist())) {
      throw StreamErrors.versionsAreNotReplaced(asked);
    }
  }

  private boolean isAModel() throws IOException {
    return system.exists(new Path(directory, "metadata"));
  }

  /**
   * Returns whether there are folders with names of versions, complete or not, or a stream has
   * begun to write them.
   */
  public boolean exist() throws IOException {
    return !folders(VERSION).isEmpty()
        || !folders(STAGED).isEmpty()
        || system.exists(new Path(directory, CHECKPOINT));
  }

  /** Returns the newest complete version, if there is one. */
  public Optional<ModelVersion> newest() throws IOException {
    return newestOf(folders(VERSION));
  }

  /** Returns the complete version {@code number}, if it exists. */
  public Optional<ModelVersion> version(long number) throws IOException {
    return ModelVersion.read(system, folder(number));
  }

  /** Returns the complete version whose last micro-batch is this one, if it exists. */
  public Optional<ModelVersion> endingWith(String queryId, long batchId) throws IOException {
    for (Folder folder : folders(VERSION)) {
      Optional<ModelVersion> version = ModelVersion.read(system, folder.path());
      if (version.isPresent() && version.get().progress().endsWith(queryId, batchId)) {
        return version;
      }
    }
    return Optional.empty();
  }

  /** Saves a model to a folder. */
  public interface Save {
    void to(String path) throws IOException;
  }

  /**
   * Parts of a window.
   *
   * @param kept those of earlier versions
   * @param added the models of those of the new version, by time
   */
  public record Parts(VersionWindow kept, SortedMap<Long, Save> added) {
    /** The parts of a version without a window. */
    public static final Parts NONE = new Parts(VersionWindow.NONE, new TreeMap<>());

    private VersionWindow in(long version) {
      Stream<VersionWindow.Part> more =
          added.keySet().stream().map(time -> new VersionWindow.Part(version, time));
      return new VersionWindow(kept.kind(), Stream.concat(kept.parts().stream(), more).toList());
    }
  }

  /** Writes the version that follows {@code previous}, without a window. */
  public ModelVersion add(
      Optional<ModelVersion> previous, StreamProgress progress, int kept, Save model)
      throws IOException {
    return add(previous, progress, kept, model, Parts.NONE);
  }

  /**
   * Writes the version that follows {@code previous}.
   *
   * @param kept the number of newest versions to keep, including this one; older ones are deleted
   *     when it is complete, unless it refers to parts of them
   * @throws IllegalStateException if another writer has written the version after {@code previous}
   */
  public ModelVersion add(
      Optional<ModelVersion> previous, StreamProgress progress, int kept, Save model, Parts parts)
      throws IOException {
    OptionalLong before =
        previous.map(version -> OptionalLong.of(version.number())).orElse(OptionalLong.empty());
    List<Folder> found = folders(VERSION);
    requireNewest(before, found);
    long number = 1 + Math.max(before.orElse(0), found.isEmpty() ? 0 : found.get(0).number());
    String writer = UUID.randomUUID().toString();
    Path staged = new Path(directory, ".version=" + number + "." + writer);
    ModelVersion version;
    try {
      model.to(staged.toString());
      for (Map.Entry<Long, Save> part : parts.added().entrySet()) {
        part.getValue().to(new VersionWindow.Part(number, part.getKey()).in(staged).toString());
      }
      Map<String, Long> files = ModelVersion.files(system, staged);
      version =
          new ModelVersion(
              folder(number), number, before, writer, progress, parts.in(number), files);
      if (ConditionalFile.isSupported(system, directory)) {
        claim(staged, version);
      } else {
        version.write(system, staged);
        move(staged, version);
      }
    } catch (Exception e) {
      requireNoOther(before, writer, e);
      throw e;
    } catch (FSError e) {
      throw OutputErrors.diskFailed(asked, e.getCause());
    } finally {
      system.delete(staged, true);
    }
    deleteOlder(version, kept);
    return version;
  }

  /**
   * Returns the time at which a micro-batch was first seen here, in milliseconds since 1970-01-01
   * UTC: {@code now} unless the batch is repeated.
   */
  public long timeOf(String queryId, long batchId, long now) throws IOException {
    return new BatchTime(queryId, batchId, now).first(system, new Path(directory, "_batch.json"));
  }

  /** Returns the folder of the model of a part. */
  public String path(VersionWindow.Part part) {
    return part.in(folder(part.version())).toString();
  }

  /** Renames a version to its number, which another writer may have taken meanwhile. */
  private void move(Path staged, ModelVersion version) throws IOException {
    if (!AtomicPath.move(system, staged, version.path())) {
      throw OutputErrors.cannotMove(version.path().toString());
    }
    requireComplete(version);
    // If other writers wrote and deleted this number meanwhile, they deleted the previous one, too.
    List<Folder> found = folders(VERSION);
    boolean isFirst = version.previous().isEmpty();
    if (found.get(0).number() > version.number()
        && (isFirst || !system.exists(folder(version.previous().getAsLong())))) {
      throw StreamErrors.anotherWriter(asked, found.get(0).number(), null);
    }
  }

  /**
   * Renames a version on a store that renames by copying, and can create a file only if it is new.
   * One writer can claim a number; its version is complete when {@code _version.json} exists. If
   * its writer fails before, the number stays incomplete, and the next writer takes the number
   * after it. The other writer may still be running. Therefore the next writer marks the incomplete
   * number by a {@code _version.json} without files: the writer that creates this file first
   * succeeds.
   */
  private void claim(Path staged, ModelVersion version) throws IOException {
    if (!version.claim(system)) {
      throw StreamErrors.anotherWriter(asked, version.number(), null);
    }
    for (FileStatus part : system.listStatus(staged)) {
      Path place = LiteralPath.child(version.path(), part.getPath().getName());
      AtomicPath.move(system, part.getPath(), place);
    }
    for (Folder folder : folders(VERSION)) {
      if (folder.number() > version.previous().orElse(0) && folder.number() < version.number()) {
        version.pass(system, folder.path());
      }
    }
    requireNewest(version.previous(), folders(VERSION));
    if (!version.commit(system)) {
      Optional<ModelVersion> by = ModelVersion.written(system, version.path());
      throw StreamErrors.anotherWriter(asked, by.map(ModelVersion::number).orElse(0L), null);
    }
    requireComplete(version);
  }

  private void requireComplete(ModelVersion version) throws IOException {
    Optional<ModelVersion> there = ModelVersion.read(system, version.path());
    if (there.isEmpty() || !there.get().writer().equals(version.writer())) {
      throw OutputErrors.cannotMove(version.path().toString());
    }
  }

  private void requireNewest(OptionalLong before, List<Folder> found) throws IOException {
    Optional<ModelVersion> newest = newestOf(found);
    if (newest.isPresent() && newest.get().number() > before.orElse(0)) {
      throw StreamErrors.anotherWriter(asked, newest.get().number(), null);
    }
  }

  /** Raises an error if another writer was first; it may have deleted the files of this one. */
  private void requireNoOther(OptionalLong before, String writer, Exception failure)
      throws IOException {
    Optional<ModelVersion> newest = newest();
    if (newest.isPresent()
        && newest.get().number() > before.orElse(0)
        && !newest.get().writer().equals(writer)) {
      throw StreamErrors.anotherWriter(asked, newest.get().number(), failure);
    }
  }

  /**
   * Deletes versions that are not kept now that {@code newest} is complete, and incomplete versions
   * that can never become complete since their number is taken or passed. What cannot be deleted is
   * logged.
   *
   * @param kept the number of newest versions to keep, including {@code newest}
   */
  public void deleteOlder(ModelVersion newest, int kept) {
    try {
      for (Folder folder : folders(STAGED)) {
        if (folder.number() <= newest.number()) {
          system.delete(folder.path(), true);
        }
      }
      Set<Long> parts = newest.window().versions();
      List<Folder> old = new ArrayList<>();
      int complete = 0;
      for (Folder folder : folders(VERSION)) {
        boolean isComplete = ModelVersion.read(system, folder.path()).isPresent();
        complete += isComplete ? 1 : 0;
        boolean isOver = complete > kept && !parts.contains(folder.number());
        if (folder.number() < newest.number() && (!isComplete || isOver)) {
          old.add(folder);
        }
      }
      // The oldest first, so that a version exists as long as the one before it.
      Collections.reverse(old);
      for (Folder folder : old) {
        system.delete(folder.path(), true);
      }
    } catch (IOException e) {
      LOG.warn("Old versions in {} cannot be deleted: {}", asked, e.getMessage());
    }
  }

  private Optional<ModelVersion> newestOf(List<Folder> found) throws IOException {
    for (Folder folder : found) {
      Optional<ModelVersion> version = ModelVersion.read(system, folder.path());
      if (version.isPresent()) {
        return version;
      }
    }
    return Optional.empty();
  }

  private record Folder(long number, Path path) {}

  private Path folder(long number) {
    return new Path(directory, "version=" + number);
  }

  /** Returns the folders whose names match {@code kind}, the highest number first. */
  private List<Folder> folders(Pattern kind) throws IOException {
    List<Folder> folders = new ArrayList<>();
    try {
      for (FileStatus status : system.listStatus(directory)) {
        Matcher name = kind.matcher(status.getPath().getName());
        if (name.matches()) {
          folders.add(new Folder(Long.parseLong(name.group(1)), status.getPath()));
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    folders.sort(Comparator.comparingLong(Folder::number).reversed());
    return folders;
  }
}
