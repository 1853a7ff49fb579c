package dev.tidemill.storage.file;

/** A file open for reading at any place. Any thread may read. */
public interface FileInput extends AutoCloseable {
  String path();

  /** Bytes of the file when it was opened. */
  long size();

  /**
   * Reads {@code count} bytes at {@code position}.
   *
   * @throws dev.tidemill.foundation.error.TidemillException also where the file ends before
   */
  void readFully(long position, byte[] to, int offset, int count);

  /** As {@link #readFully(long, byte[], int, int)}, into off-heap memory at {@code address}. */
  void readFully(long position, long address, int count);

  /** Reads up to {@code count} bytes at {@code position}; how many, or -1 behind the end. */
  int read(long position, byte[] to, int offset, int count);

  @Override
  void close();
}
