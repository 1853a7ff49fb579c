package dev.tidemill.jdbc.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Struct;
import java.sql.Types;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ARRAYs, MAPs and ROWs of stored tables and of kept results, as JDBC has them. */
class NestedValuesTest {
  private static final String COLUMNS =
      "(id INTEGER, a ARRAY<INTEGER>, m MAP<VARCHAR, BIGINT>, r ROW<p INTEGER, q VARCHAR>,"
          + " rs ARRAY<ROW<p INTEGER, q VARCHAR>>)";

  private static final String ROWS =
      """
      INSERT INTO t VALUES
        (1, ARRAY[1, NULL, 3], MAP['x', 1, 'y', NULL], ROW(7, 'seven'), ARRAY[ROW(1, 'a'), NULL]),
        (2, ARRAY[], MAP(), ROW(NULL, NULL), ARRAY[]),
        (3, NULL, NULL, NULL, NULL)
      """;

  @TempDir Path directory;

  private static void fill(Statement statement) throws SQLException {
    statement.execute("CREATE TABLE t " + COLUMNS);
    statement.execute(ROWS);
  }

  @Test
  void arraysAreBound() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement statement = connection.createStatement()) {
      fill(statement);
      try (PreparedStatement query =
          connection.prepareStatement(
              "SELECT COUNT(*) FROM t WHERE id = ANY(CAST(? AS BIGINT ARRAY))")) {
        query.setArray(1, connection.createArrayOf("BIGINT", new Object[] {1L, 3L, null}));
        assertEquals(2, count(query));
        query.setObject(1, List.of(2L));
        assertEquals(1, count(query));
        query.setObject(1, new Long[] {});
        assertEquals(0, count(query));
        query.setObject(1, null);
        assertEquals(0, count(query));
      }
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO t (id, a) VALUES (?, ?)")) {
        insert.setInt(1, 4);
        insert.setArray(2, connection.createArrayOf("INTEGER", new Object[] {5, null}));
        assertEquals(1, insert.executeUpdate());
      }
      ResultSet rows = statement.executeQuery("SELECT a FROM t WHERE id = 4");
      assertTrue(rows.next());
      assertEquals("[5, NULL]", rows.getString(1));
    }
  }

  private static int count(PreparedStatement query) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      assertTrue(rows.next());
      return rows.getInt(1);
    }
  }

  @Test
  void valuesAreArraysMapsAndStructs() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement statement = connection.createStatement()) {
      fill(statement);
      ResultSet rows = statement.executeQuery("SELECT * FROM t ORDER BY id");
      assertTrue(rows.next());
      Array array = rows.getArray("a");
      assertEquals(Types.INTEGER, array.getBaseType());
      assertEquals("INTEGER", array.getBaseTypeName());
      assertArrayEquals(new Integer[] {1, null, 3}, (Object[]) array.getArray());
      assertArrayEquals(new Integer[] {3}, (Object[]) array.getArray(3, 1));
      elements(array, 1, null, 3);
      assertEquals(array, rows.getObject("a"));
      Map<String, @Nullable Object> map = new HashMap<>();
      map.put("x", 1L);
      map.put("y", null);
      assertEquals(map, rows.getObject("m"));
      Struct struct = (Struct) rows.getObject("r");
      assertArrayEquals(new Object[] {7, "seven"}, struct.getAttributes());
      Object[] structs = (Object[]) rows.getArray("rs").getArray();
      assertArrayEquals(new Object[] {1, "a"}, ((Struct) structs[0]).getAttributes());
      assertNull(structs[1]);
      assertEquals("[1, NULL, 3]", rows.getString("a"));

      assertTrue(rows.next());
      assertEquals(0, ((Object[]) rows.getArray("a").getArray()).length);
      assertEquals(Map.of(), rows.getObject("m"));
      assertArrayEquals(
          new @Nullable Object[] {null, null}, ((Struct) rows.getObject("r")).getAttributes());

      assertTrue(rows.next());
      assertNull(rows.getArray("a"));
      assertTrue(rows.wasNull());
      assertNull(rows.getObject("m"));
      assertNull(rows.getObject("r"));
      assertFalse(rows.next());
    }
  }

  private static void elements(Array array, @Nullable Integer... expected) throws SQLException {
    try (ResultSet elements = array.getResultSet()) {
      for (int i = 0; i < expected.length; i++) {
        assertTrue(elements.next());
        assertEquals(i + 1L, elements.getLong(1));
        assertEquals(expected[i], elements.getObject(2));
      }
      assertFalse(elements.next());
    }
  }

  @Test
  void metadataNamesTheTypes() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement statement = connection.createStatement()) {
      fill(statement);
      ResultSet rows = statement.executeQuery("SELECT * FROM t");
      ResultSetMetaData metaData = rows.getMetaData();
      assertEquals(
          Arrays.asList(Types.INTEGER, Types.ARRAY, Types.JAVA_OBJECT, Types.STRUCT, Types.ARRAY),
          Arrays.asList(
              metaData.getColumnType(1),
              metaData.getColumnType(2),
              metaData.getColumnType(3),
              metaData.getColumnType(4),
              metaData.getColumnType(5)));
      assertEquals("INTEGER ARRAY", metaData.getColumnTypeName(2));
      assertEquals("MAP<VARCHAR, BIGINT>", metaData.getColumnTypeName(3));
      assertEquals("ROW(\"p\" INTEGER, \"q\" VARCHAR)", metaData.getColumnTypeName(4));
      assertEquals("ROW(\"p\" INTEGER, \"q\" VARCHAR) ARRAY", metaData.getColumnTypeName(5));
      try (ResultSet columns = connection.getMetaData().getColumns(null, null, "t", "r%")) {
        assertTrue(columns.next());
        assertEquals("r", columns.getString("COLUMN_NAME"));
        assertEquals("ROW(\"p\" INTEGER, \"q\" VARCHAR)", columns.getString("TYPE_NAME"));
      }
    }
  }

  @Test
  void keptResultsHaveThemAfterARestart() throws Exception {
    Path files = Files.createDirectory(directory.resolve("json"));
    Files.writeString(
        files.resolve("rows.json"),
        """
        {"id": 1, "a": [1, null, 3], "m": {"x": 1, "y": null}, "r": {"q": "seven", "p": 7}, "rs": [{"p": 1}, null]}
        {"id": 2, "a": [], "m": {}, "r": {}, "rs": []}
        {"id": 3}
        """);
    String url = "jdbc:tidemill:" + directory.resolve("db");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE t %s WITH ('connector' = 'files', 'format' = 'json', 'path' = '%s')"
              .formatted(COLUMNS, files));
      statement.execute(
          "CREATE STANDING QUERY kept TRIGGER AVAILABLE NOW AS SELECT a, COUNT(*) AS n, MAX(r) AS r"
              + " FROM t GROUP BY a");
      statement.execute(
          "CREATE STANDING QUERY whole TRIGGER AVAILABLE NOW AS SELECT id, m, rs FROM t");
      assertEquals(3, count(statement, "kept"));
      assertEquals(3, count(statement, "whole"));
    }
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      ResultSet rows = statement.executeQuery("SELECT a, n, r FROM kept WHERE CARDINALITY(a) = 3");
      assertTrue(rows.next());
      assertArrayEquals(new Integer[] {1, null, 3}, (Object[]) rows.getArray("a").getArray());
      assertEquals(1, rows.getLong("n"));
      assertArrayEquals(new Object[] {7, "seven"}, ((Struct) rows.getObject("r")).getAttributes());
      assertFalse(rows.next());
      rows = statement.executeQuery("SELECT m, rs FROM whole WHERE id = 1");
      assertTrue(rows.next());
      assertEquals("{x=1, y=NULL}", rows.getString("m"));
      assertEquals("[{p: 1, q: NULL}, NULL]", rows.getString("rs"));
    }
  }

  /** Rows of a result, which a SELECT after CREATE waits for. */
  private static int count(Statement statement, String query) throws SQLException {
    while (true) {
      ResultSet states = statement.executeQuery("SHOW QUERIES");
      boolean ended = false;
      while (states.next()) {
        ended |= states.getString(1).equals(query) && states.getString("status").equals("ENDED");
      }
      if (ended) {
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + query);
        rows.next();
        return rows.getInt(1);
      }
      Thread.onSpinWait();
    }
  }
}
