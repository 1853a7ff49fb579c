package dev.tidemill.shell.format;

import dev.tidemill.foundation.format.JsonValueFormat;
import org.jspecify.annotations.Nullable;

/** JSON and JSON lines: rows go out as they come. */
final class JsonWriter extends ResultWriter {
  private static final int CHUNK = 1 << 14;

  private final boolean array;
  private final StringBuilder text = new StringBuilder();
  private boolean hasRows;

  JsonWriter(Appearance appearance, boolean array) {
    super(appearance);
    this.array = array;
  }

  @Override
  void writeHeader() {
    text.append(array ? "[" : "");
  }

  @Override
  void writeRow(@Nullable Object[] row) {
    if (array) {
      text.append(hasRows ? ",\n " : "\n ");
    }
    hasRows = true;
    text.append('{');
    for (int i = 0; i < row.length; i++) {
      if (i > 0) {
        text.append(',');
      }
      JsonValueFormat.appendString(names.get(i), text);
      text.append(':');
      JsonValueFormat.append(types.get(i), row[i], appearance.timeZone(), text);
    }
    text.append(array ? "}" : "}\n");
    if (text.length() > CHUNK) {
      flushRows();
    }
  }

  @Override
  void flushRows() {
    out.append(text);
    text.setLength(0);
    out.flush();
  }

  @Override
  void writeEnd() {
    if (array) {
      text.append(hasRows ? "\n]\n" : "]\n");
    }
    flushRows();
  }
}
