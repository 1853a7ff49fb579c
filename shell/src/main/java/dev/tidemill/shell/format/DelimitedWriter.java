package dev.tidemill.shell.format;

import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/** CSV and TSV: rows go out as they come. */
final class DelimitedWriter extends ResultWriter {
  private static final int CHUNK = 1 << 14;

  private final boolean commas;
  private final StringBuilder text = new StringBuilder();

  DelimitedWriter(Appearance appearance, boolean commas) {
    super(appearance);
    this.commas = commas;
  }

  @Override
  void writeHeader() {
    for (int i = 0; i < names.size(); i++) {
      separate(i);
      append(names.get(i));
    }
    text.append('\n');
  }

  @Override
  void writeRow(@Nullable Object[] row) {
    for (int i = 0; i < row.length; i++) {
      separate(i);
      Object value = row[i];
      if (value == null) {
        text.append(commas ? "" : "\\N");
      } else if (isPlain(types.get(i))) {
        ValueFormat.append(types.get(i), value, appearance.timeZone(), text);
      } else {
        append(ValueFormat.format(types.get(i), value, appearance.timeZone()));
      }
    }
    text.append('\n');
    if (text.length() > CHUNK) {
      flushRows();
    }
  }

  /** Whether no text of the type needs quotes or escapes. */
  private static boolean isPlain(Type type) {
    return type instanceof Type.Int
        || type instanceof Type.Decimal
        || type instanceof Type.DoubleType;
  }

  private void separate(int column) {
    if (column > 0) {
      text.append(commas ? ',' : '\t');
    }
  }

  private void append(String value) {
    if (commas) {
      quote(value);
    } else {
      escape(value);
    }
  }

  private void quote(String value) {
    boolean quoted = value.isEmpty();
    for (int i = 0; i < value.length() && !quoted; i++) {
      char c = value.charAt(i);
      quoted = c == ',' || c == '"' || c == '\n' || c == '\r';
    }
    if (quoted) {
      text.append('"').append(value.replace("\"", "\"\"")).append('"');
    } else {
      text.append(value);
    }
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\\' -> text.append("\\\\");
        default -> text.append(c);
      }
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
    flushRows();
  }
}
