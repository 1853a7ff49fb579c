package dev.tidemill.shell.format;

import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON: numbers and truth values as such, NaN and infinities as text, all else as its
 * text.
 */
public final class JsonText {
  private JsonText() {}

  /** Appends a value, an object of the class that {@link Type} names. */
  public static void append(Type type, @Nullable Object value, StringBuilder text) {
    if (value == null) {
      text.append("null");
      return;
    }
    switch (type) {
      case Type.Bool t -> text.append(value);
      case Type.Int t -> text.append(value);
      case Type.Decimal t -> ValueFormat.append(type, value, text);
      case Type.Real t -> number(((Float) value).doubleValue(), value, text);
      case Type.DoubleType t -> number((Double) value, value, text);
      case Type.Array t -> {
        String separator = "[";
        for (Object element : (List<?>) value) {
          text.append(separator);
          append(t.element(), element, text);
          separator = ",";
        }
        text.append(separator.equals("[") ? "[]" : "]");
      }
      case Type.MapType t -> {
        String separator = "{";
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          text.append(separator);
          string(ValueFormat.format(t.key(), entry.getKey()), text);
          text.append(':');
          append(t.value(), entry.getValue(), text);
          separator = ",";
        }
        text.append(separator.equals("{") ? "{}" : "}");
      }
      case Type.Row t -> {
        List<?> fields = (List<?>) value;
        for (int i = 0; i < t.fields().size(); i++) {
          text.append(i == 0 ? '{' : ',');
          string(t.fields().get(i).name(), text);
          text.append(':');
          append(t.fields().get(i).type(), fields.get(i), text);
        }
        text.append(t.fields().isEmpty() ? "{}" : "}");
      }
      case Type.Varchar t -> string((String) value, text);
      case Type.Varbinary t -> string(ValueFormat.format(type, value), text);
      case Type.Date t -> string(ValueFormat.format(type, value), text);
      case Type.Time t -> string(ValueFormat.format(type, value), text);
      case Type.Timestamp t -> string(ValueFormat.format(type, value), text);
      case Type.ZonedTimestamp t -> string(ValueFormat.format(type, value), text);
      case Type.MonthInterval t -> string(ValueFormat.format(type, value), text);
      case Type.TimeInterval t -> string(ValueFormat.format(type, value), text);
      case Type.Null t -> text.append("null");
    }
  }

  private static void number(double value, Object original, StringBuilder text) {
    if (Double.isFinite(value)) {
      text.append(original);
    } else {
      string(String.valueOf(original), text);
    }
  }

  /** Appends a string in quotes. */
  public static void string(String value, StringBuilder text) {
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
          if (c < ' ') {
            text.append("\\u00")
                .append(Character.forDigit(c >> 4, 16))
                .append(Character.forDigit(c & 15, 16));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
