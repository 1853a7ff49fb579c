package dev.tidemill.storage.file;

/** A lock on a path, held until it is closed. */
public interface FileLock extends AutoCloseable {
  @Override
  void close();
}
