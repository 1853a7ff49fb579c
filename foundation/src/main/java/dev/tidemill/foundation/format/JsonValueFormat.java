package dev.tidemill.foundation.format;

import dev.tidemill.foundation.type.Type;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON (RFC 8259): numbers and truth values as such, NaN and the infinities as strings;
 * whatever else has no form in JSON is a string as {@link ValueFormat} has it.
 */
public final class JsonValueFormat {
  private JsonValueFormat() {}

  /** Appends a value, an object of the class that {@link Type} names. */
  public static void append(Type type, @Nullable Object value, StringBuilder text) {
    append(type, value, ZoneOffset.UTC, text);
  }

  /** As {@link #append(Type, Object, StringBuilder)}, with instants in {@code zone}. */
  public static void append(Type type, @Nullable Object value, ZoneId zone, StringBuilder text) {
    if (value == null) {
      text.append("null");
      return;
    }
    switch (type) {
      case Type.Bool t -> text.append(value);
      case Type.Int t -> text.append(value);
      case Type.Decimal t -> ValueFormat.append(type, value, text);
      case Type.Real t -> appendFloat(Float.isFinite((Float) value), value, text);
      case Type.DoubleType t -> appendFloat(Double.isFinite((Double) value), value, text);
      case Type.Array t -> appendArray(t, (List<?>) value, zone, text);
      case Type.MapType t -> appendMap(t, (Map<?, ?>) value, zone, text);
      case Type.Row t -> appendRow(t, (List<?>) value, zone, text);
      case Type.Varchar t -> appendString((String) value, text);
      case Type.Varbinary t -> appendString(ValueFormat.format(type, value), text);
      case Type.Date t -> appendString(ValueFormat.format(type, value), text);
      case Type.Time t -> appendString(ValueFormat.format(type, value), text);
      case Type.Timestamp t -> appendString(ValueFormat.format(type, value), text);
      case Type.ZonedTimestamp t -> appendString(ValueFormat.format(type, value, zone), text);
      case Type.MonthInterval t -> appendString(ValueFormat.format(type, value), text);
      case Type.TimeInterval t -> appendString(ValueFormat.format(type, value), text);
      case Type.Null t -> text.append("null");
    }
  }

  private static void appendFloat(boolean finite, Object value, StringBuilder text) {
    if (finite) {
      text.append(value);
    } else {
      text.append('"').append(value).append('"');
    }
  }

  private static void appendArray(
      Type.Array type, List<?> elements, ZoneId zone, StringBuilder text) {
    text.append('[');
    String separator = "";
    for (Object element : elements) {
      text.append(separator);
      append(type.element(), element, zone, text);
      separator = ",";
    }
    text.append(']');
  }

  private static void appendMap(
      Type.MapType type, Map<?, ?> entries, ZoneId zone, StringBuilder text) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      text.append(separator);
      appendString(ValueFormat.format(type.key(), entry.getKey(), zone), text);
      text.append(':');
      append(type.value(), entry.getValue(), zone, text);
      separator = ",";
    }
    text.append('}');
  }

  private static void appendRow(Type.Row type, List<?> values, ZoneId zone, StringBuilder text) {
    text.append('{');
    for (int i = 0; i < values.size(); i++) {
      text.append(i == 0 ? "" : ",");
      appendString(type.fields().get(i).name(), text);
      text.append(':');
      append(type.fields().get(i).type(), values.get(i), zone, text);
    }
    text.append('}');
  }

  /** Appends a string in quotes; quotes, backslashes and control characters escaped, no more. */
  public static void appendString(String value, StringBuilder text) {
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
