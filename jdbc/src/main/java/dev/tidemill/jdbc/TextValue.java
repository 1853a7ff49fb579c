package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.ColumnType.Kind;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Locale;

/** Values written as text. Blanks around them do not count. */
final class TextValue {
  private TextValue() {}

  static boolean asBoolean(String text) throws SQLException {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "1", "yes", "y", "on" -> true;
      case "false", "f", "0", "no", "n", "off" -> false;
      default -> throw DriverErrors.notText(text, "BOOLEAN");
    };
  }

  static BigDecimal asNumber(String text, String wanted) throws SQLException {
    try {
      return new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      throw DriverErrors.notText(text, wanted);
    }
  }

  static double asDouble(String text, String wanted) throws SQLException {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw DriverErrors.notText(text, wanted);
    }
  }

  static LocalDate asDate(String text) throws SQLException {
    try {
      return LocalDate.parse(text.strip());
    } catch (DateTimeException e) {
      throw DriverErrors.notText(text, Kind.DATE.name());
    }
  }

  static LocalTime asTime(String text) throws SQLException {
    try {
      return LocalTime.parse(text.strip());
    } catch (DateTimeException e) {
      throw DriverErrors.notText(text, Kind.TIME.name());
    }
  }

  /**
   * {@code 2024-01-31 10:00:00.5}, with a T instead of the blank, or a date alone, which means
   * midnight.
   */
  static LocalDateTime asTimestamp(String text) throws SQLException {
    String joined = text.strip().replace(' ', 'T');
    try {
      return joined.indexOf('T') < 0
          ? LocalDate.parse(joined).atStartOfDay()
          : LocalDateTime.parse(joined);
    } catch (DateTimeException e) {
      throw DriverErrors.notText(text, Kind.TIMESTAMP.name());
    }
  }

  /** As a timestamp with {@code Z} or an offset behind it. */
  static OffsetDateTime asZonedTimestamp(String text) throws SQLException {
    try {
      return OffsetDateTime.parse(text.strip().replace(' ', 'T'));
    } catch (DateTimeException e) {
      throw DriverErrors.notText(text, JdbcTypes.name(ColumnType.of(Kind.ZONED_TIMESTAMP)));
    }
  }
}
