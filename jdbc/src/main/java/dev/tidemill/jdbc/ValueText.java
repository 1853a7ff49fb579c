package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnType;
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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The text of a value, the same as CAST to VARCHAR gives in the session. */
final class ValueText {
  private static final String HEX = "0123456789ABCDEF";
  private static final int NANO_DIGITS = 9;

  private ValueText() {}

  /**
   * @param zone by whose clocks instants are shown
   */
  static String of(ColumnType type, Object value, ZoneId zone) {
    if (value instanceof String text) {
      return text;
    }
    StringBuilder text = new StringBuilder();
    append(type, value, zone, text);
    return text.toString();
  }

  private static void append(
      ColumnType type, @Nullable Object value, ZoneId zone, StringBuilder text) {
    if (value == null) {
      text.append("NULL");
      return;
    }
    switch (type.kind()) {
      case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, VARCHAR, NULL ->
          text.append(value);
      case DECIMAL -> text.append(((BigDecimal) value).toPlainString());
      case VARBINARY -> bytes((byte[]) value, text);
      case DATE -> date((LocalDate) value, text);
      case TIME -> time((LocalTime) value, type.precision(), text);
      case TIMESTAMP -> timestamp((LocalDateTime) value, type.precision(), text);
      case ZONED_TIMESTAMP -> instant(((Instant) value).atZone(zone), type.precision(), text);
      case MONTH_INTERVAL -> {
        long months = ((Period) value).toTotalMonths();
        text.append(months < 0 ? "-" : "")
            .append(Math.abs(months / 12))
            .append('-')
            .append(Math.abs(months % 12));
      }
      case TIME_INTERVAL -> interval((Duration) value, text);
      case ARRAY -> array(type, (List<?>) value, zone, text);
      case MAP -> map(type, (Map<?, ?>) value, zone, text);
      case ROW -> row(type, (List<?>) value, zone, text);
    }
  }

  private static void bytes(byte[] bytes, StringBuilder text) {
    text.append("\\x");
    for (byte each : bytes) {
      text.append(HEX.charAt(each >> 4 & 15)).append(HEX.charAt(each & 15));
    }
  }

  private static void date(LocalDate date, StringBuilder text) {
    text.append(date.getYear() < 0 ? "-" : "");
    digits(Math.abs(date.getYear()), 4, text);
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
      for (int i = precision; i < NANO_DIGITS; i++) {
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

  private static void instant(ZonedDateTime value, int precision, StringBuilder text) {
    timestamp(value.toLocalDateTime(), precision, text);
    boolean isUtc = value.getZone().normalized().equals(ZoneOffset.UTC);
    boolean isZero = value.getOffset().equals(ZoneOffset.UTC);
    text.append(isUtc ? "Z" : isZero ? "+00:00" : value.getOffset().getId());
  }

  private static void interval(Duration value, StringBuilder text) {
    Duration size = value.abs();
    text.append(value.isNegative() ? "-" : "").append(size.toDays()).append(' ');
    digits(size.toHoursPart(), 2, text);
    text.append(':');
    digits(size.toMinutesPart(), 2, text);
    text.append(':');
    digits(size.toSecondsPart(), 2, text);
    text.append('.');
    digits(size.toNanosPart() / 1000, 6, text);
  }

  private static void array(ColumnType type, List<?> values, ZoneId zone, StringBuilder text) {
    text.append('[');
    String separator = "";
    for (Object value : values) {
      text.append(separator);
      append(type.parts().get(0), value, zone, text);
      separator = ", ";
    }
    text.append(']');
  }

  private static void map(ColumnType type, Map<?, ?> values, ZoneId zone, StringBuilder text) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      text.append(separator);
      append(type.parts().get(0), entry.getKey(), zone, text);
      text.append('=');
      append(type.parts().get(1), entry.getValue(), zone, text);
      separator = ", ";
    }
    text.append('}');
  }

  private static void row(ColumnType type, List<?> values, ZoneId zone, StringBuilder text) {
    text.append('{');
    for (int i = 0; i < values.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(type.fieldNames().get(i)).append(": ");
      append(type.parts().get(i), values.get(i), zone, text);
    }
    text.append('}');
  }

  /** {@code value}, filled up to {@code width} digits with zeros. */
  private static void digits(int value, int width, StringBuilder text) {
    String digits = Integer.toString(value);
    text.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
  }
}
