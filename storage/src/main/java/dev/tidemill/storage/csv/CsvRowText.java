package dev.tidemill.storage.csv;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.FilesErrors;
import dev.tidemill.storage.files.RowText;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Rows as CSV records. NULL is the null text; a text that would be read as something else is
 * quoted: with a delimiter, quote or line end in it, empty, equal to the null text, or starting
 * with a byte order mark.
 */
final class CsvRowText implements RowText {
  private final CsvOptions options;
  private final char delimiter;
  private final char quote;
  private final String name;
  private final List<Type> types;

  /**
   * @param name of what is written, for messages
   */
  CsvRowText(Schema schema, CsvOptions options, char delimiter, String name) {
    this.options = options;
    this.delimiter = delimiter;
    this.quote = (char) options.quote();
    this.name = name;
    this.types = ArrowTypes.types(schema);
    for (Field field : schema.getFields()) {
      switch (ArrowTypes.type(field)) {
        case Type.Array t -> throw FilesErrors.unsupportedType("CSV", field.getName(), t.sql());
        case Type.MapType t -> throw FilesErrors.unsupportedType("CSV", field.getName(), t.sql());
        case Type.Row t -> throw FilesErrors.unsupportedType("CSV", field.getName(), t.sql());
        default -> {}
      }
    }
  }

  /** Appends the names of the columns, as a record. */
  void appendHeader(Schema schema, StringBuilder text) {
    for (int i = 0; i < schema.getFields().size(); i++) {
      if (i > 0) {
        text.append(delimiter);
      }
      appendText(schema.getFields().get(i).getName(), text);
    }
  }

  @Override
  public void append(Batch rows, int row, StringBuilder text) {
    for (int c = 0; c < types.size(); c++) {
      if (c > 0) {
        text.append(delimiter);
      }
      Column column = rows.column(c);
      if (column.isNull(row)) {
        text.append(options.nullText());
      } else if (types.get(c) instanceof Type.Varchar) {
        appendText((String) column.value(row), text);
      } else {
        appendValue(types.get(c), column.value(row), text);
      }
    }
  }

  private void appendValue(Type type, @Nullable Object value, StringBuilder text) {
    int start = text.length();
    ValueFormat.append(type, value, text);
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) == delimiter || text.charAt(i) == quote) {
        String plain = text.substring(start);
        text.setLength(start);
        appendText(plain, text);
        return;
      }
    }
  }

  private void appendText(@Nullable String value, StringBuilder text) {
    if (value == null) {
      return;
    }
    if (!needsQuotes(value)) {
      text.append(value);
      return;
    }
    if (quote == 0) {
      throw FilesErrors.malformedFile(
          name, "the text '" + value + "' cannot be written without quotes; leave out 'quote'=''");
    }
    text.append(quote);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == quote || c == options.escape()) {
        text.append((char) options.escape());
      }
      text.append(c);
    }
    text.append(quote);
  }

  private boolean needsQuotes(String value) {
    if (value.isEmpty() || value.equals(options.nullText()) || value.charAt(0) == '\uFEFF') {
      return true;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == delimiter || (c == quote && quote != 0) || c == '\n' || c == '\r') {
        return true;
      }
    }
    return false;
  }
}
