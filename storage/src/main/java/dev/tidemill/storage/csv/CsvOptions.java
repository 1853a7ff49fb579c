package dev.tidemill.storage.csv;

import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How a CSV file is written.
 *
 * @param header whether the first record has the names; null says: work it out
 * @param delimiter between fields; 0 says: what was worked out from the files, or a tab in {@code
 *     .tsv}, else a comma
 * @param quote around fields that need it, or 0 for none
 * @param escape before a quote within quotes; usually the quote itself
 * @param nullText what an unquoted field for NULL looks like; an empty one is NULL too where the
 *     type is not VARCHAR
 * @param growing whether files may still grow: only whole lines are read
 */
record CsvOptions(
    @Nullable Boolean header,
    byte delimiter,
    byte quote,
    byte escape,
    String nullText,
    boolean growing) {
  /** Schema metadata: the delimiter that was worked out from the first of the files. */
  static final String DELIMITER_KEY = "tidemill:csv.delimiter";

  /** With the delimiter that was worked out for a table, where none is named. */
  CsvOptions of(Schema schema) {
    String inferred = schema.getCustomMetadata().get(DELIMITER_KEY);
    return delimiter != 0 || inferred == null ? this : withDelimiter((byte) inferred.charAt(0));
  }

  CsvOptions withDelimiter(byte other) {
    return new CsvOptions(header, other, quote, escape, nullText, growing);
  }

  byte delimiter(String path) {
    if (delimiter != 0) {
      return delimiter;
    }
    String name = path.endsWith(".gz") ? path.substring(0, path.length() - 3) : path;
    name = name.endsWith(".zst") ? name.substring(0, name.length() - 4) : name;
    return (byte) (name.endsWith(".tsv") ? '\t' : ',');
  }
}
