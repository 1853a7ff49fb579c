package dev.tidemill.jdbc.spi;

import dev.tidemill.jdbc.spi.ColumnType.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads {@link ColumnType#sql()} back. */
final class TypeParser {
  private static final int DEFAULT_TIME_PRECISION = 6;

  private final String text;
  private int at;

  TypeParser(String text) {
    this.text = text;
  }

  ColumnType parse() {
    ColumnType type = type();
    skipSpace();
    if (at != text.length()) {
      throw notAType();
    }
    return type;
  }

  private ColumnType type() {
    ColumnType type = primary();
    while (acceptWord("ARRAY")) {
      type = new ColumnType(Kind.ARRAY, 0, 0, List.of(type), List.of());
    }
    return type;
  }

  private ColumnType primary() {
    String word = word();
    return switch (word) {
      case "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "REAL",
          "DOUBLE",
          "VARBINARY",
          "DATE",
          "NULL" ->
          ColumnType.of(Kind.valueOf(word));
      case "DECIMAL" -> decimal();
      case "VARCHAR" -> ColumnType.of(Kind.VARCHAR, argument(ColumnType.UNBOUNDED));
      case "TIME" -> ColumnType.of(Kind.TIME, argument(DEFAULT_TIME_PRECISION));
      case "TIMESTAMP" -> timestamp();
      case "INTERVAL" -> interval();
      case "MAP" -> map();
      case "ROW" -> row();
      default -> throw notAType();
    };
  }

  private ColumnType decimal() {
    expect('(');
    int precision = number();
    expect(',');
    int scale = number();
    expect(')');
    return new ColumnType(Kind.DECIMAL, precision, scale, List.of(), List.of());
  }

  private ColumnType timestamp() {
    int precision = argument(DEFAULT_TIME_PRECISION);
    if (acceptWord("WITH")) {
      expectWords("LOCAL", "TIME", "ZONE");
      return ColumnType.of(Kind.ZONED_TIMESTAMP, precision);
    }
    return ColumnType.of(Kind.TIMESTAMP, precision);
  }

  private ColumnType interval() {
    if (acceptWord("YEAR")) {
      expectWords("TO", "MONTH");
      return ColumnType.of(Kind.MONTH_INTERVAL);
    }
    expectWords("DAY", "TO", "SECOND");
    return ColumnType.of(Kind.TIME_INTERVAL);
  }

  private ColumnType map() {
    expect('<');
    ColumnType key = type();
    expect(',');
    ColumnType value = type();
    expect('>');
    return new ColumnType(Kind.MAP, 0, 0, List.of(key, value), List.of());
  }

  private ColumnType row() {
    expect('(');
    List<ColumnType> types = new ArrayList<>();
    List<String> names = new ArrayList<>();
    while (!accept(')')) {
      if (!types.isEmpty()) {
        expect(',');
      }
      names.add(quoted());
      types.add(type());
    }
    return new ColumnType(Kind.ROW, 0, 0, types, names);
  }

  private String quoted() {
    expect('"');
    StringBuilder name = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"' && (at == text.length() || text.charAt(at) != '"')) {
        return name.toString();
      }
      if (c == '"') {
        at++;
      }
      name.append(c);
    }
    throw notAType();
  }

  private int argument(int otherwise) {
    if (!accept('(')) {
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
    if (start == at) {
      throw notAType();
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

  private boolean acceptWord(String expected) {
    int before = at;
    if (word().equals(expected)) {
      return true;
    }
    at = before;
    return false;
  }

  private void expectWords(String... expected) {
    for (String word : expected) {
      if (!acceptWord(word)) {
        throw notAType();
      }
    }
  }

  private boolean accept(char expected) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == expected) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char expected) {
    if (!accept(expected)) {
      throw notAType();
    }
  }

  private void skipSpace() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private IllegalArgumentException notAType() {
    return new IllegalArgumentException("not a type: " + text);
  }
}
