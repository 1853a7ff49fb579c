package dev.tidemill.storage.database;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemill.storage.file.ChecksumLog;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.versions.Commit;
import dev.tidemill.storage.versions.Deletes;
import dev.tidemill.storage.versions.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The commits of a table in its directory: a line each, which is what makes them. Which rows a
 * commit removed stands in a file of its own.
 *
 * <pre>
 *   _tidemill/table.log
 *     {"v":2}
 *     {"snapshot":1,"time":1700000000000,"writer":"insert","step":0,"add":{"name":"part-0000000001.parquet","size":812,"rows":3}}
 *     {"snapshot":2,"time":1700000000500,"add":{…},"gone":{"name":"gone-0000000002.parquet",…},"deletes":"deletes-0000000002.bin"}
 *     {"snapshot":3,"time":1700000001000,"add":{…},"compact":true}
 *     {"oldest":3}
 *     {"end":true}
 * </pre>
 */
final class TableLog {
  private static final int VERSION = 2;
  private static final int DELETES_VERSION = 1;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.NON_DEFAULT)
          .build();

  private final FileSystem files;
  private final String directory;
  private long bytesRead;

  private record File(String name, long size, long rows) {}

  private record Line(
      int v,
      long snapshot,
      long time,
      @Nullable String writer,
      long step,
      @Nullable File add,
      @Nullable File gone,
      @Nullable String deletes,
      boolean compact,
      long oldest,
      boolean end) {}

  /** What lines say; the oldest snapshot is 0 where none says it. */
  record News(List<Commit> commits, boolean ended, long oldest) {}

  TableLog(FileSystem files, String directory) {
    this.files = files;
    this.directory = directory;
  }

  static String metadata(String directory) {
    return directory + "/_tidemill";
  }

  private String path() {
    return metadata(directory) + "/table.log";
  }

  /** What was appended since it was last asked, or null where nothing was. */
  @Nullable News news() {
    FileStatus status = files.stat(path());
    if (status == null) {
      refuseEarlier();
      return null;
    }
    if (status.size() <= bytesRead) {
      return null;
    }
    ChecksumLog.Content content = ChecksumLog.read(files, path(), bytesRead);
    if (content.lines().isEmpty()) {
      return null;
    }
    List<Line> lines = lines(content.lines());
    long oldest = lines.stream().mapToLong(Line::oldest).max().orElse(0);
    // what was removed before the last compaction of the oldest snapshot is not needed, nor there
    long compaction = 0;
    for (Line line : lines) {
      if (line.compact() && line.snapshot() <= oldest) {
        compaction = line.snapshot();
      }
    }
    List<Commit> commits = new ArrayList<>();
    boolean ended = false;
    for (Line line : lines) {
      if (line.snapshot() > 0) {
        commits.add(commit(line, line.snapshot() > compaction));
        ended = false;
      }
      ended |= line.end();
    }
    bytesRead = content.bytes();
    return commits.isEmpty() && !ended && oldest == 0 ? null : new News(commits, ended, oldest);
  }

  private List<Line> lines(List<String> texts) {
    List<Line> lines = new ArrayList<>();
    try {
      for (String text : texts) {
        Line line = MAPPER.readValue(text, Line.class);
        if (line.v() != 0 && line.v() != VERSION) {
          throw DatabaseErrors.unknownVersion(path(), line.v(), VERSION);
        }
        lines.add(line);
      }
    } catch (JsonProcessingException e) {
      throw DatabaseErrors.badMetadata(path(), e.getOriginalMessage());
    }
    return lines;
  }

  /** Tables had manifests before they had this log: one of those is not an empty table. */
  private void refuseEarlier() {
    for (FileStatus file : files.list(metadata(directory))) {
      String name = FileSystem.name(file.path());
      if (name.startsWith("manifest-") && name.endsWith(".log")) {
        throw DatabaseErrors.earlierTable(file.path(), VERSION);
      }
    }
  }

  private Commit commit(Line line, boolean needsDeletes) {
    long number = line.snapshot();
    String deletes = line.deletes();
    return new Commit(
        number,
        line.time(),
        line.writer(),
        line.step(),
        segment(line.add(), number, false),
        segment(line.gone(), number, true),
        deletes == null || !needsDeletes ? Deletes.NONE : readDeletes(directory + "/" + deletes),
        line.compact());
  }

  private static @Nullable Segment segment(@Nullable File file, long number, boolean gone) {
    return file == null ? null : new Segment(number, gone, file.name(), file.size(), file.rows());
  }

  private static @Nullable File file(@Nullable Segment segment) {
    return segment == null ? null : new File(segment.name(), segment.size(), segment.rows());
  }

  /** Opens the log for appending, and makes it where there is none. */
  ChecksumLog open() {
    if (files.stat(path()) == null) {
      refuseEarlier();
      ChecksumLog.create(files, path(), List.of(text(line(VERSION, 0, false))));
    }
    return ChecksumLog.append(files, path(), ChecksumLog.read(files, path()));
  }

  private static Line line(int version, long oldest, boolean end) {
    return new Line(version, 0, 0, null, 0, null, null, null, false, oldest, end);
  }

  /** Writes a commit, durably; the files of its segments are there. */
  void append(ChecksumLog log, Commit commit) {
    String deletes = null;
    if (!commit.deletes().rows().isEmpty()) {
      deletes = deletes(commit.number());
      files.put(directory + "/" + deletes, bytes(commit.deletes()));
    }
    log.append(
        text(
            new Line(
                0,
                commit.number(),
                commit.timeMillis(),
                commit.writer(),
                commit.step(),
                file(commit.added()),
                file(commit.gone()),
                deletes,
                commit.compacted(),
                0,
                false)));
  }

  /** The name of the file of what a commit removed. */
  static String deletes(long commit) {
    return "deletes-%010d.bin".formatted(commit);
  }

  void appendOldest(ChecksumLog log, long oldest) {
    log.append(text(line(0, oldest, false)));
  }

  void appendEnd(ChecksumLog log) {
    log.append(text(line(0, 0, true)));
  }

  private static String text(Line line) {
    try {
      return MAPPER.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Version; per segment its id, how many rows, their numbers. */
  private static byte[] bytes(Deletes deletes) {
    int size = Integer.BYTES;
    for (int[] rows : deletes.rows().values()) {
      size += Long.BYTES + Integer.BYTES + rows.length * Integer.BYTES;
    }
    ByteBuffer buffer = ByteBuffer.allocate(size).putInt(DELETES_VERSION);
    deletes
        .rows()
        .forEach(
            (segment, rows) -> {
              buffer.putLong(segment).putInt(rows.length);
              for (int row : rows) {
                buffer.putInt(row);
              }
            });
    return buffer.array();
  }

  private Deletes readDeletes(String path) {
    ByteBuffer buffer = ByteBuffer.wrap(files.read(path));
    if (buffer.remaining() < Integer.BYTES) {
      throw DatabaseErrors.badMetadata(path, "it is empty");
    }
    int version = buffer.getInt();
    if (version != DELETES_VERSION) {
      throw DatabaseErrors.unknownVersion(path, version, DELETES_VERSION);
    }
    Map<Long, int[]> rows = new TreeMap<>();
    while (buffer.hasRemaining()) {
      if (buffer.remaining() < Long.BYTES + Integer.BYTES) {
        throw DatabaseErrors.badMetadata(path, "it is truncated");
      }
      long segment = buffer.getLong();
      int count = buffer.getInt();
      if (count < 0 || (long) count * Integer.BYTES > buffer.remaining()) {
        throw DatabaseErrors.badMetadata(path, "it is truncated");
      }
      int[] numbers = new int[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = buffer.getInt();
      }
      rows.put(segment, numbers);
    }
    return new Deletes(rows);
  }
}
