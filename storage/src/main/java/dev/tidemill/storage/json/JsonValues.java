package dev.tidemill.storage.json;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.format.ValueParser;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.ColumnNames;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Column values of well-formed JSON values. Numbers are exact: what stands there is what is read,
 * rounded only where a DECIMAL has fewer digits behind the point. A string is read as CAST from
 * VARCHAR would; any value fits VARCHAR, as its JSON text where it is not a string. One thread.
 */
final class JsonValues {
  private final JsonText json;
  private final ValueParser parser = new ValueParser();
  private final Map<Type.Row, List<String>> fieldNames = new IdentityHashMap<>();
  private String problem = "";

  JsonValues(JsonText json) {
    this.json = json;
  }

  String problem() {
    return problem;
  }

  private boolean fail(String what) {
    problem = what;
    return false;
  }

  /**
   * Whether the value from {@code from} to {@code to} fits {@code type}; if it does, it is appended
   * to {@code builder}, where there is one. Otherwise nothing is appended and there is a {@link
   * #problem}.
   */
  boolean append(Type type, int from, int to, @Nullable ColumnBuilder builder) {
    return switch (type) {
      case Type.Array t ->
          array(t, from, to, null) && (builder == null || array(t, from, to, builder));
      case Type.MapType t ->
          map(t, from, to, null) && (builder == null || map(t, from, to, builder));
      case Type.Row t -> row(t, from, to, null) && (builder == null || row(t, from, to, builder));
      default -> scalar(type, from, to, builder);
    };
  }

  boolean isNull(int from) {
    return json.byteAt(from) == 'n';
  }

  private boolean scalar(Type type, int from, int to, @Nullable ColumnBuilder builder) {
    byte first = json.byteAt(from);
    boolean good;
    if (first == '"') {
      if (json.hasEscapes(from, to)) {
        if (!json.decode(from, to)) {
          return fail("an escape is half of a character (a lone surrogate)");
        }
        good = parser.parse(type, json.decoded(), 0, json.decodedLength());
      } else {
        good = parser.parse(type, json.bytes(), from + 1, to - from - 2);
      }
    } else if (type instanceof Type.Varchar) {
      good = parser.parse(type, json.bytes(), from, to - from);
    } else if (first == '{' || first == '[') {
      return fail("%s is not a value of type %s".formatted(shown(from, to), type.sql()));
    } else if ((first == 't' || first == 'f') != type instanceof Type.Bool || isDateOrTime(type)) {
      return fail("%s is not a value of type %s".formatted(shown(from, to), type.sql()));
    } else if (type instanceof Type.Int && !isInteger(from, to)) {
      return integer(type, from, to, builder);
    } else {
      good = parser.parse(type, json.bytes(), from, to - from);
    }
    if (!good) {
      return fail(parser.problem());
    }
    if (builder != null) {
      parser.appendTo(builder);
    }
    return true;
  }

  private static boolean isDateOrTime(Type type) {
    return !(type instanceof Type.Bool
        || type instanceof Type.Int
        || type instanceof Type.Real
        || type instanceof Type.DoubleType
        || type instanceof Type.Decimal);
  }

  private boolean isInteger(int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = json.byteAt(i);
      if (b != '-' && (b < '0' || b > '9')) {
        return false;
      }
    }
    return true;
  }

  /** A whole number written with a point or an exponent: {@code 1.0}, {@code 2e3}. */
  private boolean integer(Type type, int from, int to, @Nullable ColumnBuilder builder) {
    String text = new String(json.bytes(), from, to - from, StandardCharsets.ISO_8859_1);
    String digits;
    try {
      BigDecimal value = new BigDecimal(text);
      boolean huge = value.signum() != 0 && value.precision() - (long) value.scale() > 30;
      BigInteger whole = huge ? BigInteger.TEN.pow(30) : value.toBigIntegerExact();
      digits = whole.toString();
    } catch (ArithmeticException | NumberFormatException e) {
      return fail("%s is not a whole number, which %s holds".formatted(text, type.sql()));
    }
    if (!parser.parse(type, digits)) {
      return fail("%s is out of range for %s".formatted(text, type.sql()));
    }
    if (builder != null) {
      parser.appendTo(builder);
    }
    return true;
  }

  private boolean nested(Type type, int from, int to, @Nullable ColumnBuilder builder) {
    if (isNull(from)) {
      if (builder != null) {
        builder.appendNull();
      }
      return true;
    }
    return switch (type) {
      case Type.Array t -> array(t, from, to, builder);
      case Type.MapType t -> map(t, from, to, builder);
      case Type.Row t -> row(t, from, to, builder);
      default -> scalar(type, from, to, builder);
    };
  }

  private boolean array(Type.Array type, int from, int to, @Nullable ColumnBuilder builder) {
    if (json.byteAt(from) != '[') {
      return fail(
          "%s is not an array, which %s is read from".formatted(shown(from, to), type.sql()));
    }
    int at = json.skipSpace(from + 1);
    while (json.byteAt(at) != ']') {
      int behind = json.skipValue(at);
      if (!nested(type.element(), at, behind, builder == null ? null : builder.child(0))) {
        return false;
      }
      at = json.skipSpace(behind);
      at = json.byteAt(at) == ',' ? json.skipSpace(at + 1) : at;
    }
    if (builder != null) {
      builder.endNested();
    }
    return true;
  }

  private boolean map(Type.MapType type, int from, int to, @Nullable ColumnBuilder builder) {
    if (json.byteAt(from) != '{') {
      return fail(
          "%s is not an object, which %s is read from".formatted(shown(from, to), type.sql()));
    }
    int at = json.skipSpace(from + 1);
    while (json.byteAt(at) != '}') {
      int keyEnd = json.skipString(at);
      int value = json.skipSpace(json.expect(keyEnd, ':'));
      int behind = json.skipValue(value);
      if (!scalar(type.key(), at, keyEnd, builder == null ? null : builder.child(0))
          || !nested(type.value(), value, behind, builder == null ? null : builder.child(1))) {
        return false;
      }
      at = json.skipSpace(behind);
      at = json.byteAt(at) == ',' ? json.skipSpace(at + 1) : at;
    }
    if (builder != null) {
      builder.endNested();
    }
    return true;
  }

  private boolean row(Type.Row type, int from, int to, @Nullable ColumnBuilder builder) {
    if (json.byteAt(from) != '{') {
      return fail(
          "%s is not an object, which %s is read from".formatted(shown(from, to), type.sql()));
    }
    List<String> names =
        fieldNames.computeIfAbsent(
            type, row -> row.fields().stream().map(Type.RowField::name).toList());
    int[] starts = new int[names.size()];
    int[] ends = new int[names.size()];
    int at = json.skipSpace(from + 1);
    while (json.byteAt(at) != '}') {
      int keyEnd = json.skipString(at);
      int value = json.skipSpace(json.expect(keyEnd, ':'));
      int behind = json.skipValue(value);
      int field = ColumnNames.indexOf(names, json.string(at, keyEnd));
      if (field >= 0) {
        starts[field] = value;
        ends[field] = behind;
      }
      at = json.skipSpace(behind);
      at = json.byteAt(at) == ',' ? json.skipSpace(at + 1) : at;
    }
    for (int i = 0; i < starts.length; i++) {
      ColumnBuilder child = builder == null ? null : builder.child(i);
      if (ends[i] == 0) {
        if (child != null) {
          child.appendNull();
        }
      } else if (!nested(type.fields().get(i).type(), starts[i], ends[i], child)) {
        return fail("field " + names.get(i) + ": " + problem);
      }
    }
    if (builder != null) {
      builder.endNested();
    }
    return true;
  }

  private String shown(int from, int to) {
    int stop = Math.min(to, from + 60);
    return new String(json.bytes(), from, stop - from, StandardCharsets.UTF_8)
        + (stop < to ? "…" : "");
  }
}
