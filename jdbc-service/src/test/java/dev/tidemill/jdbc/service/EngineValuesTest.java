package dev.tidemill.jdbc.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values of every type from the engine and back, and where parameters can stand. */
final class EngineValuesTest {
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:tidemill:?threads=1");
    statement = connection.createStatement();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void everyTypeOfAColumn() throws SQLException {
    statement.execute(
        """
        CREATE TABLE v (b BOOLEAN, i1 TINYINT, i2 SMALLINT, i4 INTEGER, i8 BIGINT, f4 REAL, f8 DOUBLE,
          d DECIMAL(18,2), dd DECIMAL(38,10), s VARCHAR, s3 VARCHAR(3), x VARBINARY, day DATE, t TIME(6), t9 TIME(9),
          ts0 TIMESTAMP(0), ts3 TIMESTAMP(3), ts6 TIMESTAMP(6), ts9 TIMESTAMP(9))""");
    List<List<Object>> rows =
        List.of(
            List.of(
                true,
                (byte) -128,
                Short.MIN_VALUE,
                Integer.MIN_VALUE,
                Long.MIN_VALUE,
                -Float.MAX_VALUE,
                -Double.MAX_VALUE,
                new BigDecimal("-9999999999999999.99"),
                new BigDecimal("-9999999999999999999999999999.9999999999"),
                "",
                "",
                new byte[0],
                LocalDate.of(1, 1, 1),
                LocalTime.MIN,
                LocalTime.MIN,
                LocalDateTime.of(1, 1, 1, 0, 0),
                LocalDateTime.of(1, 1, 1, 0, 0, 0, 1_000_000),
                LocalDateTime.of(1, 1, 1, 0, 0, 0, 1000),
                LocalDateTime.of(1678, 1, 1, 0, 0, 0, 1)),
            List.of(
                false,
                (byte) 127,
                Short.MAX_VALUE,
                Integer.MAX_VALUE,
                Long.MAX_VALUE,
                Float.MIN_VALUE,
                Double.MIN_VALUE,
                new BigDecimal("9999999999999999.99"),
                new BigDecimal("9999999999999999999999999999.9999999999"),
                "naïve 🌊 'quoted'",
                "äöü",
                new byte[] {0, -1, 127},
                LocalDate.of(9999, 12, 31),
                LocalTime.of(23, 59, 59, 999_999_000),
                LocalTime.of(23, 59, 59, 999_999_999),
                LocalDateTime.of(9999, 12, 31, 23, 59, 59),
                LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_000_000),
                LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000),
                LocalDateTime.of(2262, 1, 1, 0, 0, 0, 999_999_999)),
            Arrays.asList(new Object[19]));
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO v VALUES (" + "?, ".repeat(18) + "?)")) {
      for (List<Object> row : rows) {
        for (int i = 0; i < row.size(); i++) {
          insert.setObject(i + 1, row.get(i));
        }
        insert.addBatch();
      }
      assertArrayEquals(new int[] {1, 1, 1}, insert.executeBatch());
    }
    ResultSet read = statement.executeQuery("SELECT * FROM v");
    ResultSetMetaData columns = read.getMetaData();
    for (List<Object> row : rows) {
      assertTrue(read.next());
      for (int i = 0; i < row.size(); i++) {
        Object expected = row.get(i);
        String column = columns.getColumnName(i + 1);
        if (expected == null) {
          assertNull(read.getObject(i + 1), column);
          assertTrue(read.wasNull());
        } else if (expected instanceof byte[] bytes) {
          assertArrayEquals(bytes, read.getBytes(i + 1), column);
        } else {
          assertEquals(expected, read.getObject(i + 1, expected.getClass()), column);
        }
        if (expected != null) {
          Type type = Type.of(sql(columns, i + 1));
          assertEquals(ValueFormat.format(type, expected), read.getString(i + 1), column);
        }
      }
    }
    assertTrue(!read.next());
    assertEquals(Types.DECIMAL, columns.getColumnType(8));
    assertEquals(18, columns.getPrecision(8));
    assertEquals(2, columns.getScale(8));
    assertEquals(3, columns.getPrecision(11));
    assertEquals("java.sql.Timestamp", columns.getColumnClassName(18));
  }

  private static String sql(ResultSetMetaData columns, int column) throws SQLException {
    return switch (columns.getColumnType(column)) {
      case Types.DECIMAL ->
          "DECIMAL(" + columns.getPrecision(column) + "," + columns.getScale(column) + ")";
      case Types.TIME, Types.TIMESTAMP ->
          columns.getColumnTypeName(column) + "(" + columns.getScale(column) + ")";
      default -> columns.getColumnTypeName(column);
    };
  }

  @Test
  void textsAreThoseOfCast() throws SQLException {
    for (String value :
        List.of(
            "CAST(1.5 AS DECIMAL(10,3))",
            "CAST(1e20 AS DOUBLE)",
            "CAST(0.1 AS REAL)",
            "TIMESTAMP '2024-02-29 01:02:03.45'",
            "DATE '0999-01-01'",
            "TIME '01:02:03'",
            "TRUE")) {
      ResultSet row =
          statement.executeQuery("SELECT " + value + ", CAST(" + value + " AS VARCHAR)");
      assertTrue(row.next());
      assertEquals(row.getString(2), row.getString(1), value);
    }
  }

  @Test
  void parametersWhereverAValueCanStand() throws SQLException {
    statement.execute("CREATE TABLE t (k INTEGER, p DECIMAL(10,2), s VARCHAR, ts TIMESTAMP(3))");
    assertEquals(
        2,
        prepared(
            "INSERT INTO t VALUES (?, ?, ?, ?), (?, 2.50, 'two', NULL)",
            1,
            new BigDecimal("1.50"),
            "one",
            LocalDateTime.of(2024, 1, 1, 0, 0),
            2));
    assertEquals(List.of("one"), query("SELECT s FROM t WHERE k = ?", 1));
    assertEquals(List.of("two"), query("SELECT s FROM t WHERE p > ? AND s LIKE ?", "2.00", "t%"));
    assertEquals(
        List.of("11"), query("SELECT k + CAST(? AS INTEGER) FROM t ORDER BY 1 LIMIT 1", 10));
    assertEquals(
        List.of("one", "two"), query("SELECT s FROM t WHERE k IN (?, ?) ORDER BY s", 1, 2));
    assertEquals(
        List.of("2"), query("SELECT COUNT(*) FROM t GROUP BY k > ? HAVING COUNT(*) > ?", 0, 1));
    assertEquals(
        List.of("1"), query("SELECT k FROM t WHERE ts = ?", LocalDateTime.of(2024, 1, 1, 0, 0)));
    assertEquals(List.of("x"), query("SELECT CASE WHEN ? THEN 'x' ELSE 'y' END", true));
    assertEquals(List.of(), query("SELECT k FROM t WHERE k = ?", new Object[] {null}));
    assertEquals(
        List.of("4"), query("SELECT a.k + b.k FROM t a JOIN t b ON a.k = b.k AND a.k >= ?", 2));
    SQLException untyped =
        assertThrows(SQLException.class, () -> connection.prepareStatement("SELECT ?"));
    assertEquals("42", untyped.getSQLState().substring(0, 2), untyped.getMessage());
  }

  private int prepared(String sql, Object... values) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      bind(update, values);
      return update.executeUpdate();
    }
  }

  private List<String> query(String sql, Object... values) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      bind(query, values);
      List<String> found = new ArrayList<>();
      for (int again = 0; again < 2; again++) {
        found.clear();
        ResultSet rows = query.executeQuery();
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      return found;
    }
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }
}
