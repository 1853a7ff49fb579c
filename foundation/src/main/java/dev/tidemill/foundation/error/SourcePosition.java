package dev.tidemill.foundation.error;

/**
 * A place in SQL text.
 *
 * @param line counted from 1
 * @param column counted from 1, in UTF-16 units
 */
public record SourcePosition(int line, int column) {
  public SourcePosition {
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException("not a position: " + line + ":" + column);
    }
  }

  /** As it stands in messages: {@code line 1, column 27}. */
  @Override
  public String toString() {
    return "line " + line + ", column " + column;
  }
}
