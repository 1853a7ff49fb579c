package dev.tidemill.storage.file;

/** A file that only grows at its end. One thread at a time. */
public interface FileLog extends AutoCloseable {
  /** Bytes it has. */
  long size();

  /** Appends; durable after the next {@link #sync}. */
  void append(byte[] bytes, int offset, int count);

  /** Makes everything appended durable, and that the file exists. */
  void sync();

  /** Cuts the end off, durably: what a crash left half-written. */
  void truncate(long size);

  @Override
  void close();
}
