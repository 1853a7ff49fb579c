package dev.tidemill.jdbc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Metadata says what was created. */
final class MetaDataTest {
  @Test
  void tablesAndColumnsAreThoseCreated() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE Bid (auction BIGINT NOT NULL, price DECIMAL(18,2), ts TIMESTAMP(3), note VARCHAR(20),"
              + " day_of AS CAST(ts AS DATE))");
      statement.execute("CREATE TABLE bid_x (a INTEGER)");
      statement.execute("CREATE VIEW cheap AS SELECT auction, price FROM bid WHERE price < 1");
      DatabaseMetaData metaData = connection.getMetaData();

      assertEquals(
          List.of("TABLE Bid", "TABLE bid_x", "VIEW cheap"),
          list(metaData.getTables("tidemill", "main", "%", null), "TABLE_TYPE", "TABLE_NAME"));
      assertEquals(
          List.of("bid_x"), list(metaData.getTables(null, "MAIN", "bid\\__", null), "TABLE_NAME"));
      assertEquals(
          List.of("cheap"),
          list(metaData.getTables("tidemill", null, null, new String[] {"VIEW"}), "TABLE_NAME"));
      assertTrue(
          list(metaData.getTables("tpch", "sf1", "line%", new String[] {"TABLE"}), "TABLE_NAME")
              .contains("lineitem"));

      assertEquals(
          List.of(
              "auction BIGINT 19 0 0 1 NO",
              "price DECIMAL 18 2 1 2 NO",
              "ts TIMESTAMP 23 3 1 3 NO",
              "note VARCHAR 20 null 1 4 NO",
              "day_of DATE 10 null 1 5 YES"),
          list(
              metaData.getColumns("tidemill", "main", "BID", "%"),
              "COLUMN_NAME",
              "TYPE_NAME",
              "COLUMN_SIZE",
              "DECIMAL_DIGITS",
              "NULLABLE",
              "ORDINAL_POSITION",
              "IS_GENERATEDCOLUMN"));
      assertEquals(24, metaData.getColumns(null, null, "bid", "%").getMetaData().getColumnCount());
      assertEquals(
          List.of("auction " + Types.BIGINT, "price " + Types.DECIMAL),
          list(metaData.getColumns(null, null, "cheap", null), "COLUMN_NAME", "DATA_TYPE"));
    }
  }

  @Test
  void catalogsSchemasTypes() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:")) {
      DatabaseMetaData metaData = connection.getMetaData();
      assertTrue(
          list(metaData.getCatalogs(), "TABLE_CAT").containsAll(List.of("tidemill", "tpch")));
      assertTrue(list(metaData.getSchemas("tpch", "sf0%"), "TABLE_SCHEM").contains("sf0_01"));
      assertEquals(List.of("main"), list(metaData.getSchemas("tidemill", "%"), "TABLE_SCHEM"));
      assertTrue(
          list(metaData.getTypeInfo(), "TYPE_NAME")
              .containsAll(List.of("DECIMAL", "TIMESTAMP", "VARCHAR")));
      assertEquals("Tidemill", metaData.getDatabaseProductName());
      assertFalse(
          metaData.getDatabaseProductVersion().contains("$"), metaData.getDatabaseProductVersion());
      assertEquals(metaData.getDatabaseProductVersion(), metaData.getDriverVersion());
      assertFalse(metaData.supportsTransactions());
      assertEquals(
          List.of(), list(metaData.getIndexInfo(null, null, "t", false, false), "INDEX_NAME"));
    }
  }

  @Test
  void primaryKeys() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE t (a INTEGER NOT NULL, b VARCHAR NOT NULL, c INTEGER,"
              + " PRIMARY KEY (b, a) NOT ENFORCED)");
      statement.execute("CREATE TABLE \"it's\" (a INTEGER)");
      DatabaseMetaData metaData = connection.getMetaData();
      List<String> key = List.of("a 2 t_pkey", "b 1 t_pkey");
      String[] columns = {"COLUMN_NAME", "KEY_SEQ", "PK_NAME"};
      assertEquals(key, list(metaData.getPrimaryKeys(null, null, "t"), columns));
      assertEquals(key, list(metaData.getPrimaryKeys("tidemill", "main", "t"), columns));
      assertEquals(List.of(), list(metaData.getPrimaryKeys(null, "other", "t"), columns));
      assertEquals(List.of(), list(metaData.getPrimaryKeys(null, null, "it's"), columns));
    }
  }

  @Test
  void functionsAreListed() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:")) {
      assertEquals(
          List.of("LPAD null 1"),
          list(
              connection.getMetaData().getFunctions(null, "main", "LPA_"),
              "FUNCTION_NAME",
              "REMARKS",
              "FUNCTION_TYPE"));
    }
  }

  /** The functions that the driver says can be written in braces can be. */
  @Test
  void functionsInBraces() throws SQLException {
    List<String> calls =
        List.of(
            "ABS(-1)",
            "ACOS(1)",
            "ASIN(1)",
            "ATAN(1)",
            "ATAN2(1, 2)",
            "CEILING(1.5)",
            "COS(1)",
            "COT(1)",
            "DEGREES(1)",
            "EXP(1)",
            "FLOOR(1.5)",
            "LOG(1)",
            "LOG10(1)",
            "MOD(5, 3)",
            "PI()",
            "POWER(2, 3)",
            "RADIANS(1)",
            "RAND()",
            "ROUND(1.25, 1)",
            "SIGN(-2)",
            "SIN(1)",
            "SQRT(4)",
            "TAN(1)",
            "TRUNCATE(1.25, 1)",
            "ASCII('a')",
            "CHAR(65)",
            "CONCAT('a', 'b')",
            "INSERT('abc', 1, 1, 'x')",
            "LCASE('A')",
            "LEFT('abc', 2)",
            "LENGTH('abc')",
            "LOCATE('b', 'abc')",
            "LTRIM(' a')",
            "REPEAT('a', 2)",
            "REPLACE('abc', 'b', 'x')",
            "RIGHT('abc', 2)",
            "RTRIM('a ')",
            "SUBSTRING('abc', 1, 2)",
            "UCASE('a')",
            "IFNULL(1, 2)",
            "CURDATE()",
            "CURTIME()",
            "DAYNAME(DATE '2026-01-01')",
            "DAYOFMONTH(DATE '2026-01-01')",
            "DAYOFWEEK(DATE '2026-01-01')",
            "DAYOFYEAR(DATE '2026-01-01')",
            "HOUR(TIME '01:02:03')",
            "MINUTE(TIME '01:02:03')",
            "MONTH(DATE '2026-01-01')",
            "MONTHNAME(DATE '2026-01-01')",
            "NOW()",
            "QUARTER(DATE '2026-01-01')",
            "SECOND(TIME '01:02:03')",
            "TIMESTAMPADD(SQL_TSI_DAY, 1, TIMESTAMP '2026-01-01 00:00:00')",
            "TIMESTAMPDIFF(SQL_TSI_DAY, DATE '2026-01-01', DATE '2026-01-02')",
            "WEEK(DATE '2026-01-01')",
            "YEAR(DATE '2026-01-01')");
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement statement = connection.createStatement()) {
      for (String call : calls) {
        try (ResultSet result = statement.executeQuery("SELECT {fn " + call + "}")) {
          assertTrue(result.next(), call);
        } catch (SQLException e) {
          throw new AssertionError(call, e);
        }
      }
      DatabaseMetaData metaData = connection.getMetaData();
      assertEquals(
          calls.stream().map(call -> call.substring(0, call.indexOf('('))).toList(),
          List.of(
              String.join(
                      ",",
                      metaData.getNumericFunctions(),
                      metaData.getStringFunctions(),
                      metaData.getSystemFunctions(),
                      metaData.getTimeDateFunctions())
                  .split(",")));
    }
  }

  private static List<String> list(ResultSet rows, String... columns) throws SQLException {
    List<String> found = new ArrayList<>();
    while (rows.next()) {
      List<String> values = new ArrayList<>();
      for (String column : columns) {
        values.add(rows.getString(column));
      }
      found.add(String.join(" ", values));
    }
    return found;
  }
}
