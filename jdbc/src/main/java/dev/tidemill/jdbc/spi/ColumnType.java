package dev.tidemill.jdbc.spi;

import java.util.List;

/**
 * An SQL type without its nullability. {@link #sql()} spells it and {@link #parse} reads it back.
 *
 * <table>
 * <caption>The objects that are values</caption>
 * <tr><th>kind</th><th>object</th></tr>
 * <tr><td>BOOLEAN</td><td>Boolean</td></tr>
 * <tr><td>TINYINT, SMALLINT, INTEGER, BIGINT</td><td>Byte, Short, Integer, Long</td></tr>
 * <tr><td>REAL, DOUBLE</td><td>Float, Double</td></tr>
 * <tr><td>DECIMAL</td><td>BigDecimal of the type's scale</td></tr>
 * <tr><td>VARCHAR, VARBINARY</td><td>String, byte[]</td></tr>
 * <tr><td>DATE, TIME, TIMESTAMP</td><td>LocalDate, LocalTime, LocalDateTime</td></tr>
 * <tr><td>ZONED_TIMESTAMP</td><td>Instant</td></tr>
 * <tr><td>MONTH_INTERVAL, TIME_INTERVAL</td><td>Period, Duration</td></tr>
 * <tr><td>ARRAY, MAP, ROW</td><td>List, java.util.Map (in order), List</td></tr>
 * <tr><td>NULL</td><td>null</td></tr>
 * </table>
 *
 * @param precision digits of DECIMAL, most code points of VARCHAR ({@link #UNBOUNDED}: no limit),
 *     digits of the second's fraction of TIME and TIMESTAMP; else 0
 * @param scale digits behind the point of DECIMAL; else 0
 * @param parts type of the elements of ARRAY, of key and value of MAP, of the fields of ROW
 * @param fieldNames of ROW, one for each part
 */
public record ColumnType(
    Kind kind, int precision, int scale, List<ColumnType> parts, List<String> fieldNames) {
  /** Precision of a VARCHAR without a limit. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  /** The family of a type. */
  public enum Kind {
    BOOLEAN,
    TINYINT,
    SMALLINT,
    INTEGER,
    BIGINT,
    REAL,
    DOUBLE,
    DECIMAL,
    VARCHAR,
    VARBINARY,
    DATE,
    TIME,
    TIMESTAMP,
    /** TIMESTAMP WITH LOCAL TIME ZONE: an instant. */
    ZONED_TIMESTAMP,
    MONTH_INTERVAL,
    TIME_INTERVAL,
    ARRAY,
    MAP,
    ROW,
    /** The type of a bare NULL. */
    NULL
  }

  public static final ColumnType VARCHAR =
      new ColumnType(Kind.VARCHAR, UNBOUNDED, 0, List.of(), List.of());

  public ColumnType {
    parts = List.copyOf(parts);
    fieldNames = List.copyOf(fieldNames);
  }

  /** A type that is said by its kind alone. */
  public static ColumnType of(Kind kind) {
    return kind == Kind.VARCHAR ? VARCHAR : new ColumnType(kind, 0, 0, List.of(), List.of());
  }

  /** A type with a precision: VARCHAR, TIME, TIMESTAMP, ZONED_TIMESTAMP. */
  public static ColumnType of(Kind kind, int precision) {
    return new ColumnType(kind, precision, 0, List.of(), List.of());
  }

  /**
   * The type that {@code sql} spells.
   *
   * @throws IllegalArgumentException if it spells none
   */
  public static ColumnType parse(String sql) {
    return new TypeParser(sql).parse();
  }

  /** The SQL spelling. */
  public String sql() {
    return switch (kind) {
      case DECIMAL -> "DECIMAL(" + precision + "," + scale + ")";
      case VARCHAR -> precision == UNBOUNDED ? "VARCHAR" : "VARCHAR(" + precision + ")";
      case TIME -> "TIME(" + precision + ")";
      case TIMESTAMP -> "TIMESTAMP(" + precision + ")";
      case ZONED_TIMESTAMP -> "TIMESTAMP(" + precision + ") WITH LOCAL TIME ZONE";
      case MONTH_INTERVAL -> "INTERVAL YEAR TO MONTH";
      case TIME_INTERVAL -> "INTERVAL DAY TO SECOND";
      case ARRAY -> parts.get(0).sql() + " ARRAY";
      case MAP -> "MAP<" + parts.get(0).sql() + ", " + parts.get(1).sql() + ">";
      case ROW -> row();
      case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, VARBINARY, DATE, NULL ->
          kind.name();
    };
  }

  private String row() {
    StringBuilder text = new StringBuilder("ROW(");
    for (int i = 0; i < parts.size(); i++) {
      text.append(i == 0 ? "\"" : ", \"")
          .append(fieldNames.get(i).replace("\"", "\"\""))
          .append("\" ")
          .append(parts.get(i).sql());
    }
    return text.append(')').toString();
  }

  @Override
  public String toString() {
    return sql();
  }
}
