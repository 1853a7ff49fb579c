package dev.tidemill.foundation.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the SQL spelling of a {@link Type}, as {@link Type#toString()} writes it. */
public final class Types {
  private final String text;
  private int at;

  private Types(String text) {
    this.text = text;
  }

  /**
   * The type that {@code sql} spells.
   *
   * @throws IllegalArgumentException if it spells none
   */
  public static Type parse(String sql) {
    Types parser = new Types(sql);
    Type type = parser.type();
    parser.skipSpace();
    if (parser.at != sql.length()) {
      throw new IllegalArgumentException("not a type: " + sql);
    }
    return type;
  }

  private Type type() {
    Type type = primary();
    while (accept("ARRAY")) {
      type = new Type.Array(type);
    }
    return type;
  }

  private Type primary() {
    String word = word();
    return switch (word) {
      case "BOOLEAN" -> Type.BOOLEAN;
      case "TINYINT" -> Type.TINYINT;
      case "SMALLINT" -> Type.SMALLINT;
      case "INTEGER", "INT" -> Type.INTEGER;
      case "BIGINT" -> Type.BIGINT;
      case "REAL" -> Type.REAL;
      case "DOUBLE" -> Type.DOUBLE;
      case "DECIMAL" -> decimal();
      case "VARCHAR" -> new Type.Varchar(argument(Type.Varchar.UNBOUNDED));
      case "VARBINARY" -> Type.VARBINARY;
      case "DATE" -> Type.DATE;
      case "TIME" -> new Type.Time(argument(6));
      case "TIMESTAMP" -> timestamp();
      case "INTERVAL" -> interval();
      case "MAP" -> map();
      case "ROW" -> row();
      case "NULL" -> Type.NULL;
      default -> throw new IllegalArgumentException("not a type: " + text);
    };
  }

  private Type decimal() {
    expect('(');
    int precision = number();
    expect(',');
    int scale = number();
    expect(')');
    return new Type.Decimal(precision, scale);
  }

  private Type timestamp() {
    int precision = argument(6);
    if (accept("WITH")) {
      require("LOCAL");
      require("TIME");
      require("ZONE");
      return new Type.ZonedTimestamp(precision);
    }
    return new Type.Timestamp(precision);
  }

  private Type interval() {
    boolean months = accept("YEAR");
    if (!months) {
      require("DAY");
    }
    require("TO");
    require(months ? "MONTH" : "SECOND");
    return months ? new Type.MonthInterval() : new Type.TimeInterval();
  }

  private Type map() {
    expect('<');
    Type key = type();
    expect(',');
    Type value = type();
    expect('>');
    return new Type.MapType(key, value);
  }

  private Type row() {
    expect('(');
    List<Type.RowField> fields = new ArrayList<>();
    while (!acceptChar(')')) {
      if (!fields.isEmpty()) {
        expect(',');
      }
      fields.add(new Type.RowField(quoted(), type()));
    }
    return new Type.Row(fields);
  }

  private String quoted() {
    expect('"');
    StringBuilder name = new StringBuilder();
    while (true) {
      if (at >= text.length()) {
        throw new IllegalArgumentException("not a type: " + text);
      }
      char c = text.charAt(at++);
      if (c == '"') {
        if (at < text.length() && text.charAt(at) == '"') {
          at++;
        } else {
          return name.toString();
        }
      }
      name.append(c);
    }
  }

  private int argument(int otherwise) {
    if (!acceptChar('(')) {
      return otherwise;
    }
    int value = number();
    expect(')');
    return value;
  }

  private int number() {
    skipSpace();
    int start = at;
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      at++;
    }
    return Integer.parseInt(text.substring(start, at));
  }

  private String word() {
    skipSpace();
    int start = at;
    while (at < text.length() && Character.isLetter(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at).toUpperCase(Locale.ROOT);
  }

  private boolean accept(String expected) {
    int before = at;
    if (word().equals(expected)) {
      return true;
    }
    at = before;
    return false;
  }

  private void require(String expected) {
    if (!accept(expected)) {
      throw new IllegalArgumentException("not a type: " + text);
    }
  }

  private boolean acceptChar(char expected) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == expected) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char expected) {
    if (!acceptChar(expected)) {
      throw new IllegalArgumentException("not a type: " + text);
    }
  }

  private void skipSpace() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }
}
