package dev.tidemill.foundation.type;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/**
 * An SQL type without its nullability. Closed: a switch over it needs no default.
 *
 * <table>
 * <caption>What a value is in a column and as a Java object</caption>
 * <tr><th>type</th><th>in a column</th><th>as an object ({@code Column.value})</th></tr>
 * <tr><td>Bool</td><td>one bit</td><td>Boolean</td></tr>
 * <tr><td>Int(8|16|32|64)</td><td>1, 2, 4, 8 bytes</td><td>Byte, Short, Integer, Long</td></tr>
 * <tr><td>Real, DoubleType</td><td>4, 8 bytes</td><td>Float, Double</td></tr>
 * <tr><td>Decimal</td><td>unscaled, 8 bytes while the values allow it, else 16 (two's complement, little end
 * first)</td>
 *   <td>BigDecimal of the type's scale</td></tr>
 * <tr><td>Varchar, Varbinary</td><td>16-byte views (Arrow Utf8View, BinaryView)</td><td>String, byte[]</td></tr>
 * <tr><td>Date</td><td>days since 1970-01-01, 4 bytes</td><td>LocalDate</td></tr>
 * <tr><td>Time(p)</td><td>since midnight, 8 bytes: microseconds for p &lt;= 6, else
 * nanoseconds</td><td>LocalTime</td></tr>
 * <tr><td>Timestamp(p)</td><td>since the epoch in {@link TimeUnits#unit(int)} of p, 8
 * bytes</td><td>LocalDateTime</td></tr>
 * <tr><td>ZonedTimestamp(p)</td><td>the same, UTC</td><td>Instant</td></tr>
 * <tr><td>MonthInterval</td><td>months, 4 bytes</td><td>Period</td></tr>
 * <tr><td>TimeInterval</td><td>microseconds, 8 bytes</td><td>Duration</td></tr>
 * <tr><td>Array, MapType, Row</td><td>Arrow List, Map, Struct</td><td>List, java.util.Map (insertion order),
 * List</td></tr>
 * <tr><td>Null</td><td>1 byte, all NULL</td><td>null</td></tr>
 * </table>
 *
 * <p>{@link #toString()} is the SQL spelling and {@link Types#parse} reads it back; JSON uses it.
 */
public sealed interface Type {
  /** Digits of the widest DECIMAL. */
  int MAX_DECIMAL_PRECISION = 38;

  /** Widest DECIMAL whose every value fits 8 bytes. */
  int MAX_SHORT_DECIMAL_PRECISION = 18;

  Type BOOLEAN = new Bool();
  Type TINYINT = new Int(8);
  Type SMALLINT = new Int(16);
  Type INTEGER = new Int(32);
  Type BIGINT = new Int(64);
  Type REAL = new Real();
  Type DOUBLE = new DoubleType();
  Type VARCHAR = new Varchar(Varchar.UNBOUNDED);
  Type VARBINARY = new Varbinary();
  Type DATE = new Date();
  Type TIMESTAMP = new Timestamp(6);
  Type NULL = new Null();

  record Bool() implements Type {
    @Override
    public String toString() {
      return "BOOLEAN";
    }
  }

  /** A signed integer of 8, 16, 32 or 64 bits. */
  record Int(int bits) implements Type {
    public Int {
      if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
        throw new IllegalArgumentException("bits: " + bits);
      }
    }

    @Override
    public String toString() {
      return switch (bits) {
        case 8 -> "TINYINT";
        case 16 -> "SMALLINT";
        case 32 -> "INTEGER";
        default -> "BIGINT";
      };
    }
  }

  record Real() implements Type {
    @Override
    public String toString() {
      return "REAL";
    }
  }

  record DoubleType() implements Type {
    @Override
    public String toString() {
      return "DOUBLE";
    }
  }

  /**
   * Exact numbers of at most {@code precision} digits, {@code scale} of them behind the point (0 to
   * precision).
   */
  record Decimal(int precision, int scale) implements Type {
    public Decimal {
      if (precision < 1 || precision > MAX_DECIMAL_PRECISION || scale < 0 || scale > precision) {
        throw new IllegalArgumentException("DECIMAL(" + precision + "," + scale + ")");
      }
    }

    @Override
    public String toString() {
      return "DECIMAL(" + precision + "," + scale + ")";
    }
  }

  /**
   * Text, UTF-8. CHAR(n) is read as VARCHAR(n): no padding. {@code maxLength} counts code points.
   */
  record Varchar(int maxLength) implements Type {
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    public Varchar {
      if (maxLength < 0) {
        throw new IllegalArgumentException("VARCHAR(" + maxLength + ")");
      }
    }

    @Override
    public String toString() {
      return maxLength == UNBOUNDED ? "VARCHAR" : "VARCHAR(" + maxLength + ")";
    }
  }

  record Varbinary() implements Type {
    @Override
    public String toString() {
      return "VARBINARY";
    }
  }

  record Date() implements Type {
    @Override
    public String toString() {
      return "DATE";
    }
  }

  record Time(int precision) implements Type {
    public Time {
      TimeUnits.checkPrecision(precision);
    }

    @Override
    public String toString() {
      return "TIME(" + precision + ")";
    }
  }

  /** A date and time of day without a zone. */
  record Timestamp(int precision) implements Type {
    public Timestamp {
      TimeUnits.checkPrecision(precision);
    }

    @Override
    public String toString() {
      return "TIMESTAMP(" + precision + ")";
    }
  }

  /** TIMESTAMP WITH LOCAL TIME ZONE: an instant. */
  record ZonedTimestamp(int precision) implements Type {
    public ZonedTimestamp {
      TimeUnits.checkPrecision(precision);
    }

    @Override
    public String toString() {
      return "TIMESTAMP(" + precision + ") WITH LOCAL TIME ZONE";
    }
  }

  /** INTERVAL YEAR TO MONTH, whatever fields it was declared with. */
  record MonthInterval() implements Type {
    @Override
    public String toString() {
      return "INTERVAL YEAR TO MONTH";
    }
  }

  /** INTERVAL DAY TO SECOND, whatever fields it was declared with: a day is 24 hours. */
  record TimeInterval() implements Type {
    @Override
    public String toString() {
      return "INTERVAL DAY TO SECOND";
    }
  }

  record Array(Type element) implements Type {
    @Override
    public String toString() {
      return element + " ARRAY";
    }
  }

  /** Keys are never NULL; values may be. */
  record MapType(Type key, Type value) implements Type {
    /** What the elements of its column are. */
    public Row entries() {
      return new Row(List.of(new RowField("key", key), new RowField("value", value)));
    }

    @Override
    public String toString() {
      return "MAP<" + key + ", " + value + ">";
    }
  }

  record Row(List<RowField> fields) implements Type {
    public Row {
      fields = List.copyOf(fields);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("ROW(");
      for (RowField field : fields) {
        if (text.length() > 4) {
          text.append(", ");
        }
        text.append(field);
      }
      return text.append(')').toString();
    }
  }

  /** The type of a bare NULL. */
  record Null() implements Type {
    @Override
    public String toString() {
      return "NULL";
    }
  }

  /** A field of a {@link Row}; always nullable. */
  record RowField(String name, Type type) {
    @Override
    public String toString() {
      return '"' + name.replace("\"", "\"\"") + "\" " + type;
    }
  }

  @JsonValue
  default String sql() {
    return toString();
  }

  @JsonCreator
  static Type of(String sql) {
    return Types.parse(sql);
  }
}
