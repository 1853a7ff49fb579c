package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import java.nio.charset.StandardCharsets;

/** Makes a record of a row. One thread. */
public interface RowEncoder {
  /** Row {@code row} of the batch, which has the schema's columns in order, as a record. */
  byte[] encode(Batch rows, int row);

  /** Records of UTF-8 text. */
  static RowEncoder of(RowText rowText) {
    StringBuilder text = new StringBuilder();
    return (rows, row) -> {
      text.setLength(0);
      rowText.append(rows, row, text);
      return text.toString().getBytes(StandardCharsets.UTF_8);
    };
  }
}
