package dev.tidemill.streaming.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemill.storage.file.FileLog;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileSystem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a database, one JSON record a line behind its checksum:
 *
 * <pre>
 *   tidemill step log 1
 *   5f0a1c22 {"record":"plan","step":7,…}
 *   91be02d4 {"record":"commit","step":7,…}
 * </pre>
 *
 * A last line that is cut short or does not match its checksum is what a crash left, and is cut off
 * when the log is opened; such a line before the end is damage, and refused. One thread at a time.
 */
public final class StepLog implements AutoCloseable {
  private static final String HEADER = "tidemill step log 1";
  private static final ObjectMapper MAPPER = JsonMapper.builder().build();

  private final FileSystem files;
  private final String path;
  private FileLog log;

  /** Of each record its step, and where it ends. */
  private long[] steps = new long[64];

  private long[] ends = new long[64];
  private int count;

  /** What was read when the log was opened, until something is written. */
  private @Nullable List<LogRecord> recovered = new ArrayList<>();

  /** What has left a record in the log that should not be there, or null. */
  private @Nullable RuntimeException broken;

  /** What the log has to be cut off at before anything is written again, where it is broken. */
  private long goodSize;

  /**
   * Opens the log at {@code path}, making it if need be.
   *
   * @throws dev.tidemill.foundation.error.TidemillException STEP_LOG_DAMAGED,
   *     STEP_LOG_VERSION_UNKNOWN
   */
  public StepLog(FileSystem files, String path) {
    this.files = files;
    this.path = path;
    boolean isNew = files.stat(path) == null;
    byte[] content = isNew ? new byte[0] : files.read(path);
    int good = read(content, Objects.requireNonNull(recovered));
    this.log = files.openLog(path);
    try {
      if (good < content.length) {
        log.truncate(good);
      }
      if (good == 0) {
        append(HEADER + "\n");
        log.sync();
      }
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /** The records, in order. */
  public List<LogRecord> records() {
    List<LogRecord> records = recovered;
    if (records == null) {
      records = new ArrayList<>();
      read(Arrays.copyOf(files.read(path), (int) end(count)), records);
    }
    return List.copyOf(records);
  }

  /** The step of the last record, or -1. */
  public long lastStep() {
    return count == 0 ? -1 : steps[count - 1];
  }

  /** Where the first records end. */
  private long end(int records) {
    return records == 0 ? HEADER.length() + 1 : ends[records - 1];
  }

  private void note(long step, long end) {
    if (count == steps.length) {
      steps = Arrays.copyOf(steps, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
    }
    steps[count] = step;
    ends[count++] = end;
  }

  /** Reads all records; how many bytes of {@code content} are good. */
  private int read(byte[] content, List<LogRecord> records) {
    count = 0;
    int start = 0;
    int line = 0;
    while (start < content.length) {
      int end = start;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      String text = new String(content, start, end - start, StandardCharsets.UTF_8);
      boolean last = end + 1 >= content.length;
      line++;
      if (line == 1) {
        if (end == content.length && HEADER.startsWith(text)) {
          return 0;
        }
        if (!text.equals(HEADER)) {
          throw StepLogErrors.unknownVersion(
              path, text.length() > 40 ? text.substring(0, 40) : text);
        }
      } else {
        LogRecord record = end == content.length ? null : read(text);
        if (record == null) {
          if (last) {
            return start;
          }
          throw StepLogErrors.damaged(path, line);
        }
        records.add(record);
        note(record.step(), end + 1);
      }
      start = end + 1;
    }
    return content.length;
  }

  private static @Nullable LogRecord read(String line) {
    int space = line.indexOf(' ');
    if (space != 8 || !line.substring(0, 8).equals(checksum(line.substring(9)))) {
      return null;
    }
    try {
      return MAPPER.readValue(line.substring(9), LogRecord.class);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** Adds a record; durable after the next {@link #sync}. */
  public void append(LogRecord record) {
    append(line(record));
    recovered = null;
    note(record.step(), log.size());
  }

  /**
   * Adds a record and makes it and all before it durable. Where that fails, the record is not
   * there.
   */
  public void appendDurably(LogRecord record) {
    long before = log.size();
    append(record);
    try {
      log.sync();
    } catch (RuntimeException e) {
      count--;
      undo(before, e);
      throw e;
    }
  }

  private void append(String line) {
    if (broken != null) {
      undo(goodSize, broken);
      if (broken != null) {
        throw broken;
      }
    }
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    long before = log.size();
    try {
      log.append(bytes, 0, bytes.length);
    } catch (RuntimeException e) {
      undo(before, e);
      throw e;
    }
  }

  /**
   * Cuts off what could not be written whole. Where even that is impossible, nothing is written
   * behind it until it is possible.
   */
  private void undo(long size, RuntimeException cause) {
    try {
      log.truncate(size);
      broken = null;
    } catch (RuntimeException e) {
      if (broken == null) {
        cause.addSuppressed(e);
        broken = cause;
        goodSize = size;
      }
    }
  }

  private static String line(LogRecord record) {
    try {
      String json = MAPPER.writeValueAsString(record);
      return checksum(json) + " " + json + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record that JSON cannot hold", e);
    }
  }

  public void sync() {
    log.sync();
  }

  /** Bytes the log has. */
  public long size() {
    return log.size();
  }

  /** Drops the records before the first of a step or a later one, durably. */
  public void dropBefore(long step) {
    int dropped = 0;
    while (dropped < count && steps[dropped] < step) {
      dropped++;
    }
    byte[] header = (HEADER + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] content = files.read(path);
    int from = (int) end(dropped);
    int length = (int) end(count) - from;
    log.close();
    try (FileOutput output = files.create(path)) {
      output.write(header, 0, header.length);
      output.write(content, from, length);
      output.commit();
      broken = null;
      recovered = null;
      count -= dropped;
      for (int i = 0; i < count; i++) {
        steps[i] = steps[i + dropped];
        ends[i] = ends[i + dropped] - from + header.length;
      }
    } finally {
      log = files.openLog(path);
    }
  }

  private static String checksum(String json) {
    CRC32C crc = new CRC32C();
    crc.update(json.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }

  @Override
  public void close() {
    log.close();
  }
}
