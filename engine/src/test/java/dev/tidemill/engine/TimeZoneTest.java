package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept keeps its time zone, whatever sessions say later; and what java.time says of it. */
final class TimeZoneTest {
  private static final String EVENING = "2024-06-30 23:30:00Z";

  @TempDir private Path directory;

  @Test
  void aStandingQueryKeepsItsZone() {
    try (StandingDatabase database = new StandingDatabase(directory)) {
      String create = "CREATE STANDING QUERY q AS SELECT CAST(t AS DATE) AS d FROM z";
      database.run(
          "CREATE TABLE z (t TIMESTAMPTZ)",
          "INSERT INTO z VALUES ('" + EVENING + "')",
          "SET time_zone = 'Europe/Berlin'",
          create,
          "CREATE STANDING QUERY plain AS SELECT COUNT(*) AS n FROM z");
      database.step("q");
      database.reopen();
      database.run("INSERT INTO z VALUES ('" + EVENING + "')");
      database.step("q");
      assertEquals(List.of("2024-07-01", "2024-07-01"), database.rows("SELECT d FROM q"));

      TidemillException changed =
          assertThrows(TidemillException.class, () -> database.session().execute(create));
      assertEquals("QUERY_CHANGED", changed.code().name());
      assertTrue(
          changed.getMessage().contains("the time zone was: Europe/Berlin — is: UTC"),
          changed.getMessage());
      database.run("CREATE STANDING QUERY plain AS SELECT COUNT(*) AS n FROM z");
      database.run("SET time_zone = 'Europe/Berlin'", create);
    }
  }

  @Test
  void tablesAndViewsKeepTheirZone() {
    try (StandingDatabase database = new StandingDatabase(directory)) {
      database.run(
          "SET time_zone = 'Asia/Tokyo'",
          "CREATE TABLE z (t TIMESTAMPTZ, d AS CAST(t AS DATE))",
          "CREATE VIEW v AS SELECT EXTRACT(HOUR FROM t) AS h, t < '2024-07-01 09:00:00' AS b FROM z",
          "INSERT INTO z VALUES ('" + EVENING + "')");
      database.reopen();
      database.run("SET time_zone = 'America/New_York'");
      assertEquals(
          List.of("2024-06-30 19:30:00.000000-04:00\t2024-07-01\t2024-06-30"),
          database.rows("SELECT t, d, CAST(t AS DATE) FROM z"));
      assertEquals(List.of("8\ttrue"), database.rows("SELECT h, b FROM v"));
    }
  }

  @Test
  void keptPlansAreThoseOfTheZone() {
    try (Engine engine = Engine.builder().workingDirectory(directory).open();
        Session session = engine.session()) {
      session.execute("CREATE TABLE z (t TIMESTAMPTZ)").close();
      session.execute("INSERT INTO z VALUES ('" + EVENING + "')").close();
      String query = "SELECT CAST(t AS TIMESTAMP) FROM z";
      assertEquals(List.of("2024-06-30 23:30:00.000000"), SessionRows.of(session, query));
      session.execute("SET time_zone = '-03'").close();
      assertEquals(List.of("2024-06-30 20:30:00.000000"), SessionRows.of(session, query));
      session.execute("RESET time_zone").close();
      assertEquals(List.of("2024-06-30 23:30:00.000000"), SessionRows.of(session, query));
    }
  }

  @Test
  void doesWhatJavaTimeDoes() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> zones = new ArrayList<>(ZoneId.getAvailableZoneIds());
    Collections.sort(zones);
    try (Engine engine = Engine.builder().workingDirectory(directory).open();
        Session session = engine.session()) {
      session.execute("CREATE TABLE r (k INTEGER, t TIMESTAMPTZ(3), n INTEGER)").close();
      List<Instant> times = new ArrayList<>();
      List<Integer> numbers = new ArrayList<>();
      StringBuilder rows = new StringBuilder();
      for (int i = 0; i < 300; i++) {
        times.add(Instant.ofEpochMilli(random.nextLong(-3_000_000_000_000L, 6_000_000_000_000L)));
        numbers.add(random.nextInt(-400, 400));
        rows.append(i == 0 ? "" : ", ")
            .append("(%d, '%s', %d)".formatted(i, times.get(i), numbers.get(i)));
      }
      session.execute("INSERT INTO r VALUES " + rows).close();
      for (int z = 0; z < 12; z++) {
        ZoneId zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
        session.execute("SET time_zone = '" + zone + "'").close();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < times.size(); i++) {
          expected.add(expected(times.get(i).atZone(zone), numbers.get(i)));
        }
        assertEquals(
            expected,
            SessionRows.of(
                session,
                "SELECT EXTRACT(YEAR FROM t), EXTRACT(HOUR FROM t), EPOCH(DATE_TRUNC('day', t)),"
                    + " EPOCH(DATE_TRUNC('month', t)), EPOCH_MS(t + n * INTERVAL '1' DAY),"
                    + " EPOCH_MS(t + n * INTERVAL '1' MONTH), EPOCH_MS(t + n * INTERVAL '1' HOUR),"
                    + " EPOCH(DATE_TRUNC('hour', t)) FROM r ORDER BY k"),
            zone + ", seed " + seed);
      }
    }
  }

  private static String expected(ZonedDateTime time, int number) {
    long hour =
        time.toInstant().getEpochSecond()
            - Math.floorMod(time.toLocalDateTime().toEpochSecond(ZoneOffset.UTC), 3600L);
    return String.join(
        "\t",
        "" + time.getYear(),
        "" + time.getHour(),
        "" + time.toLocalDate().atStartOfDay().atZone(time.getZone()).toEpochSecond(),
        ""
            + time.toLocalDate()
                .withDayOfMonth(1)
                .atStartOfDay()
                .atZone(time.getZone())
                .toEpochSecond(),
        "" + byClocks(time, ChronoUnit.DAYS, number),
        "" + byClocks(time, ChronoUnit.MONTHS, number),
        "" + time.plusHours(number).toInstant().toEpochMilli(),
        "" + hour);
  }

  /** Of two equal times the earlier, as a cast takes it, where java.time keeps the offset. */
  private static long byClocks(ZonedDateTime time, ChronoUnit unit, int number) {
    return time.toLocalDateTime()
        .plus(number, unit)
        .atZone(time.getZone())
        .toInstant()
        .toEpochMilli();
  }
}
