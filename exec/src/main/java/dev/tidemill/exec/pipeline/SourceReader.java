package dev.tidemill.exec.pipeline;

/** One worker's reading of a {@link Source}. */
public interface SourceReader extends AutoCloseable {
  /**
   * Pushes some rows, usually one batch, to {@code out}.
   *
   * @return false at the end, or when {@code out} needs no more
   */
  boolean advance(BatchSink out);

  @Override
  void close();
}
