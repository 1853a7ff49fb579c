package dev.tidemill.streaming.state;

/** State in columns of which committed versions can be read while later steps run. */
public interface VersionedColumns extends ColumnState {
  /** Pins what is committed: it stays readable, unchanged, until it is closed. Any thread. */
  Pin pin();

  /** A pinned version; its owner knows how to read it. */
  interface Pin extends AutoCloseable {
    @Override
    void close();
  }
}
