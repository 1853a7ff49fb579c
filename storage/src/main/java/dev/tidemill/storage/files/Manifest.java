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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a directory are the rows of a table, as the table's writer keeps it: a log in
 * {@code DIRECTORY/_tidemill/}, whose first line is all there was when it was begun and whose other
 * lines are one commit each. From time to time a new generation of the log begins.
 *
 * <pre>
 *   manifest-0000000002.log
 *     {"v":1,"epoch":0,"commits":256,"files":[…],"writers":{"q1":255},"mode":"APPEND"}
 *     {"writer":"q1","step":256,"mode":"APPEND","file":{"name":"part-0000000256.json","size":120,"rows":3}}
 *     {"writer":"q1","step":257,"mode":"APPEND"}
 *     {"end":true}
 * </pre>
 *
 * @param epoch how often the rows were replaced as a whole
 * @param commits how many commits there were
 * @param files the table's files, in order
 * @param writers the last step of each writer
 * @param mode how the table is written, or null before the first commit
 * @param ended whether nothing will come any more
 * @param generation number of the log
 * @param bytes how far the log was read
 * @param lines how many commits stand in this generation
 */
record Manifest(
    long epoch,
    long commits,
    List<Part> files,
    Map<String, Long> writers,
    @Nullable SinkMode mode,
    boolean ended,
    long generation,
    long bytes,
    int lines) {
  static final String DIRECTORY = "_tidemill";
  private static final int VERSION = 1;
  private static final int ATTEMPTS = 100;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.NON_DEFAULT)
          .build();

  static final Manifest EMPTY = new Manifest(0, 0, List.of(), Map.of(), null, false, -1, 0, 0);

  /**
   * A file, by its name in the directory.
   *
   * @param deletions reserved: what tells which of its rows were deleted; a file that has any is
   *     refused
   */
  record Part(String name, long size, long rows, @Nullable String deletions) {
    Part {
      if (deletions != null) {
        throw FilesErrors.deletions(name);
      }
    }
  }

  /** The first line of a log. */
  private record Snapshot(
      int v,
      long epoch,
      long commits,
      List<Part> files,
      Map<String, Long> writers,
      @Nullable SinkMode mode,
      boolean ended) {}

  /**
   * A line: a step that was committed, or the end.
   *
   * @param replace whether all rows before it are gone
   */
  record Commit(
      @Nullable String writer,
      long step,
      @Nullable SinkMode mode,
      boolean replace,
      @Nullable Part file,
      boolean end) {}

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
    if (node.path("v").asInt() != VERSION) {
      throw FilesErrors.unknownVersion(path, node.path("v").asInt(), VERSION);
    }
    Snapshot snapshot = MAPPER.treeToValue(node, Snapshot.class);
    return new Manifest(
        snapshot.epoch(),
        snapshot.commits(),
        snapshot.files() == null ? List.of() : snapshot.files(),
        snapshot.writers() == null ? Map.of() : snapshot.writers(),
        snapshot.mode(),
        snapshot.ended(),
        generation,
        0,
        0);
  }

  private Manifest with(List<String> added, long newBytes) throws JsonProcessingException {
    List<Part> parts = new ArrayList<>(files);
    Map<String, Long> steps = new HashMap<>(writers);
    long epochs = epoch;
    long committed = commits;
    SinkMode lastMode = mode;
    boolean end = ended;
    for (String line : added) {
      Commit commit = MAPPER.readValue(line, Commit.class);
      if (commit.end()) {
        end = true;
        continue;
      }
      committed++;
      end = false;
      lastMode = commit.mode();
      if (commit.replace()) {
        parts.clear();
        epochs++;
      }
      if (commit.file() != null) {
        parts.add(commit.file());
      }
      if (commit.writer() != null) {
        steps.put(commit.writer(), commit.step());
      }
    }
    return new Manifest(
        epochs, committed, parts, steps, lastMode, end, generation, newBytes, lines + added.size());
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
              new Snapshot(VERSION, epoch, commits, files, writers, mode, ended));
      ChecksumLog.create(fileSystem, logPath(directory, generation + 1), List.of(line));
      FileStatus status = fileSystem.stat(logPath(directory, generation + 1));
      long size = status == null ? 0 : status.size();
      return new Manifest(epoch, commits, files, writers, mode, ended, generation + 1, size, 0);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
