package dev.tidemill.jdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.jdbc.spi.ColumnType;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values in and out, of every type, through a database that gives back what it was given. */
final class ValueTest {
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:tidemill:");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  /** The one row of a statement that gives back {@code value}, on that row. */
  private ResultSet echo(String type, Object value) throws SQLException {
    PreparedStatement statement = connection.prepareStatement("ECHO " + type);
    statement.setObject(1, value);
    ResultSet rows = statement.executeQuery();
    assertTrue(rows.next());
    return rows;
  }

  private void assertRefused(String state, String type, Object value) {
    SQLException error =
        assertThrows(SQLException.class, () -> echo(type, value), type + " " + value);
    assertEquals(state, error.getSQLState(), error.getMessage());
    assertTrue(error.getMessage().startsWith("parameter 1: "), error.getMessage());
  }

  @Test
  void typesAreSpelledAndReadBack() {
    for (String sql :
        List.of(
            "BOOLEAN",
            "DECIMAL(38,10)",
            "VARCHAR",
            "VARCHAR(3)",
            "TIME(0)",
            "TIMESTAMP(9) WITH LOCAL TIME ZONE",
            "INTERVAL YEAR TO MONTH",
            "INTERVAL DAY TO SECOND",
            "MAP<VARCHAR, DECIMAL(5,2) ARRAY>",
            "ROW(\"a b\" INTEGER, \"q\"\"\" ROW(\"x\" DATE)) ARRAY ARRAY",
            "NULL")) {
      assertEquals(sql, ColumnType.parse(sql).sql());
    }
    for (String bad :
        List.of("", "INTEGER x", "DECIMAL(5)", "ROW(\"a", "MAP<DATE>", "INTERVAL DAY", "FLOTSAM")) {
      assertThrows(IllegalArgumentException.class, () -> ColumnType.parse(bad), bad);
    }
  }

  @Test
  void nullIsNullForEveryGetter() throws SQLException {
    ResultSet row = echo("INTEGER", null);
    assertEquals(0, row.getInt(1));
    assertTrue(row.wasNull());
    assertNull(row.getString(1));
    assertNull(row.getObject(1));
    assertNull(row.getObject(1, Long.class));
    assertNull(row.getBigDecimal(1));
    assertNull(row.getTimestamp(1));
    assertNull(row.getBytes(1));
    assertNull(row.getArray(1));
    assertEquals(false, row.getBoolean(1));
    assertTrue(row.wasNull());
  }

  @Test
  void numbers() throws SQLException {
    ResultSet big = echo("BIGINT", Long.MIN_VALUE);
    assertEquals(Long.MIN_VALUE, big.getLong(1));
    assertEquals(new BigDecimal("-9223372036854775808"), big.getBigDecimal(1));
    StatementTest.assertState("22003", () -> big.getInt(1));
    assertEquals("-9223372036854775808", big.getString(1));
    assertEquals(7, echo("TINYINT", "7").getObject(1));
    assertEquals((byte) -128, echo("TINYINT", -128).getByte(1));
    assertEquals(1, echo("BOOLEAN", true).getInt(1));
    assertTrue(echo("INTEGER", 3).getBoolean(1));
    assertEquals(1, echo("DOUBLE", 1.9).getInt(1));
    assertEquals(-1, echo("DECIMAL(5,2)", new BigDecimal("-1.99")).getLong(1));
    assertEquals(0.1f, echo("REAL", 0.1).getFloat(1));
    assertEquals(0.1, echo("DOUBLE", 0.1f).getDouble(1));
    assertEquals("NaN", echo("DOUBLE", Double.NaN).getString(1));
    StatementTest.assertState("22003", () -> echo("DOUBLE", 1e300).getFloat(1));
    StatementTest.assertState("22003", () -> echo("DOUBLE", 1e19).getLong(1));
    StatementTest.assertState("22003", () -> echo("DOUBLE", Double.NaN).getBigDecimal(1));
    String wide = "12345678901234567890123456789012345.678";
    ResultSet decimal = echo("DECIMAL(38,3)", new BigDecimal(wide));
    assertEquals(new BigDecimal(wide), decimal.getBigDecimal(1));
    assertEquals(
        new BigInteger("12345678901234567890123456789012345"),
        decimal.getObject(1, BigInteger.class));
    assertEquals("1.50", echo("DECIMAL(5,2)", 1.5).getString(1));
    assertEquals(12.5, echo("VARCHAR", "12.5").getDouble(1));
    StatementTest.assertState("22018", () -> echo("VARCHAR", "x").getInt(1));
    assertRefused("22003", "INTEGER", 1.5);
    assertRefused("22003", "SMALLINT", 40000);
    assertRefused("22003", "DECIMAL(5,2)", new BigDecimal("1.005"));
    assertRefused("22003", "DECIMAL(5,2)", 12345);
    assertRefused("22003", "BIGINT", Double.POSITIVE_INFINITY);
    assertRefused("22018", "BIGINT", "many");
    assertRefused("22018", "BIGINT", LocalDate.EPOCH);
  }

  @Test
  void textsAndBytes() throws SQLException {
    assertEquals("naïve 🌊", echo("VARCHAR", "naïve 🌊").getString(1));
    UUID uuid = UUID.randomUUID();
    assertEquals(uuid, echo("VARCHAR", uuid).getObject(1, UUID.class));
    ResultSet bytes = echo("VARBINARY", new byte[] {0, (byte) 0xAB, -1});
    assertArrayEquals(new byte[] {0, (byte) 0xAB, -1}, bytes.getBytes(1));
    assertArrayEquals(new byte[] {0, (byte) 0xAB, -1}, (byte[]) bytes.getObject(1));
    assertEquals("\\x00ABFF", bytes.getString(1));
    assertRefused("22018", "VARBINARY", "text");
    try (PreparedStatement statement = connection.prepareStatement("ECHO VARCHAR")) {
      statement.setCharacterStream(1, new StringReader("abcdef"), 3);
      ResultSet rows = statement.executeQuery();
      rows.next();
      assertEquals("abc", rows.getString(1));
      statement.setAsciiStream(
          1, new ByteArrayInputStream("xyz".getBytes(StandardCharsets.US_ASCII)));
      rows = statement.executeQuery();
      rows.next();
      assertEquals("xyz", rows.getString(1));
    }
  }

  @Test
  void datesAndTimes() throws SQLException {
    LocalDate day = LocalDate.of(2024, 2, 29);
    ResultSet date = echo("DATE", day);
    assertEquals(Date.valueOf(day), date.getObject(1));
    assertEquals(day, date.getObject(1, LocalDate.class));
    assertEquals("2024-02-29", date.getString(1));
    assertEquals(day, echo("DATE", Date.valueOf(day)).getObject(1, LocalDate.class));
    assertEquals(day, echo("DATE", "2024-02-29").getObject(1, LocalDate.class));
    assertEquals(Timestamp.valueOf("2024-02-29 00:00:00"), date.getTimestamp(1));
    assertEquals("0001-01-01", echo("DATE", LocalDate.of(1, 1, 1)).getString(1));
    assertEquals("9999-12-31", echo("DATE", LocalDate.of(9999, 12, 31)).getDate(1).toString());
    assertRefused("22003", "DATE", LocalDateTime.of(2024, 2, 29, 1, 0));
    assertRefused("22018", "DATE", "yesterday");

    LocalTime time = LocalTime.of(23, 59, 59, 123_000_000);
    assertEquals("23:59:59.123000", echo("TIME(6)", time).getString(1));
    assertEquals(time, echo("TIME(3)", time).getObject(1, LocalTime.class));
    Time milliseconds = echo("TIME(3)", time).getTime(1);
    assertEquals(123, Math.floorMod(milliseconds.getTime(), 1000));
    assertEquals(time, echo("TIME(3)", milliseconds).getObject(1, LocalTime.class));
    assertRefused("22003", "TIME(0)", time);

    LocalDateTime moment = LocalDateTime.of(2024, 2, 29, 1, 2, 3, 123_456_789);
    ResultSet timestamp = echo("TIMESTAMP(9)", moment);
    assertEquals(Timestamp.valueOf(moment), timestamp.getTimestamp(1));
    assertEquals(moment, timestamp.getObject(1, LocalDateTime.class));
    assertEquals("2024-02-29 01:02:03.123456789", timestamp.getString(1));
    assertEquals(day, timestamp.getObject(1, LocalDate.class));
    assertEquals(
        moment,
        echo("TIMESTAMP(9)", "2024-02-29 01:02:03.123456789").getObject(1, LocalDateTime.class));
    assertRefused("22003", "TIMESTAMP(3)", moment);
    assertRefused("22018", "TIMESTAMP(9)", moment.toInstant(ZoneOffset.UTC));
  }

  @Test
  void calendarsGiveTheZone() throws SQLException {
    Calendar tokyo = Calendar.getInstance(TimeZone.getTimeZone("Asia/Tokyo"));
    LocalDateTime moment = LocalDateTime.of(2024, 7, 1, 12, 0, 0, 5000);
    Instant inTokyo = moment.toInstant(ZoneOffset.ofHours(9));
    assertEquals(Timestamp.from(inTokyo), echo("TIMESTAMP(6)", moment).getTimestamp(1, tokyo));
    try (PreparedStatement statement = connection.prepareStatement("ECHO TIMESTAMP(6)")) {
      statement.setTimestamp(1, Timestamp.from(inTokyo), tokyo);
      ResultSet rows = statement.executeQuery();
      rows.next();
      assertEquals(moment, rows.getObject(1, LocalDateTime.class));
    }
    ResultSet zoned = echo("TIMESTAMP(6) WITH LOCAL TIME ZONE", inTokyo);
    assertEquals(inTokyo.atOffset(ZoneOffset.UTC), zoned.getObject(1));
    assertEquals(inTokyo, zoned.getObject(1, Instant.class));
    assertEquals(Timestamp.from(inTokyo), zoned.getTimestamp(1));
    assertEquals("2024-07-01 03:00:00.000005Z", zoned.getString(1));
    OffsetDateTime offset = inTokyo.atOffset(ZoneOffset.ofHours(9));
    assertEquals(
        inTokyo, echo("TIMESTAMP(6) WITH LOCAL TIME ZONE", offset).getObject(1, Instant.class));
  }

  @Test
  void intervals() throws SQLException {
    assertEquals(
        Period.ofMonths(14), echo("INTERVAL YEAR TO MONTH", Period.of(1, 2, 0)).getObject(1));
    assertEquals("1-2", echo("INTERVAL YEAR TO MONTH", Period.ofMonths(14)).getString(1));
    assertEquals(
        "-0 00:00:01.500000",
        echo("INTERVAL DAY TO SECOND", Duration.ofMillis(-1500)).getString(1));
    assertRefused("22003", "INTERVAL YEAR TO MONTH", Period.ofDays(1));
    assertRefused("22003", "INTERVAL YEAR TO MONTH", Period.ofYears(Integer.MAX_VALUE));
  }

  @Test
  void nested() throws SQLException {
    ResultSet array = echo("INTEGER ARRAY", Arrays.asList(1, null, 3));
    assertArrayEquals(new Object[] {1, null, 3}, (Object[]) array.getArray(1).getArray());
    assertArrayEquals(new Object[] {3}, (Object[]) array.getArray(1).getArray(3, 1));
    assertEquals("[1, NULL, 3]", array.getString(1));
    assertEquals(Types.INTEGER, array.getArray(1).getBaseType());
    ResultSet elements = array.getArray(1).getResultSet();
    elements.next();
    elements.next();
    assertEquals(2, elements.getLong("index"));
    assertNull(elements.getObject("value"));
    java.sql.Array made = connection.createArrayOf("DECIMAL(5,1)", new Object[] {1, "2.5"});
    assertEquals("[1.0, 2.5]", echo("DECIMAL(5,1) ARRAY", made).getString(1));
    Struct struct =
        echo("ROW(\"a\" SMALLINT, \"b\" DATE)", Arrays.asList(1, "2024-01-01"))
            .getObject(1, Struct.class);
    assertArrayEquals(new Object[] {1, Date.valueOf("2024-01-01")}, struct.getAttributes());
    assertEquals("{a: 1, b: 2024-01-01}", struct.toString());
    assertEquals(Map.of("k", 1L), echo("MAP<VARCHAR, BIGINT>", Map.of("k", 1)).getObject(1));
    assertRefused("22018", "ROW(\"a\" SMALLINT)", List.of(1, 2));
  }

  @Test
  void setObjectWithATypeConvertsTwice() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("ECHO DECIMAL(10,2)")) {
      statement.setObject(1, 1.005, Types.DECIMAL, 2);
      assertEquals(new BigDecimal("1.01"), only(statement));
      statement.setObject(1, "7", JDBCType.INTEGER);
      assertEquals(new BigDecimal("7.00"), only(statement));
      statement.setNull(1, Types.DECIMAL);
      assertNull(only(statement));
      assertThrows(SQLException.class, () -> statement.setObject(1, "7.5", JDBCType.INTEGER));
    }
  }

  private static Object only(PreparedStatement statement) throws SQLException {
    ResultSet rows = statement.executeQuery();
    rows.next();
    return rows.getObject(1);
  }

  @Test
  void namePatterns() {
    assertTrue(NamePattern.matches("or%", "Orders"));
    assertTrue(NamePattern.matches("%_s", "orders"));
    assertTrue(NamePattern.matches("a\\_b%", "A_B"));
    assertTrue(!NamePattern.matches("a\\_b", "axb"));
    assertTrue(NamePattern.matches("%%", ""));
    assertTrue(!NamePattern.matches("", "x"));
    assertTrue(NamePattern.matches(null, "x"));
  }
}
