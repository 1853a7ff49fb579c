package dev.tidemill.storage.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A log of lines, each with its checksum, in one file.
 *
 * <pre>
 *   1f0c92aa {"step":1,…}
 *   77b3e1d0 {"step":2,…}
 *   90aa12     &lt;- half-written by a crash: not there
 * </pre>
 *
 * A reader sees the lines that are whole; a line that is damaged while later ones are whole is an
 * error.
 */
public final class ChecksumLog implements AutoCloseable {
  private static final int CHECKSUM_DIGITS = 8;

  private final FileLog log;

  /** What has left a line in the log that should not be there, or null. */
  private @Nullable RuntimeException broken;

  private ChecksumLog(FileLog log) {
    this.log = log;
  }

  /**
   * What a log holds.
   *
   * @param bytes the length of the whole lines
   */
  public record Content(List<String> lines, long bytes) {}

  /** The whole lines of {@code path}, which must exist. */
  public static Content read(FileSystem fileSystem, String path) {
    return read(fileSystem, path, 0);
  }

  /**
   * The whole lines behind the first {@code from} bytes; {@link Content#bytes} counts from the
   * file's start.
   */
  public static Content read(FileSystem fileSystem, String path, long from) {
    try (FileInput input = fileSystem.open(path)) {
      byte[] content = new byte[Math.toIntExact(Math.max(0, input.size() - from))];
      input.readFully(from, content, 0, content.length);
      return parse(content, path, from);
    }
  }

  private static Content parse(byte[] content, String path, long from) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    int damaged = -1;
    for (int at = 0; at < content.length; at++) {
      if (content[at] != '\n') {
        continue;
      }
      if (isWhole(content, start, at)) {
        if (damaged >= 0) {
          throw FileErrors.corruptLog(path, from + damaged);
        }
        int text = start + CHECKSUM_DIGITS + 1;
        lines.add(new String(content, text, at - text, StandardCharsets.UTF_8));
      } else if (damaged < 0) {
        damaged = start;
      }
      start = at + 1;
    }
    return new Content(lines, from + (damaged < 0 ? start : damaged));
  }

  private static boolean isWhole(byte[] content, int start, int end) {
    int text = start + CHECKSUM_DIGITS + 1;
    if (text > end || content[text - 1] != ' ') {
      return false;
    }
    String digits = new String(content, start, CHECKSUM_DIGITS, StandardCharsets.ISO_8859_1);
    return digits.equals(checksum(content, text, end - text));
  }

  private static String checksum(byte[] bytes, int offset, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, count);
    return "%08x".formatted(crc.getValue());
  }

  /**
   * Opens a log for appending behind {@code content}, what was read of it; cuts off what is
   * half-written.
   */
  public static ChecksumLog append(FileSystem fileSystem, String path, Content content) {
    FileLog log = fileSystem.openLog(path);
    try {
      if (log.size() > content.bytes()) {
        log.truncate(content.bytes());
      }
      return new ChecksumLog(log);
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /** Writes a new log with the given lines, whole or not at all, and durable. */
  public static void create(FileSystem fileSystem, String path, List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(encode(line)));
    fileSystem.put(path, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return checksum(bytes, 0, bytes.length) + " " + line + "\n";
  }

  /**
   * Appends a line (without a line end in it) and makes it durable; on failure it is as if nothing
   * was appended. Where not even that can be had, nothing is appended any more.
   */
  public void append(String line) {
    if (broken != null) {
      throw broken;
    }
    byte[] bytes = encode(line).getBytes(StandardCharsets.UTF_8);
    long before = log.size();
    try {
      log.append(bytes, 0, bytes.length);
      log.sync();
    } catch (RuntimeException e) {
      forget(before, e);
      throw e;
    }
  }

  private void forget(long size, RuntimeException failure) {
    try {
      log.truncate(size);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
      broken = failure;
    }
  }

  public long size() {
    return log.size();
  }

  @Override
  public void close() {
    log.close();
  }
}
