package dev.tidemill.storage.json;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.files.FileWriter;
import dev.tidemill.storage.files.TextOutput;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes an object a line, each with all keys, in the order of the columns. Numbers and truth
 * values are JSON's, but for NaN and the infinities, which are strings; whatever else is a string
 * as {@link ValueFormat} has it.
 */
final class JsonWriter implements FileWriter {
  private final TextOutput output;
  private final List<Type> types;
  private final String[] keys;

  JsonWriter(FileOutput output, Schema schema) {
    this.output = new TextOutput(output);
    this.types = ArrowTypes.types(schema);
    this.keys = new String[types.size()];
    for (int i = 0; i < keys.length; i++) {
      Field field = schema.getFields().get(i);
      StringBuilder key = new StringBuilder(i == 0 ? "{" : ",");
      appendString(field.getName(), key);
      keys[i] = key.append(':').toString();
    }
  }

  @Override
  public void write(Batch rows) {
    for (int i = 0; i < rows.rowCount(); i++) {
      writeRow(rows, rows.row(i));
    }
  }

  private void writeRow(Batch rows, int row) {
    StringBuilder text = output.text();
    for (int c = 0; c < keys.length; c++) {
      Column column = rows.column(c);
      text.append(keys[c]);
      appendValue(types.get(c), column.value(row), text);
    }
    text.append(keys.length == 0 ? "{}\n" : "}\n");
    output.endRow();
  }

  private static void appendValue(Type type, @Nullable Object value, StringBuilder text) {
    if (value == null) {
      text.append("null");
      return;
    }
    switch (type) {
      case Type.Bool t -> text.append(value);
      case Type.Int t -> text.append(value);
      case Type.Decimal t -> ValueFormat.append(type, value, text);
      case Type.Real t ->
          appendFloat(((Float) value).isNaN() || ((Float) value).isInfinite(), value, text);
      case Type.DoubleType t ->
          appendFloat(((Double) value).isNaN() || ((Double) value).isInfinite(), value, text);
      case Type.Array t -> {
        text.append('[');
        String separator = "";
        for (Object element : (List<?>) value) {
          text.append(separator);
          appendValue(t.element(), element, text);
          separator = ",";
        }
        text.append(']');
      }
      case Type.MapType t -> {
        text.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          text.append(separator);
          appendString(ValueFormat.format(t.key(), entry.getKey()), text);
          text.append(':');
          appendValue(t.value(), entry.getValue(), text);
          separator = ",";
        }
        text.append('}');
      }
      case Type.Row t -> {
        List<?> values = (List<?>) value;
        for (int i = 0; i < values.size(); i++) {
          text.append(i == 0 ? '{' : ',');
          appendString(t.fields().get(i).name(), text);
          text.append(':');
          appendValue(t.fields().get(i).type(), values.get(i), text);
        }
        text.append(values.isEmpty() ? "{}" : "}");
      }
      case Type.Varchar t -> appendString((String) value, text);
      default -> appendString(ValueFormat.format(type, value), text);
    }
  }

  private static void appendFloat(boolean special, Object value, StringBuilder text) {
    if (special) {
      text.append('"').append(value).append('"');
    } else {
      text.append(value);
    }
  }

  private static void appendString(String value, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < 0x20) {
            text.append("\\u00")
                .append(c < 0x10 ? "0" : "1")
                .append(Character.forDigit(c & 15, 16));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  @Override
  public void finish() {
    output.flush();
  }

  @Override
  public void close() {}
}
