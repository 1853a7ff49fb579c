package dev.tidemill.storage.tpch;

import dev.tidemill.foundation.batch.ColumnBuilder;
import java.util.function.LongUnaryOperator;

/**
 * The values of one generated column, base row by base row: a base row is an order for lineitem, a
 * part for partsupp, and the row itself in the other tables. A source has its own random streams,
 * so that a column costs nothing while it is not read. It is opened at a base row and asked for
 * that one and those behind it, in order. One thread.
 */
interface ColumnSource {
  /**
   * Appends the {@code lines} values of base row {@code row}, counted from 0; one line where it is
   * the row itself.
   */
  void append(long row, int lines, ColumnBuilder target);

  /** A function of the base row's number. */
  static ColumnSource ofRow(LongUnaryOperator value) {
    return (row, lines, target) -> {
      for (int line = 0; line < lines; line++) {
        target.appendLong(value.applyAsLong(row));
      }
    };
  }

  /** Numbers between {@code low} and {@code high}, both included, times {@code unit}. */
  static ColumnSource uniform(RandomStream stream, long low, long high, long unit) {
    return (row, lines, target) -> {
      for (int line = 0; line < lines; line++) {
        target.appendLong(stream.draw(low, high) * unit);
      }
      stream.nextRow();
    };
  }

  /** Words drawn from a list. */
  static ColumnSource words(RandomStream stream, WordList list) {
    return (row, lines, target) -> {
      for (int line = 0; line < lines; line++) {
        byte[] word = list.draw(stream);
        target.appendBytes(word, 0, word.length);
      }
      stream.nextRow();
    };
  }

  /** The word of a list that has the row's number. */
  static ColumnSource listed(WordList list) {
    return (row, lines, target) -> {
      byte[] word = list.word((int) row);
      target.appendBytes(word, 0, word.length);
    };
  }
}
