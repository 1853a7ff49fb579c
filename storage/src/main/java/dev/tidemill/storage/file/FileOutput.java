package dev.tidemill.storage.file;

/** A file being written under a temporary name. One thread at a time. */
public interface FileOutput extends AutoCloseable {
  /** The path it will have. */
  String path();

  void write(byte[] bytes, int offset, int count);

  /** Bytes written so far. */
  long position();

  /**
   * Brings what is written to the disk, so that {@link #commit} and others that sync meanwhile need
   * not wait for all of it.
   */
  default void sync() {}

  /** Ends what is written: {@link #position} is the file's size from then on. */
  default void finish() {}

  /**
   * Makes the file durable and then visible under its path, both on return. Nothing is written
   * after it.
   */
  void commit();

  /**
   * As {@link #commit}, but only where there is no file of that path: false where there is one, and
   * of several who try at once one succeeds.
   */
  boolean commitNew();

  /** Forgets what was written unless committed. */
  @Override
  void close();
}
