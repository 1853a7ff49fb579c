package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.plan.function.ScalarFunction;

/**
 * A text that a matcher may look at only so often: a pattern that tries more ways than there is
 * time for, as (a+)+b does, ends with an error. One after the other; parts of it are copies.
 */
final class BoundedText implements CharSequence {
  private static final long LOOKS = 20_000_000;
  private static final long LOOKS_PER_CHARACTER = 1_000;

  private final ScalarFunction function;
  private char[] characters = new char[64];
  private int length;
  private long left;

  BoundedText(ScalarFunction function) {
    this.function = function;
  }

  /** Characters that it has room for. */
  int capacity() {
    return characters.length;
  }

  /** Becomes the text of a row. */
  void set(BytesColumn column, int row) {
    long address = column.addressAt(row);
    int bytes = column.lengthAt(row);
    if (bytes > characters.length) {
      characters = new char[Math.max(bytes, (int) Math.min(1L << 26, 2L * characters.length))];
    }
    if (CodePoints.isAscii(address, bytes)) {
      for (int i = 0; i < bytes; i++) {
        characters[i] = (char) Memory.getByte(address + i);
      }
      length = bytes;
    } else {
      // There are as many bytes as characters at least.
      String text = column.stringAt(row);
      length = text.length();
      text.getChars(0, length, characters, 0);
    }
    left = LOOKS + length * LOOKS_PER_CHARACTER;
  }

  @Override
  public char charAt(int index) {
    if (--left < 0) {
      throw ExpressionErrors.invalidArgument(
          function,
          "the pattern takes too many steps for the text "
              + ExpressionErrors.quoted(toString())
              + "; a repetition inside a repetition, as in (a+)+, is what costs most");
    }
    return characters[index];
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new String(characters, start, end - start);
  }

  @Override
  public String toString() {
    return new String(characters, 0, length);
  }
}
