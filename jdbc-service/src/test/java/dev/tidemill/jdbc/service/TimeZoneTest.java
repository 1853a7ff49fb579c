package dev.tidemill.jdbc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

/** Instants by the clocks of a connection's time zone. */
final class TimeZoneTest {
  private static final Instant SUMMER = Instant.parse("2024-06-30T23:30:00.25Z");

  @Test
  void instantsAreShownInTheConnectionsZone() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:tidemill:?time_zone=Europe/Berlin");
        Statement statement = connection.createStatement()) {
      ResultSet row =
          statement.executeQuery(
              "SELECT TIMESTAMPTZ '2024-07-01 01:30:00.25' AS t, [TIMESTAMPTZ '2024-01-01 00:00:00'] AS a");
      assertTrue(row.next());
      assertEquals("2024-07-01 01:30:00.250000+02:00", row.getString(1));
      assertEquals(OffsetDateTime.parse("2024-07-01T01:30:00.250+02:00"), row.getObject(1));
      assertEquals(SUMMER, row.getObject(1, Instant.class));
      assertEquals(
          ZonedDateTime.parse("2024-07-01T01:30:00.250+02:00[Europe/Berlin]"),
          row.getObject(1, ZonedDateTime.class));
      assertEquals(
          LocalDateTime.parse("2024-07-01T01:30:00.250"), row.getObject(1, LocalDateTime.class));
      assertEquals(LocalDate.parse("2024-07-01"), row.getObject(1, LocalDate.class));
      assertEquals(Timestamp.from(SUMMER), row.getTimestamp(1));
      assertEquals("[2024-01-01 00:00:00.000000+01:00]", row.getString("a"));
      assertEquals("[2024-01-01 00:00:00.000000+01:00]", row.getArray("a").toString());
      assertEquals(
          OffsetDateTime.parse("2024-01-01T00:00:00+01:00"),
          ((Object[]) row.getArray("a").getArray())[0]);

      statement.execute("SET TIME ZONE '-03:30'");
      row = statement.executeQuery("SELECT TIMESTAMPTZ '2024-07-01 01:30:00Z'");
      assertTrue(row.next());
      assertEquals("2024-06-30 22:00:00.000000-03:30", row.getString(1));
    }
  }

  @Test
  void parametersAreInstants() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:tidemill:?time_zone=Asia/Tokyo");
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT CAST(CAST(? AS TIMESTAMPTZ) AS TIMESTAMP), CAST(? AS TIMESTAMP) AT TIME ZONE 'UTC',"
                    + " TIMESTAMPTZ '2024-07-01 08:30:00.25' = ?")) {
      for (Object value : new Object[] {SUMMER, Timestamp.from(SUMMER)}) {
        statement.setObject(1, value);
        statement.setObject(2, LocalDateTime.parse("2024-06-30T23:30:00.25"));
        statement.setObject(3, value);
        try (ResultSet row = statement.executeQuery()) {
          assertTrue(row.next());
          assertEquals("2024-07-01 08:30:00.250000", row.getString(1));
          assertTrue(row.getBoolean(3));
        }
      }
    }
  }

  @Test
  void anUnknownZoneIsRefused() {
    SQLException refused =
        assertThrows(
            SQLException.class, () -> DriverManager.getConnection("jdbc:tidemill:?time_zone=Mars"));
    assertTrue(refused.getMessage().contains("Europe/Berlin"), refused.getMessage());
  }
}
