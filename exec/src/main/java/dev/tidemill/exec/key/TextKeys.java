package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.hash.Hash;

/** Where the texts of some rows of a column are, and their hashes. One thread. */
final class TextKeys {
  private final long[] addresses;
  private final int[] lengths;

  TextKeys(int rows) {
    this.addresses = new long[rows];
    this.lengths = new int[rows];
  }

  /** Where the text begins, while the column is there. */
  long address(int index) {
    return addresses[index];
  }

  /** Bytes of the text, -1 of NULL. */
  int length(int index) {
    return lengths[index];
  }

  /** Takes rows {@code rows[from]} up to {@code rows[from + count - 1]} and sets their hashes. */
  void take(Column column, int[] rows, int from, int count, long[] hashes) {
    if (column instanceof DictionaryColumn codes) {
      BytesColumn texts = (BytesColumn) codes.dictionary();
      for (int i = 0; i < count; i++) {
        int row = rows[from + i];
        take(texts, column.isNull(row) ? -1 : codes.codeAt(row), i);
      }
    } else {
      BytesColumn texts = (BytesColumn) column;
      boolean mayHaveNulls = column.mayHaveNulls();
      for (int i = 0; i < count; i++) {
        int row = rows[from + i];
        take(texts, mayHaveNulls && column.isNull(row) ? -1 : row, i);
      }
    }
    for (int i = 0; i < count; i++) {
      hashes[i] = lengths[i] < 0 ? Hash.NULL : Hash.ofBytes(addresses[i], lengths[i]);
    }
  }

  private void take(BytesColumn texts, int place, int index) {
    if (place < 0) {
      lengths[index] = -1;
    } else {
      addresses[index] = texts.addressAt(place);
      lengths[index] = texts.lengthAt(place);
    }
  }
}
