package dev.tidemill.storage.files;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.BatchReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * How rows stand in records, each by itself, that are not in a file. It keeps nothing but caches;
 * safe for use by many threads.
 */
public interface RecordFormat {
  /** The value of {@code 'format'}, lower case. */
  String name();

  /**
   * Reads records, each a row (of changes: a change); {@link BatchReader#positionOf} gives the
   * records' positions. Takes over {@code records}.
   *
   * @throws dev.tidemill.foundation.error.TidemillException UNSUPPORTED_FILES where rows do not
   *     stand alone
   */
  BatchReader open(RecordSource records, FileScan scan, MemoryScope scope);

  /**
   * What makes records of rows of the given columns.
   *
   * @throws dev.tidemill.foundation.error.TidemillException UNSUPPORTED_FILES where rows do not
   *     stand alone, or where the format is only read
   */
  RowEncoder encoder(Schema schema);
}
