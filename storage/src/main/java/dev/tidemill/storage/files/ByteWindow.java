package dev.tidemill.storage.files;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file in memory that moves on: a record is looked at in {@link #bytes} as a whole,
 * then given up.
 *
 * <pre>
 *   bytes   | given up | start ... record ... | limit ... free |
 *                        ^ position in the file is {@link #position}
 * </pre>
 *
 * <p>One thread. Record scanners keep offsets relative to {@link #start}, since {@link #more} moves
 * the bytes.
 */
public final class ByteWindow implements AutoCloseable {
  private static final int FIRST_BYTES = 256 << 10;

  private final @Nullable ByteSource source;
  private final int maxBytes;
  private byte[] bytes;
  private int start;
  private int limit;
  private long position;
  private boolean ended;

  /**
   * Opens {@code file} at {@code position}.
   *
   * @param maxBytes of a record
   */
  public ByteWindow(DataFile file, long position, int maxBytes) {
    this.source = new ByteSource(file, position);
    this.position = position;
    this.maxBytes = maxBytes;
    this.bytes = new byte[FIRST_BYTES];
  }

  /** A window over nothing yet: each record is given to it as a whole. */
  public ByteWindow() {
    this.source = null;
    this.maxBytes = Integer.MAX_VALUE;
    this.bytes = new byte[0];
    this.ended = true;
  }

  /** Looks at one record from now on, which is not changed; for a window without a file. */
  public void of(byte[] record, int from, int length) {
    bytes = record;
    start = from;
    limit = from + length;
    position = 0;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** Where the bytes that are not given up start. */
  public int start() {
    return start;
  }

  /** Behind the last byte there is. */
  public int limit() {
    return limit;
  }

  /** The position of {@link #start} in the file. */
  public long position() {
    return position;
  }

  /** Gives up {@code count} bytes. */
  public void advance(int count) {
    start += count;
    position += count;
  }

  /** Whether the file's last byte is in the window. */
  public boolean ended() {
    return ended;
  }

  /** Whether the window holds as much as a record may have. */
  public boolean full() {
    return limit - start >= maxBytes;
  }

  /**
   * Reads more behind {@link #limit}; the bytes may move. False at the end of the file or where it
   * is {@link #full}.
   */
  public boolean more() {
    ByteSource file = source;
    if (ended || full() || file == null) {
      return false;
    }
    if (start > 0) {
      System.arraycopy(bytes, start, bytes, 0, limit - start);
      limit -= start;
      start = 0;
    }
    if (limit == bytes.length) {
      bytes = Arrays.copyOf(bytes, bytes.length * 2);
    }
    int before = limit;
    while (limit < bytes.length && !ended) {
      int got = file.read(bytes, limit, bytes.length - limit);
      if (got < 0) {
        ended = true;
      } else {
        limit += got;
      }
    }
    return limit > before;
  }

  public long bytesRead() {
    return source == null ? 0 : source.bytesRead();
  }

  @Override
  public void close() {
    if (source != null) {
      source.close();
    }
  }
}
