package dev.tidemill.storage.database;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemill.storage.file.ChecksumLog;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.versions.Base;
import dev.tidemill.storage.versions.Commit;
import dev.tidemill.storage.versions.Deletes;
import dev.tidemill.storage.versions.Segment;
import dev.tidemill.storage.versions.SegmentStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
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
 *
 * <p>Where old snapshots are removed the log begins anew in a file of the next generation, {@code
 * table-0000000001.log}, with what is left out in one line. It counts from the moment it is there;
 * nothing is appended to it while an older one is.
 *
 * <pre>
 *     {"v":3,"base":{"number":2,"rows":3,"removed":true,"steps":{"insert":0}}}
 *     {"snapshot":3,"time":1700000001000,"add":{…},"compact":true}
 *     {"oldest":3}
 * </pre>
 */
final class TableLog {
  private static final int VERSION = 3;

  /** The version of logs without a base. */
  private static final int VERSION_WITHOUT_BASE = 2;

  private static final String FIRST = "table.log";
  private static final int ATTEMPTS = 100;
  private static final int DELETES_VERSION = 2;

  /** Of a file of removed rows: version, commit and, at its end, checksum. */
  private static final int DELETES_BYTES = 2 * Integer.BYTES + Long.BYTES;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.NON_DEFAULT)
          .build();

  private final FileSystem files;
  private final String directory;

  /** What was read, and how far; before the first reading -1. */
  private long generation = -1;

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
      boolean end,
      @Nullable BaseLine base) {}

  private record BaseLine(
      long number, long rows, boolean removed, @Nullable Map<String, Long> steps) {}

  TableLog(FileSystem files, String directory) {
    this.files = files;
    this.directory = directory;
  }

  static String metadata(String directory) {
    return directory + "/_tidemill";
  }

  private String path(long of) {
    return metadata(directory) + "/" + (of == 0 ? FIRST : "table-%010d.log".formatted(of));
  }

  /** The generation in a log's name, or -1. */
  private static long generation(String name) {
    if (name.equals(FIRST)) {
      return 0;
    }
    return name.matches("table-[0-9]{10}\\.log") ? Long.parseLong(name.substring(6, 16)) : -1;
  }

  /** The newest generation that is there, or -1. */
  private long newest() {
    long newest = -1;
    for (FileStatus file : files.list(metadata(directory))) {
      newest = Math.max(newest, generation(file.name()));
    }
    return newest;
  }

  /** What was appended since it was last asked, or null where nothing was. */
  SegmentStore.@Nullable Kept news() {
    for (int attempt = 0; ; attempt++) {
      try {
        return readNews();
      } catch (RuntimeException e) {
        // the log may have begun anew between the look at it and the reading
        if (attempt >= ATTEMPTS || generation < 0 || files.stat(path(generation)) != null) {
          throw e;
        }
      }
    }
  }

  private SegmentStore.@Nullable Kept readNews() {
    FileStatus status = generation < 0 ? null : files.stat(path(generation));
    if (status == null) {
      long newest = newest();
      if (newest < 0) {
        refuseEarlier();
        refuseLost();
        return null;
      }
      if (newest != generation) {
        generation = newest;
        bytesRead = 0;
      }
    } else if (status.size() <= bytesRead) {
      return null;
    }
    ChecksumLog.Content content = ChecksumLog.read(files, path(generation), bytesRead);
    if (content.lines().isEmpty()) {
      if (bytesRead == 0) {
        String path = path(generation);
        generation = -1;
        throw DatabaseErrors.badMetadata(path, "it does not begin like one");
      }
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
    Base base = null;
    List<Commit> commits = new ArrayList<>();
    boolean ended = false;
    for (Line line : lines) {
      if (line.base() != null) {
        base = base(line.base());
      }
      if (line.snapshot() > 0) {
        commits.add(commit(line, line.snapshot() > compaction));
        ended &= line.compact();
      }
      ended |= line.end();
    }
    bytesRead = content.bytes();
    return base == null && commits.isEmpty() && !ended && oldest == 0
        ? null
        : new SegmentStore.Kept(base, commits, ended, oldest);
  }

  private static Base base(BaseLine line) {
    return new Base(
        line.number(), line.rows(), line.removed(), line.steps() == null ? Map.of() : line.steps());
  }

  private List<Line> lines(List<String> texts) {
    List<Line> lines = new ArrayList<>();
    try {
      for (String text : texts) {
        Line line = MAPPER.readValue(text, Line.class);
        if (line.v() != 0 && line.v() != VERSION && line.v() != VERSION_WITHOUT_BASE) {
          throw DatabaseErrors.unknownVersion(path(generation), line.v(), VERSION);
        }
        lines.add(line);
      }
    } catch (JsonProcessingException e) {
      throw DatabaseErrors.badMetadata(path(generation), e.getOriginalMessage());
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

  /** There is a log before there is a segment. */
  private void refuseLost() {
    for (FileStatus file : files.list(directory)) {
      if (file.name().matches("(?:part|gone)-[0-9]{10}\\.parquet")) {
        throw DatabaseErrors.badMetadata(
            path(0), "it is gone, and there are rows of the table (%s)".formatted(file.name()));
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
        deletes == null || !needsDeletes
            ? Deletes.NONE
            : readDeletes(directory + "/" + deletes, number),
        line.compact());
  }

  private static @Nullable Segment segment(@Nullable File file, long number, boolean gone) {
    return file == null ? null : new Segment(number, gone, file.name(), file.size(), file.rows());
  }

  private static @Nullable File file(@Nullable Segment segment) {
    return segment == null ? null : new File(segment.name(), segment.size(), segment.rows());
  }

  /**
   * Opens the log for appending, and makes it where there is none; older generations that a crash
   * has left go.
   */
  ChecksumLog open() {
    long newest = newest();
    if (newest < 0) {
      refuseEarlier();
      newest = 0;
      ChecksumLog.create(
          files, path(newest), List.of(text(line(VERSION_WITHOUT_BASE, 0, false, null))));
    }
    deleteBefore(newest);
    return ChecksumLog.append(files, path(newest), ChecksumLog.read(files, path(newest)));
  }

  private void deleteBefore(long newest) {
    for (FileStatus file : files.list(metadata(directory))) {
      long other = generation(file.name());
      if (other >= 0 && other < newest) {
        files.delete(file.path());
      }
    }
  }

  /** Begins a new generation of the log, which who reads here has read. */
  void begin(Base base, List<Commit> commits, boolean ended, long oldest) {
    List<String> lines = new ArrayList<>();
    BaseLine first =
        new BaseLine(base.number(), base.rows(), base.removed(), new TreeMap<>(base.lastSteps()));
    lines.add(text(line(VERSION, 0, false, first)));
    commits.forEach(commit -> lines.add(text(line(commit))));
    if (oldest > 0) {
      lines.add(text(line(0, oldest, false, null)));
    }
    if (ended) {
      lines.add(text(line(0, 0, true, null)));
    }
    long next = newest() + 1;
    ChecksumLog.create(files, path(next), lines);
    generation = next;
    bytesRead = ChecksumLog.read(files, path(next)).bytes();
    deleteBefore(next);
  }

  private static Line line(int version, long oldest, boolean end, @Nullable BaseLine base) {
    return new Line(version, 0, 0, null, 0, null, null, null, false, oldest, end, base);
  }

  private static Line line(Commit commit) {
    return new Line(
        0,
        commit.number(),
        commit.timeMillis(),
        commit.writer(),
        commit.step(),
        file(commit.added()),
        file(commit.gone()),
        commit.deletes().isEmpty() ? null : deletes(commit.number()),
        commit.compacted(),
        0,
        false,
        null);
  }

  /** Writes a commit, durably; the files of its segments are there. */
  void append(ChecksumLog log, Commit commit) {
    if (!commit.deletes().isEmpty()) {
      files.put(
          directory + "/" + deletes(commit.number()), bytes(commit.number(), commit.deletes()));
    }
    log.append(text(line(commit)));
  }

  /** The name of the file of what a commit removed. */
  private static String deletes(long commit) {
    return "deletes-%010d.bin".formatted(commit);
  }

  /** The commit in a name that {@link #deletes} gives, or -1. */
  static long deletesOf(String name) {
    return name.matches("deletes-[0-9]{10}\\.bin") ? Long.parseLong(name.substring(8, 18)) : -1;
  }

  void appendOldest(ChecksumLog log, long oldest) {
    log.append(text(line(0, oldest, false, null)));
  }

  void appendEnd(ChecksumLog log) {
    log.append(text(line(0, 0, true, null)));
  }

  private static String text(Line line) {
    try {
      return MAPPER.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Version, commit; per segment its id, how many rows, their numbers; the checksum of all that.
   */
  private static byte[] bytes(long commit, Deletes deletes) {
    int size = DELETES_BYTES;
    for (int[] rows : deletes.rows().values()) {
      size += Long.BYTES + Integer.BYTES + rows.length * Integer.BYTES;
    }
    ByteBuffer buffer = ByteBuffer.allocate(size).putInt(DELETES_VERSION).putLong(commit);
    deletes
        .rows()
        .forEach(
            (segment, rows) -> {
              buffer.putLong(segment).putInt(rows.length);
              for (int row : rows) {
                buffer.putInt(row);
              }
            });
    return buffer.putInt(checksum(buffer.array())).array();
  }

  /** Of all but the last four bytes. */
  private static int checksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, bytes.length - Integer.BYTES);
    return (int) checksum.getValue();
  }

  private Deletes readDeletes(String path, long commit) {
    byte[] bytes = files.read(path);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length < DELETES_BYTES) {
      throw DatabaseErrors.badMetadata(path, "it is truncated");
    }
    int version = buffer.getInt();
    if (version != DELETES_VERSION) {
      throw DatabaseErrors.unknownVersion(path, version, DELETES_VERSION);
    }
    if (buffer.getInt(bytes.length - Integer.BYTES) != checksum(bytes)) {
      throw DatabaseErrors.badMetadata(path, "it does not match its checksum");
    }
    if (buffer.getLong() != commit) {
      throw DatabaseErrors.badMetadata(path, "it is of another commit");
    }
    buffer.limit(bytes.length - Integer.BYTES);
    Map<Long, int[]> rows = new TreeMap<>();
    while (buffer.hasRemaining()) {
      long segment = buffer.getLong();
      int count = buffer.getInt();
      int[] numbers = new int[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = buffer.getInt();
      }
      rows.put(segment, numbers);
    }
    return new Deletes(rows);
  }
}
