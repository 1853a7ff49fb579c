package dev.tidemill.storage.files;

/**
 * Records one after the other, each some bytes: lines of a file, messages of a queue. The bytes are
 * valid until the next call. One thread.
 */
public interface RecordSource extends RecordPlaces, AutoCloseable {
  /** Goes to the next record; false behind the last. */
  boolean next();

  /** An array that the record's bytes are in. */
  byte[] bytes();

  /** Where in {@link #bytes} the record starts. */
  int start();

  int length();

  /** Whether the record was cut off since it is longer than one may be. */
  default boolean isTooLong() {
    return false;
  }

  /** Where the record stands in its source. */
  long position();

  /** Bytes read from outside so far. */
  long bytesRead();

  @Override
  void close();
}
