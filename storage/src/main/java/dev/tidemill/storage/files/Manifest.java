package dev.tidemill.storage.files;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemill.storage.file.ChecksumLog;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.table.SinkMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a directory are the rows of a table, as the table's writer keeps it: a log in
 * {@code DIRECTORY/_tidemill/}, whose first line is all there was when it was begun and whose other
 * lines are one change each. From time to time a new generation of the log begins.
 *
 * <pre>
 *   manifest-0000000002.log
 *     {"v":2,"epoch":0,"commits":256,"files":[…],"partitions":[""],"writers":{"q1":255},"mode":"APPEND"}
 *     {"writer":"q1","step":256,"mode":"APPEND","files":[{"name":"part-0000000256.json","size":120,"rows":3}]}
 *     {"writer":"q1","step":257,"mode":"APPEND"}
 *     {"merged":["…/part-0000000240.json.pending",…],"files":[{"name":"…/part-0000000258.json.pending",…}]}
 *     {"publication":{"files":["…/part-0000000258.json.pending"],"name":"part-0000000260.json"}}
 *     {"merged":["…/part-0000000258.json.pending"],"files":[{"name":"part-0000000260.json",…}]}
 *     {"end":true}
 * </pre>
 *
 * <p>Files of one partition stand in the order of their rows, and merging keeps it: a place in the
 * table is how many rows of each partition are before it ({@link WrittenRows}), whatever files they
 * stand in.
 *
 * @param epoch how often the rows were replaced as a whole
 * @param commits how many lines there were but ends: what new files are numbered by
 * @param files the table's files, in order
 * @param partitions directories of files, in the order they came in this epoch; {@code ""} is the
 *     table's own
 * @param writers the last step of each writer
 * @param mode how the table is written, or null before the first commit
 * @param ended whether nothing will come any more
 * @param publication what was being published when the log ended, or null
 * @param generation number of the log
 * @param bytes how far the log was read
 * @param lines how many lines stand in this generation behind the first
 */
record Manifest(
    long epoch,
    long commits,
    List<Part> files,
    List<String> partitions,
    Map<String, Long> writers,
    @Nullable SinkMode mode,
    boolean ended,
    @Nullable Publication publication,
    long generation,
    long bytes,
    int lines) {
  static final String DIRECTORY = "_tidemill";
  private static final int VERSION = 2;
  private static final int ATTEMPTS = 100;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.NON_DEFAULT)
          .build();

  static final Manifest EMPTY =
      new Manifest(0, 0, List.of(), List.of(), Map.of(), null, false, null, -1, 0, 0);

  /**
   * A file.
   *
   * @param name its path in the directory
   * @param deletions reserved: what tells which of its rows were deleted; a file that has any is
   *     refused
   * @param level how often its rows were merged, while it is {@linkplain PartNames#isPending
   *     pending}
   * @param from number of the first file that its rows were in, where it is not this one
   * @param to number of the last file that they were in, or 0
   * @param sinceMillis when its oldest rows came, while it is pending
   * @param layout what tells how rows stand in it, while it is pending: only files of one layout
   *     are merged
   */
  record Part(
      String name,
      long size,
      long rows,
      @Nullable String deletions,
      int level,
      long from,
      long to,
      long sinceMillis,
      @Nullable String layout) {
    Part {
      if (deletions != null) {
        throw FilesErrors.deletions(name);
      }
    }

    boolean isPending() {
      return PartNames.isPending(name);
    }

    String partition() {
      return PartNames.partition(name);
    }

    /** Of a file that a step has written. */
    static Part of(String name, long size, long rows) {
      return new Part(name, size, rows, null, 0, 0, 0, 0, null);
    }

    /** The same where its rows wait until others may see them. */
    Part pending(int mergedLevel, long since, String writtenAs) {
      return new Part(name, size, rows, null, mergedLevel, from, to, since, writtenAs);
    }

    /** The same with the numbers of the files that its rows come from. */
    Part of(Part first, Part last) {
      return new Part(
          name,
          size,
          rows,
          null,
          level,
          first.firstNumber(),
          last.lastNumber(),
          sinceMillis,
          layout);
    }

    long firstNumber() {
      return to == 0 ? PartNames.number(name) : from;
    }

    long lastNumber() {
      return to == 0 ? PartNames.number(name) : to;
    }
  }

  /**
   * Files whose rows are about to be seen by others too, as one file. It is noted before that is
   * there, so that after a crash its being there tells that it was published.
   */
  record Publication(List<String> files, String name) {}

  /** The first line of a log. */
  private record Snapshot(
      int v,
      long epoch,
      long commits,
      @Nullable List<Part> files,
      @Nullable List<String> partitions,
      @Nullable Map<String, Long> writers,
      @Nullable SinkMode mode,
      boolean ended,
      @Nullable Publication publication) {}

  /**
   * A line: a step that was committed, files that others take the place of, what is about to be
   * published, or the end.
   *
   * @param replace whether all rows before it are gone
   * @param file the file of a step, as version 1 has it
   * @param files those that come
   * @param merged names of those that go, whose rows are in {@code files}
   */
  record Commit(
      @Nullable String writer,
      long step,
      @Nullable SinkMode mode,
      boolean replace,
      @Nullable Part file,
      @Nullable List<Part> files,
      @Nullable List<String> merged,
      @Nullable Publication publication,
      boolean end) {
    static Commit step(String writer, long step, SinkMode mode, boolean replace, List<Part> files) {
      return new Commit(
          writer, step, mode, replace, null, files.isEmpty() ? null : files, null, null, false);
    }

    static Commit merging(List<String> merged, Part into) {
      return new Commit(null, 0, null, false, null, List.of(into), merged, null, false);
    }

    static Commit publishing(Publication publication) {
      return new Commit(null, 0, null, false, null, null, null, publication, false);
    }

    static Commit ending() {
      return new Commit(null, 0, null, false, null, null, null, null, true);
    }
  }

  private static String logPath(String directory, long generation) {
    return "%s/%s/manifest-%010d.log".formatted(directory, DIRECTORY, generation);
  }

  String logPath(String directory) {
    return logPath(directory, generation);
  }

  /**
   * The manifest of a directory as it is now, or null where there is none.
   *
   * @param before what was read before, from which reading goes on, or {@link #EMPTY}
   */
  static @Nullable Manifest read(FileSystem fileSystem, String directory, Manifest before) {
    for (int attempt = 0; ; attempt++) {
      long newest = newestGeneration(fileSystem, directory);
      if (newest < 0) {
        return null;
      }
      String path = logPath(directory, newest);
      FileStatus status = fileSystem.stat(path);
      if (status == null && attempt < ATTEMPTS) {
        continue;
      }
      boolean same = newest == before.generation;
      if (same && status != null && status.size() == before.bytes) {
        return before;
      }
      try {
        return parse(fileSystem, path, newest, same ? before : EMPTY);
      } catch (RuntimeException e) {
        // a new generation may have taken its place between the listing and the reading
        if (newestGeneration(fileSystem, directory) == newest || attempt >= ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Whether a directory has a manifest. */
  static boolean isIn(FileSystem fileSystem, String directory) {
    return newestGeneration(fileSystem, directory) >= 0;
  }

  private static long newestGeneration(FileSystem fileSystem, String directory) {
    long newest = -1;
    for (FileStatus file : fileSystem.list(directory + "/" + DIRECTORY)) {
      newest = Math.max(newest, generation(file.name()));
    }
    return newest;
  }

  /** The generation in a log's name, or -1. */
  static long generation(String name) {
    return name.matches("manifest-[0-9]{10}\\.log") ? Long.parseLong(name.substring(9, 19)) : -1;
  }

  private static Manifest parse(
      FileSystem fileSystem, String path, long generation, Manifest before) {
    ChecksumLog.Content content = ChecksumLog.read(fileSystem, path, before.bytes);
    try {
      List<String> lines = content.lines();
      Manifest start = before;
      if (before.bytes == 0) {
        if (lines.isEmpty()) {
          throw FilesErrors.badMetadata(path, "it is empty");
        }
        start = snapshot(lines.getFirst(), path, generation);
        lines = lines.subList(1, lines.size());
      }
      return start.with(lines, content.bytes());
    } catch (JsonProcessingException e) {
      throw FilesErrors.badMetadata(path, e.getOriginalMessage());
    }
  }

  private static Manifest snapshot(String line, String path, long generation)
      throws JsonProcessingException {
    JsonNode node = MAPPER.readTree(line);
    int version = node.path("v").asInt();
    if (version < 1 || version > VERSION) {
      throw FilesErrors.unknownVersion(path, version, VERSION);
    }
    Snapshot snapshot = MAPPER.treeToValue(node, Snapshot.class);
    List<Part> files = snapshot.files() == null ? List.of() : snapshot.files();
    Set<String> partitions =
        new LinkedHashSet<>(snapshot.partitions() == null ? List.of() : snapshot.partitions());
    files.forEach(part -> partitions.add(part.partition()));
    return new Manifest(
        snapshot.epoch(),
        snapshot.commits(),
        files,
        List.copyOf(partitions),
        snapshot.writers() == null ? Map.of() : snapshot.writers(),
        snapshot.mode(),
        snapshot.ended(),
        snapshot.publication(),
        generation,
        0,
        0);
  }

  private Manifest with(List<String> added, long newBytes) throws JsonProcessingException {
    List<Part> parts = new ArrayList<>(files);
    Set<String> places = new LinkedHashSet<>(partitions);
    Map<String, Long> steps = new HashMap<>(writers);
    long epochs = epoch;
    long committed = commits;
    SinkMode lastMode = mode;
    boolean end = ended;
    Publication published = publication;
    for (String line : added) {
      Commit commit = MAPPER.readValue(line, Commit.class);
      if (commit.end()) {
        end = true;
        continue;
      }
      committed++;
      published = commit.publication();
      if (commit.mode() != null) {
        end = false;
        lastMode = commit.mode();
      }
      if (commit.replace()) {
        parts.clear();
        places.clear();
        epochs++;
      }
      List<Part> come = commit.files() == null ? List.of() : commit.files();
      if (commit.file() != null) {
        come = List.of(commit.file());
      }
      if (commit.merged() == null) {
        parts.addAll(come);
      } else {
        merge(parts, new HashSet<>(commit.merged()), come);
      }
      come.forEach(part -> places.add(part.partition()));
      if (commit.writer() != null) {
        steps.put(commit.writer(), commit.step());
      }
    }
    return new Manifest(
        epochs,
        committed,
        parts,
        List.copyOf(places),
        steps,
        lastMode,
        end,
        published,
        generation,
        newBytes,
        lines + added.size());
  }

  /** What comes takes the place of the first of those that go. */
  private static void merge(List<Part> parts, Set<String> gone, List<Part> come) {
    List<Part> merged = new ArrayList<>(parts.size());
    boolean placed = false;
    for (Part part : parts) {
      if (!gone.contains(part.name())) {
        merged.add(part);
      } else if (!placed) {
        merged.addAll(come);
        placed = true;
      }
    }
    parts.clear();
    parts.addAll(merged);
  }

  /** This manifest with a line that stands in the log up to {@code newBytes}. */
  Manifest with(Commit commit, long newBytes) {
    try {
      return with(List.of(line(commit)), newBytes);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static String line(Commit commit) {
    try {
      return MAPPER.writeValueAsString(commit);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Begins a new generation of the log that says the same. */
  Manifest compact(FileSystem fileSystem, String directory) {
    try {
      String line =
          MAPPER.writeValueAsString(
              new Snapshot(
                  VERSION, epoch, commits, files, partitions, writers, mode, ended, publication));
      ChecksumLog.create(fileSystem, logPath(directory, generation + 1), List.of(line));
      FileStatus status = fileSystem.stat(logPath(directory, generation + 1));
      long size = status == null ? 0 : status.size();
      return new Manifest(
          epoch,
          commits,
          files,
          partitions,
          writers,
          mode,
          ended,
          publication,
          generation + 1,
          size,
          0);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
