package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.type.Type;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What MySQL and MariaDB say of a table themselves, since what their drivers say of a result leaves
 * out collations, digits of a second, and indexes.
 *
 * @param columns by name
 */
record MySqlColumns(Map<String, Declared> columns) {
  /** Digits behind the second's point: {@code datetime(3)} has 3, {@code datetime} none. */
  private static final Pattern DIGITS = Pattern.compile("(?:datetime|timestamp|time)\\((\\d)\\)");

  /** Of all texts of a key together: 3,072 bytes are the most of an index. */
  private static final int LONGEST_KEY = 750;

  /** Longer texts count against the 65,535 bytes of a row unless they lie beside it. */
  private static final int LONGEST_IN_ROW = 1000;

  /**
   * A column.
   *
   * @param type as it was declared, lower case
   * @param collation of a text, else null
   */
  record Declared(String type, @Nullable String collation) {}

  static final MySqlColumns NONE = new MySqlColumns(Map.of());

  MySqlColumns {
    columns = Map.copyOf(columns);
  }

  /** Of no other database than these. */
  static MySqlColumns of(Dialect dialect, Connection connection, String table) throws SQLException {
    if (dialect != Dialect.MYSQL) {
      return NONE;
    }
    Map<String, Declared> columns = new HashMap<>();
    try (PreparedStatement statement =
            connection.prepareStatement("SHOW FULL COLUMNS FROM " + table);
        ResultSet found = statement.executeQuery()) {
      while (found.next()) {
        columns.put(
            found.getString("Field"),
            new Declared(
                found.getString("Type").toLowerCase(Locale.ROOT), found.getString("Collation")));
      }
    }
    return new MySqlColumns(columns);
  }

  /** What a column is, as the table's own declaration says. */
  DatabaseColumn declared(DatabaseColumn column) {
    Declared declared = columns.get(column.name());
    if (declared == null) {
      return column;
    }
    Matcher found = DIGITS.matcher(declared.type());
    int digits = found.lookingAt() ? found.group(1).charAt(0) - '0' : 0;
    Type type =
        switch (column.type()) {
          case Type.Timestamp t -> new Type.Timestamp(digits);
          case Type.ZonedTimestamp t -> new Type.ZonedTimestamp(digits);
          case Type.Time t -> new Type.Time(digits);
          case null, default -> column.type();
        };
    return new DatabaseColumn(
        column.name(),
        column.jdbcType(),
        column.typeName(),
        type,
        column.asText(),
        column.nullable(),
        declared.type().startsWith("varchar") && comparesBytes(declared.collation()));
  }

  /** Not {@code utf8mb4_bin}: that one pads, so that 'a' equals 'a '. */
  private static boolean comparesBytes(@Nullable String collation) {
    return collation != null
        && (collation.endsWith("_nopad_bin") || collation.equals("utf8mb4_0900_bin"));
  }

  /** The type of a new column of texts that is in no key. */
  static String text(Type.Varchar type) {
    return (type.maxLength() <= LONGEST_IN_ROW
            ? "VARCHAR(%d)".formatted(type.maxLength())
            : "LONGTEXT")
        + " CHARACTER SET utf8mb4";
  }

  /**
   * The type of a new column of texts that is one of a key's, told apart by their bytes. Where it
   * has no length it takes its share of what an index has; the database refuses longer ones.
   */
  static String keyText(Type.Varchar type, int keyColumns, Connection connection)
      throws SQLException {
    return "VARCHAR(%d) CHARACTER SET utf8mb4 COLLATE %s"
        .formatted(
            type.maxLength() == Type.Varchar.UNBOUNDED
                ? LONGEST_KEY / keyColumns
                : type.maxLength(),
            isMariaDb(connection) ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin");
  }

  private static boolean isMariaDb(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT VERSION()");
        ResultSet row = statement.executeQuery()) {
      return row.next() && row.getString(1).contains("MariaDB");
    }
  }

  /**
   * The columns of each unique key. One over beginnings of texts or over expressions is given too,
   * by another name than any column has: it may be in the way of a row as well.
   */
  static List<Set<String>> uniqueKeys(Connection connection, String table) throws SQLException {
    Map<String, Set<String>> keys = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement("SHOW INDEX FROM " + table);
        ResultSet found = statement.executeQuery()) {
      while (found.next()) {
        if (found.getInt("Non_unique") != 0) {
          continue;
        }
        String column = found.getString("Column_name");
        boolean isWhole = column != null && found.getString("Sub_part") == null;
        keys.computeIfAbsent(found.getString("Key_name"), k -> new HashSet<>())
            .add(isWhole ? column : "part of " + column);
      }
    }
    return List.copyOf(keys.values());
  }
}
