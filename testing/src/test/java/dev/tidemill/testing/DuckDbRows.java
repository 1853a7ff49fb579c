package dev.tidemill.testing;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of DuckDB in the form of scripts. */
public final class DuckDbRows {
  private DuckDbRows() {}

  /** All rows of a result, which stays the caller's to close. */
  public static List<String> of(ResultSet result) throws SQLException {
    List<String> rows = new ArrayList<>();
    int columns = result.getMetaData().getColumnCount();
    while (result.next()) {
      List<String> values = new ArrayList<>();
      for (int c = 1; c <= columns; c++) {
        Object value = result.getObject(c);
        // A java.sql.Timestamp would be one of the Julian calendar before 1582.
        values.add(
            text(value instanceof Timestamp ? result.getObject(c, LocalDateTime.class) : value));
      }
      rows.add(String.join("\t", values));
    }
    return rows;
  }

  /**
   * Without the zeros that end the fraction of a second: DuckDB's timestamps have no precision of
   * their own.
   */
  public static List<String> plain(List<String> rows) {
    return rows.stream()
        .map(
            row ->
                row.replaceAll("(:[0-9]{2})(\\.[0-9]*?)0+(?![0-9])", "$1$2")
                    .replaceAll("(:[0-9]{2})\\.(?![0-9])", "$1"))
        .toList();
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case BigDecimal decimal -> decimal.toPlainString();
      case LocalDateTime time -> timestamp(time);
      case LocalDate date -> plus(date.toString());
      case String text when text.isEmpty() -> "(empty)";
      default -> value.toString().replace("\t", "\\t").replace("\n", "\\n");
    };
  }

  /** Java has a sign before years of more than four digits. */
  private static String plus(String time) {
    return time.startsWith("+") ? time.substring(1) : time;
  }

  private static String timestamp(LocalDateTime time) {
    String text = plus(time.toString().replace('T', ' '));
    return text.length() == 16 ? text + ":00" : text;
  }
}
