package dev.tidemill.exec.aggregate;

/**
 * A summary of many values in bounded memory, the same whatever their order and what was merged
 * with what. Each kind says what the word of a value is. One thread.
 *
 * @param <S> the kind itself
 */
interface Sketch<S> {
  /** Adds a value. */
  void add(long word);

  void merge(S other);

  /** Adds what {@link #bytes} wrote of another. */
  void merge(byte[] bytes);

  /** The sketch as it is written. */
  byte[] bytes();

  /** Bytes on the heap. */
  int heapBytes();
}
