package dev.tidemill.storage.files;

import dev.tidemill.storage.catalog.ConnectorOption;
import java.util.List;
import java.util.Map;

/** Makes a {@link FileFormat} from options; found by {@code ServiceLoader}. Stateless. */
public interface FileFormatProvider {
  /** The value of {@code 'format'}, lower case. */
  String name();

  /**
   * Endings of file names that mean this format, without the dot, lower case: {@code ["json",
   * "jsonl"]}.
   */
  List<String> extensions();

  /** The options of the format, besides those of the connector. */
  List<ConnectorOption> options();

  /** Whether a file may be read while it grows, up to its last whole row. */
  default boolean readsGrowingFiles() {
    return false;
  }

  /** Whether files are compressed as a whole, if at all: text. */
  default boolean compressedAsWhole() {
    return false;
  }

  /** Whether the rows are changes, with weights, of a table that has a key. */
  default boolean readsChanges() {
    return false;
  }

  /** Whether records that do not stand in a file are read: {@link RecordFormat}. */
  default boolean readsRecords() {
    return false;
  }

  /**
   * The format with options.
   *
   * @param options only those that {@link #options} names, as they were given
   * @throws dev.tidemill.foundation.error.TidemillException on a bad value, naming the option
   */
  FileFormat create(Map<String, String> options);
}
