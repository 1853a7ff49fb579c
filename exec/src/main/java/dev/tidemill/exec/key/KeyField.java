package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Column;
import java.util.List;

/**
 * One column's part of a packed key: a code for each value, 0 for NULL, in so many bits, 64 where
 * it has a word of its own. When a value comes that has no code or needs more bits, {@link
 * #isOutgrown} says so until {@link #resize}.
 *
 * <p>One thread at a time, {@code take resize? append} per batch; any number may {@link #find} once
 * no more values come.
 */
abstract sealed class KeyField permits NumberField, TextField {
  private int bits;

  /** Of the batch that was taken. */
  long[] values = new long[0];

  final int bits() {
    return bits;
  }

  /** Whether the codes of what was taken need other bits. */
  abstract boolean isOutgrown();

  /** Whether NULL has a code; else none came, and no group has it. */
  boolean knowsNull() {
    return true;
  }

  /** The fewest bits for all that was taken so far. */
  abstract int neededBits();

  /**
   * Gives the codes other bits, no fewer than needed.
   *
   * @return what is to be added to each code but 0 that was given before
   */
  final long resize(int count) {
    bits = count;
    return move();
  }

  /** Puts back what {@link #resize} changes as it is now. */
  Runnable undo() {
    int now = bits;
    return () -> bits = now;
  }

  /** Makes use of other {@link #bits}; says what {@link #resize} says. */
  abstract long move();

  /** Makes room for so many values. */
  final void reserve(int count) {
    if (values.length < count) {
      values = new long[count];
    }
  }

  /**
   * Reads the values of a batch.
   *
   * @return false if they cannot be given codes
   */
  abstract boolean take(Column column, int[] rows, int count);

  /**
   * Reads the values that have these codes in the field of another table, which takes no more.
   *
   * @param expected about so many groups will come, 0 where it is not known
   * @return false if they cannot be given codes
   */
  abstract boolean take(KeyField other, long[] codes, int count, int expected);

  /** Sets the hashes of the values of codes, the same whatever code a value has. */
  abstract void hash(long[] codes, int count, long[] hashes);

  /** No value comes or is sought any more. */
  void freeze() {}

  /**
   * As {@link #append(Column, int[], int, long[])}, of what was taken by codes of another field.
   *
   * @param hasNulls whether the code 0 there is NULL
   */
  abstract void append(long[] codes, boolean hasNulls, int count, long[] words);

  /** Shifts each word by {@link #bits} and puts the code of the value taken there. */
  abstract void append(Column column, int[] rows, int count, long[] words);

  /**
   * As {@link #append}, for values that were not taken; a word becomes -1 if one has no code,
   * unless the word is this field's alone.
   */
  abstract void find(Column column, int[] rows, int count, long[] words, GroupTable.Lookup lookup);

  /** The column of some codes, the caller's to close. */
  abstract Column column(long[] codes, int count);

  /** Forgets everything. */
  abstract void close();

  /** Bits for codes up to {@code code}. */
  static int bitsFor(long code) {
    return 64 - Long.numberOfLeadingZeros(code);
  }

  /** As a key of one column. */
  static List<Column> only(Column column) {
    return List.of(column);
  }
}
