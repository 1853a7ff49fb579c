package dev.tidemill.storage.json;

import dev.tidemill.storage.files.ByteWindow;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.RecordSource;

/** The objects of a file, one after the other. */
interface JsonRecords extends RecordSource {
  /** So much of a file says what it is. */
  int HEAD_BYTES = 64 << 10;

  /** How the objects of a file stand in it. */
  enum Layout {
    /** An object a line. */
    LINES,
    /** One array of all. */
    ARRAY,
    /** One behind the other, over several lines each. */
    OBJECTS
  }

  /** Where what is behind the object starts. */
  long nextPosition();

  /**
   * Those of a file between two positions.
   *
   * @param growing whether more may be appended, so that there are lines only
   */
  static JsonRecords open(DataFile file, long from, long end, boolean growing) {
    Layout layout = growing ? Layout.LINES : layout(file);
    return layout == Layout.LINES
        ? new JsonLines(file, from, end, growing)
        : new JsonElements(file, from, end, layout == Layout.ARRAY);
  }

  /**
   * What the beginning of a file tells: an array begins with a bracket, and a first line that ends
   * within an object is of one over several lines.
   */
  static Layout layout(DataFile file) {
    try (ByteWindow window = new ByteWindow(file, 0, HEAD_BYTES)) {
      window.more();
      byte[] bytes = window.bytes();
      int at = window.start() + JsonWindow.byteOrderMark(window);
      while (at < window.limit() && JsonText.isSpace(bytes[at])) {
        at++;
      }
      if (at == window.limit()) {
        return Layout.LINES;
      }
      if (bytes[at] == '[') {
        return Layout.ARRAY;
      }
      int first = at;
      int last = at;
      while (at < window.limit() && bytes[at] != '\n') {
        last = JsonText.isSpace(bytes[at]) ? last : at;
        at++;
      }
      boolean isOpen = bytes[last] == '{' || bytes[last] == '[' || bytes[last] == ',';
      return bytes[first] == '{' && isOpen && at < window.limit() ? Layout.OBJECTS : Layout.LINES;
    }
  }
}
