package dev.tidemill.foundation.format;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text of a value, as CAST to VARCHAR gives it. {@link ValueParser} reads it back, but for what
 * is nested.
 *
 * <table>
 * <caption>Texts</caption>
 * <tr><th>type</th><th>text</th></tr>
 * <tr><td>BOOLEAN</td><td>{@code true}, {@code false}</td></tr>
 * <tr><td>integers</td><td>{@code -42}</td></tr>
 * <tr><td>REAL, DOUBLE</td><td>the fewest digits that read back the same: {@code 1.5}, {@code 1.0E10}, {@code NaN},
 *     {@code Infinity}; always with a point, an exponent from 1.0E7 on and below 0.001</td></tr>
 * <tr><td>DECIMAL</td><td>all digits of the scale, never an exponent: {@code 1.50}</td></tr>
 * <tr><td>VARCHAR</td><td>itself</td></tr>
 * <tr><td>VARBINARY</td><td>{@code \xDEAD}</td></tr>
 * <tr><td>DATE</td><td>{@code 2024-01-31}</td></tr>
 * <tr><td>TIME(p), TIMESTAMP(p)</td><td>{@code 10:00:00.123}, {@code 2024-01-31 10:00:00.123}: p digits of the
 *     second's fraction</td></tr>
 * <tr><td>TIMESTAMP(p) WITH LOCAL TIME ZONE</td><td>the same in UTC, with a {@code Z} behind it, or in another zone
 *     with its offset there and then: {@code 2024-01-31 10:00:00.123+01:00}</td></tr>
 * <tr><td>INTERVAL YEAR TO MONTH</td><td>{@code 1-2}, {@code -0-3}</td></tr>
 * <tr><td>INTERVAL DAY TO SECOND</td><td>{@code 1 02:03:04.500000}, {@code -0 00:00:01.000000}</td></tr>
 * <tr><td>ARRAY, MAP, ROW</td><td>{@code [1, NULL]}, {@code {k=1, l=NULL}}, {@code {a: 1, b: x}}</td></tr>
 * </table>
 *
 * <p>NULL is {@code NULL} inside an ARRAY, MAP or ROW; at the top the caller decides.
 */
public final class ValueFormat {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private ValueFormat() {}

  /** The text of a value, an object of the class that {@link Type} names; {@code NULL} for null. */
  public static String format(Type type, @Nullable Object value) {
    return format(type, value, ZoneOffset.UTC);
  }

  /** As {@link #format(Type, Object)}, with instants as the clocks of {@code zone} show them. */
  public static String format(Type type, @Nullable Object value, ZoneId zone) {
    StringBuilder text = new StringBuilder();
    append(type, value, zone, text);
    return text.toString();
  }

  /** The text of a row of a column; {@code NULL} for NULL. */
  public static String format(Column column, int row) {
    return format(column.type(), column.value(row));
  }

  /** Appends the text of a value; {@code NULL} for null. */
  public static void append(Type type, @Nullable Object value, StringBuilder text) {
    append(type, value, ZoneOffset.UTC, text);
  }

  /** Appends the text of a value, instants in {@code zone}; {@code NULL} for null. */
  public static void append(Type type, @Nullable Object value, ZoneId zone, StringBuilder text) {
    if (value == null) {
      text.append("NULL");
      return;
    }
    switch (type) {
      case Type.Bool t -> text.append(value);
      case Type.Int t -> text.append(value);
      case Type.Real t -> text.append(value);
      case Type.DoubleType t -> text.append(value);
      case Type.Varchar t -> text.append(value);
      case Type.Null t -> text.append(value);
      case Type.Decimal t -> text.append(((BigDecimal) value).toPlainString());
      case Type.Varbinary t -> text.append("\\x").append(HEX.formatHex((byte[]) value));
      case Type.Date t -> date((LocalDate) value, text);
      case Type.Time t -> time((LocalTime) value, t.precision(), text);
      case Type.Timestamp t -> timestamp((LocalDateTime) value, t.precision(), text);
      case Type.ZonedTimestamp t -> instant((Instant) value, t.precision(), zone, text);
      case Type.MonthInterval t -> months(((Period) value).toTotalMonths(), text);
      case Type.TimeInterval t -> micros(TimeUnits.micros((Duration) value), text);
      case Type.Array t -> array(t, (List<?>) value, zone, text);
      case Type.MapType t -> map(t, (Map<?, ?>) value, zone, text);
      case Type.Row t -> row(t, (List<?>) value, zone, text);
    }
  }

  private static void array(Type.Array type, List<?> values, ZoneId zone, StringBuilder text) {
    text.append('[');
    String separator = "";
    for (Object value : values) {
      text.append(separator);
      append(type.element(), value, zone, text);
      separator = ", ";
    }
    text.append(']');
  }

  private static void map(Type.MapType type, Map<?, ?> values, ZoneId zone, StringBuilder text) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      text.append(separator);
      append(type.key(), entry.getKey(), zone, text);
      text.append('=');
      append(type.value(), entry.getValue(), zone, text);
      separator = ", ";
    }
    text.append('}');
  }

  private static void row(Type.Row type, List<?> values, ZoneId zone, StringBuilder text) {
    text.append('{');
    for (int i = 0; i < type.fields().size(); i++) {
      Type.RowField field = type.fields().get(i);
      text.append(i == 0 ? "" : ", ").append(field.name()).append(": ");
      append(field.type(), values.get(i), zone, text);
    }
    text.append('}');
  }

  /** Days since 1970-01-01 as a date. */
  public static void appendDate(long epochDay, StringBuilder text) {
    date(LocalDate.ofEpochDay(epochDay), text);
  }

  /** A TIMESTAMP's number in its unit. */
  public static void appendTimestamp(long value, int precision, StringBuilder text) {
    long perSecond = TimeUnits.perSecond(precision);
    int nano = (int) (Math.floorMod(value, perSecond) * (1_000_000_000L / perSecond));
    timestamp(
        LocalDateTime.ofEpochSecond(Math.floorDiv(value, perSecond), nano, ZoneOffset.UTC),
        precision,
        text);
  }

  private static void date(LocalDate date, StringBuilder text) {
    int year = date.getYear();
    if (year < 0) {
      text.append('-');
      year = -year;
    }
    digits(year, 4, text);
    text.append('-');
    digits(date.getMonthValue(), 2, text);
    text.append('-');
    digits(date.getDayOfMonth(), 2, text);
  }

  private static void time(LocalTime time, int precision, StringBuilder text) {
    digits(time.getHour(), 2, text);
    text.append(':');
    digits(time.getMinute(), 2, text);
    text.append(':');
    digits(time.getSecond(), 2, text);
    if (precision > 0) {
      int fraction = time.getNano();
      for (int i = precision; i < 9; i++) {
        fraction /= 10;
      }
      text.append('.');
      digits(fraction, precision, text);
    }
  }

  private static void timestamp(LocalDateTime value, int precision, StringBuilder text) {
    date(value.toLocalDate(), text);
    text.append(' ');
    time(value.toLocalTime(), precision, text);
  }

  private static void instant(Instant value, int precision, ZoneId zone, StringBuilder text) {
    ZonedDateTime time = value.atZone(zone);
    timestamp(time.toLocalDateTime(), precision, text);
    text.append(TimeZones.isUtc(zone) ? "Z" : TimeZones.offsetText(time.getOffset()));
  }

  private static void months(long months, StringBuilder text) {
    text.append(months < 0 ? "-" : "")
        .append(Math.abs(months / 12))
        .append('-')
        .append(Math.abs(months % 12));
  }

  private static void micros(long micros, StringBuilder text) {
    text.append(micros < 0 ? "-" : "").append(Math.abs(micros / 86_400_000_000L)).append(' ');
    digits((int) Math.abs(micros / 3_600_000_000L % 24), 2, text);
    text.append(':');
    digits((int) Math.abs(micros / 60_000_000 % 60), 2, text);
    text.append(':');
    digits((int) Math.abs(micros / 1_000_000 % 60), 2, text);
    text.append('.');
    digits((int) Math.abs(micros % 1_000_000), 6, text);
  }

  /** {@code value}, filled up to {@code width} digits with zeros. */
  private static void digits(int value, int width, StringBuilder text) {
    int limit = 10;
    for (int i = 1; i < width; i++) {
      if (value < limit) {
        text.append('0');
      }
      limit = limit < 1_000_000_000 ? limit * 10 : Integer.MAX_VALUE;
    }
    text.append(value);
  }
}
