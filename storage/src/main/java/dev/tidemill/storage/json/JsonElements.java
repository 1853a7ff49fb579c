package dev.tidemill.storage.json;

import dev.tidemill.storage.files.DataFile;

/**
 * Finds the values of a file that is one array, or has values one behind the other over several
 * lines, from a position between two of them up to another. Where a value ends is told by
 * parentheses and strings alone; what is in it is for the reader to judge. One thread.
 *
 * <pre>
 *   [ {"a": 1}, {"a": [2, "]"]} ]
 *     ^ value   ^ value
 * </pre>
 */
final class JsonElements extends JsonWindow {
  private final long end;
  private final boolean isArray;

  /** Whether the bracket before the values is still to come. */
  private boolean isBefore;

  private boolean isOver;

  JsonElements(DataFile file, long from, long end, boolean isArray) {
    super(file, from);
    this.end = end;
    this.isArray = isArray;
    this.isBefore = isArray && from == 0;
  }

  /** Finds the next value; false behind the last. What a broken array lacks is an empty value. */
  @Override
  public boolean next() {
    window.advance(length);
    length = 0;
    tooLong = false;
    while (true) {
      skipSpace();
      position = window.position();
      if (position >= end || isOver && !hasByte()) {
        return false;
      }
      if (!hasByte()) {
        isOver = true;
        return isArray;
      }
      byte first = window.bytes()[window.start()];
      if (isBefore && first == '[') {
        isBefore = false;
        window.advance(1);
      } else if (isArray && !isOver && first == ',') {
        window.advance(1);
      } else if (isArray && !isOver && first == ']') {
        isOver = true;
        window.advance(1);
      } else {
        find();
        return true;
      }
    }
  }

  private boolean hasByte() {
    return window.start() < window.limit() || window.more();
  }

  private void skipSpace() {
    while (hasByte() && JsonText.isSpace(window.bytes()[window.start()])) {
      window.advance(1);
    }
  }

  /** Finds where the value ends that starts at the window's start. */
  private void find() {
    int depth = 0;
    boolean inString = false;
    int at = 0;
    while (true) {
      byte[] bytes = window.bytes();
      int start = window.start();
      int limit = window.limit() - start;
      while (at < limit) {
        byte b = bytes[start + at];
        if (inString) {
          if (b == '\\') {
            at++;
          } else if (b == '"') {
            inString = false;
          }
        } else if (b == '"') {
          inString = true;
        } else if (b == '{' || b == '[') {
          depth++;
        } else if (depth > 0 && (b == '}' || b == ']')) {
          depth--;
          if (depth == 0) {
            length = at + 1;
            return;
          }
        } else if (depth == 0 && at > 0 && (b == ',' || b == ']' || b == '{' || b == '[')) {
          length = at;
          return;
        }
        at++;
      }
      if (!window.more()) {
        length = window.limit() - window.start();
        tooLong = window.full();
        return;
      }
    }
  }

  @Override
  public long nextPosition() {
    return position + length;
  }
}
