package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.files.Manifest.Part;
import dev.tidemill.storage.table.BatchReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Makes few big files of many small ones. Rows of steps are pending at first: only who goes by the
 * manifest sees them. Sixteen pending files of a partition that were merged equally often become
 * one, so that there are never many; and once there are bytes enough, or rows have waited long
 * enough, they are <i>published</i>: the rows of the oldest pending files become one file that
 * others see too, and that is never changed again.
 *
 * <pre>
 *   step          pending files of a partition, with their levels        others see
 *   15            0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0  -&gt;  1                 nothing
 *   16, 17        1 0 0                                                  nothing
 *   …             1 1 1 0 0 0, bytes enough        -&gt;  none              one file with the rows of all
 * </pre>
 *
 * <p>For who goes by the manifest a merging is one line of it, which adds and removes no row. For
 * others a publication is one file that appears: they never see rows twice, or rows go. What is to
 * be published is noted first ({@link Manifest.Publication}); a crash behind the file's appearance
 * leaves it where it is, and {@link #recover} writes the line that is missing.
 */
final class SmallFiles {
  private static final int MERGED_AT_ONCE = 16;

  /** Merging never keeps a step waiting for longer than this many files need. */
  private static final int MERGES_A_STEP = 64;

  private final FileSystem fileSystem;
  private final String directory;
  private final FileLayout layout;
  private final Schema inFiles;
  private final String signature;
  private final Supplier<Manifest> manifest;
  private final Consumer<Manifest.Commit> append;

  /**
   * @param inFiles the columns of files that are written now
   * @param manifest as it is
   * @param append adds a line to it
   */
  SmallFiles(
      FileSystem fileSystem,
      String directory,
      FileLayout layout,
      Schema inFiles,
      Supplier<Manifest> manifest,
      Consumer<Manifest.Commit> append) {
    this.fileSystem = fileSystem;
    this.directory = directory;
    this.layout = layout;
    this.inFiles = inFiles;
    this.signature = layout.signature(inFiles);
    this.manifest = manifest;
    this.append = append;
  }

  /** What tells how rows stand in the files that are written now. */
  String signature() {
    return signature;
  }

  /**
   * Writes the line that a crash has kept from being written behind a file that others see; what
   * has no file yet is forgotten.
   */
  static Manifest.@Nullable Commit recover(
      FileSystem fileSystem, String directory, Manifest manifest) {
    Manifest.Publication publication = manifest.publication();
    if (publication == null) {
      return null;
    }
    FileStatus status = fileSystem.stat(directory + "/" + publication.name());
    List<Part> sources =
        manifest.files().stream().filter(p -> publication.files().contains(p.name())).toList();
    return status == null || sources.size() != publication.files().size()
        ? null
        : merging(sources, publication.name(), status.size());
  }

  private static Manifest.Commit merging(List<Part> sources, String name, long size) {
    long rows = sources.stream().mapToLong(Part::rows).sum();
    return Manifest.Commit.merging(
        sources.stream().map(Part::name).toList(),
        Part.of(name, size, rows).of(sources.getFirst(), sources.getLast()));
  }

  /** Merges and publishes what is due. */
  void tidy(long nowMillis) {
    int left = MERGES_A_STEP;
    for (List<Part> waiting : waiting().values()) {
      if (left > 0 && publishDue(waiting, nowMillis)) {
        left--;
      }
    }
    boolean merged = true;
    while (merged) {
      merged = false;
      for (List<Part> waiting : waiting().values()) {
        if (left > 0 && mergeOften(waiting)) {
          merged = true;
          left--;
        }
      }
    }
  }

  /** Publishes all there is. */
  void publishAll() {
    for (List<Part> waiting : waiting().values()) {
      for (List<Part> left = waiting; !left.isEmpty(); ) {
        List<Part> run = run(left);
        publish(run);
        left = left.subList(run.size(), left.size());
      }
    }
  }

  /** The pending files of each partition, oldest first. */
  private Map<String, List<Part>> waiting() {
    Map<String, List<Part>> waiting = new LinkedHashMap<>();
    for (Part part : manifest.get().files()) {
      if (part.isPending()) {
        waiting.computeIfAbsent(part.partition(), name -> new ArrayList<>()).add(part);
      }
    }
    return waiting;
  }

  private boolean publishDue(List<Part> waiting, long nowMillis) {
    boolean published = false;
    List<Part> left = waiting;
    while (!left.isEmpty()) {
      List<Part> run = run(left);
      boolean isFull = bytes(run) >= layout.minFileBytes() || run.size() < left.size();
      boolean isOld = run.getFirst().sinceMillis() + layout.maxWaitMillis() <= nowMillis;
      if (!isFull && !(isOld && layout.maxWaitMillis() < Long.MAX_VALUE)) {
        break;
      }
      publish(run);
      published = true;
      left = left.subList(run.size(), left.size());
    }
    return published;
  }

  private static long bytes(List<Part> parts) {
    return parts.stream().mapToLong(Part::size).sum();
  }

  /** The oldest files that fit one file together, at least one; of another layout only one. */
  private List<Part> run(List<Part> waiting) {
    long bytes = 0;
    long rows = 0;
    int count = 0;
    for (Part part : waiting) {
      boolean fits =
          signature.equals(part.layout())
              && signature.equals(waiting.getFirst().layout())
              && bytes + part.size() <= layout.maxFileBytes()
              && rows + part.rows() <= layout.maxFileRows();
      if (count > 0 && !fits) {
        break;
      }
      bytes += part.size();
      rows += part.rows();
      count++;
    }
    return waiting.subList(0, count);
  }

  private void publish(List<Part> run) {
    Part first = run.getFirst();
    // behind the line of the intention, which has a number too
    String name =
        PartNames.of(
            first.partition(),
            manifest.get().commits() + 1,
            0,
            PartNames.extension(first.name()),
            false);
    append.accept(
        Manifest.Commit.publishing(
            new Manifest.Publication(run.stream().map(Part::name).toList(), name)));
    append.accept(merging(run, name, run.size() == 1 ? copy(first, name) : merge(run, name)));
  }

  /** Merges the newest files of a level where there are so many of it. */
  private boolean mergeOften(List<Part> waiting) {
    int last = waiting.size();
    int level = waiting.getLast().level();
    int first = last;
    while (first > 0
        && waiting.get(first - 1).level() == level
        && signature.equals(waiting.get(first - 1).layout())) {
      first--;
    }
    if (last - first < MERGED_AT_ONCE) {
      return false;
    }
    List<Part> run = run(waiting.subList(first, last));
    if (run.size() < 2) {
      return false;
    }
    String name =
        PartNames.of(
            run.getFirst().partition(), manifest.get().commits(), 0, layout.extension(), true);
    long size = merge(run, name);
    Part into =
        Part.of(name, size, run.stream().mapToLong(Part::rows).sum())
            .of(run.getFirst(), run.getLast())
            .pending(level + 1, run.getFirst().sinceMillis(), signature);
    append.accept(Manifest.Commit.merging(run.stream().map(Part::name).toList(), into));
    return true;
  }

  /** Writes the rows of files to a new one; its size. */
  private long merge(List<Part> run, String name) {
    try (MemoryScope scope = layout.memory().child("merging small files");
        FileOutput output =
            layout.compression().compressing(fileSystem.create(directory + "/" + name));
        FileWriter writer = layout.format().writer(output, inFiles, scope)) {
      for (Part part : run) {
        append(part, writer, scope);
      }
      writer.finish();
      output.finish();
      long size = output.position();
      output.commit();
      return size;
    }
  }

  private void append(Part part, FileWriter writer, MemoryScope scope) {
    DataFile file = file(part);
    FileScan scan =
        new FileScan(inFiles, ColumnNames.names(inFiles), List.of(), -1, new FailingHandler());
    long rows = 0;
    for (FileRange range : layout.format().ranges(file, 0, FileFormat.END, scan)) {
      try (BatchReader reader = layout.format().open(file, range, scan, scope)) {
        for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
          try (Batch open = batch) {
            writer.write(open);
            rows += open.rowCount();
          }
        }
      }
    }
    if (rows != part.rows()) {
      throw FilesErrors.changed(file.path());
    }
  }

  private DataFile file(Part part) {
    DataFile file = new DataFile(fileSystem, directory + "/" + part.name(), part.size(), 0);
    FileStatus status = fileSystem.stat(file.path());
    if (status == null) {
      throw FilesErrors.gone(file.path());
    }
    if (status.size() != part.size()) {
      throw FilesErrors.changed(file.path());
    }
    return file;
  }

  private long copy(Part part, String name) {
    DataFile file = file(part);
    byte[] chunk = new byte[(int) Math.min(1 << 20, Math.max(1, part.size()))];
    try (FileInput input = file.open();
        FileOutput output = fileSystem.create(directory + "/" + name)) {
      for (long at = 0; at < part.size(); at += chunk.length) {
        int count = (int) Math.min(chunk.length, part.size() - at);
        input.readFully(at, chunk, 0, count);
        output.write(chunk, 0, count);
      }
      output.commit();
    }
    return part.size();
  }
}
