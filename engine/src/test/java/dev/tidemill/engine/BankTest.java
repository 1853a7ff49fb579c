package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transfers between accounts arrive in random order and steps. What went out of accounts, what came
 * in, their balances and the total of these are standing queries, each over the results of those
 * before: the total is zero at every cut, through pauses, ends and crashes, and whoever comes
 * later.
 */
class BankTest {
  private static final int ROUNDS = Integer.getInteger("tidemill.test.rounds", 60);
  private static final int ACCOUNTS = 12;

  private static final String BALANCES =
      "SELECT COALESCE(c.account, d.account) AS account, COALESCE(c.s, 0) - COALESCE(d.s, 0) AS balance"
          + " FROM {credit} AS c FULL JOIN {debit} AS d ON c.account = d.account";
  private static final String CREDIT =
      "SELECT receiver AS account, SUM(amount) AS s FROM transfer GROUP BY receiver";
  private static final String DEBIT =
      "SELECT sender AS account, SUM(amount) AS s FROM transfer GROUP BY sender";
  private static final String HOLDERS =
      "SELECT h.name, b.balance FROM holder AS h LEFT JOIN {balances} AS b ON b.account = h.account";
  private static final String LARGEST =
      "SELECT account, balance FROM {balances} WHERE balance > 0 ORDER BY balance DESC, account LIMIT 3";

  private int files;
  private int images;

  @Test
  void theTotalIsZeroAtEveryCut(@TempDir Path directory) {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      run(database, new Random(seed));
    } catch (Throwable t) {
      throw new AssertionError("seed " + seed + ": " + t.getMessage(), t);
    }
  }

  private void run(StandingDatabase database, Random random) {
    database.putFile("in/.keep", "");
    database.run(
        "CREATE TABLE transfer (id BIGINT, sender INTEGER, receiver INTEGER, amount DECIMAL(18, 2))"
            + " WITH ('connector' = 'files', 'path' = 'in', 'format' = 'json')",
        "CREATE TABLE holder (account INTEGER, name VARCHAR)",
        create("credit", "", CREDIT),
        create("debit", "", DEBIT),
        create("balances", "", standing(BALANCES)),
        create("total", "", "SELECT SUM(balance) AS total, COUNT(*) AS n FROM balances"));
    for (int round = 0; round < ROUNDS; round++) {
      switch (random.nextInt(12)) {
        case 0 -> database.reopen();
        case 1 -> database.goOnIn(database.image("crash" + ++images));
        case 2 -> later(database, random);
        case 3 ->
            database.run(
                "INSERT INTO holder VALUES (%d, 'h%d')"
                    .formatted(random.nextInt(ACCOUNTS), random.nextInt(100)));
        case 4 -> pause(database, random);
        default -> transfers(database, random);
      }
      database.passMillis(random.nextInt(1500));
      int steps = random.nextInt(4);
      for (int i = 0; i < steps; i++) {
        database.standing().stepDue();
        checkTotal(database);
      }
      if (round % 5 == 4) {
        checkAll(database);
      }
    }
    resumeAll(database);
    checkAll(database);
  }

  private static String create(String name, String trigger, String sql) {
    return "CREATE STANDING QUERY %s %s WITH ('max_rows_per_step' = '9') AS %s"
        .formatted(name, trigger, sql);
  }

  /** Over the results of the others. */
  private static String standing(String sql) {
    return sql.replaceAll("\\{(\\w+)}", "$1");
  }

  /** The same over the tables. */
  private static String batch(String sql) {
    return sql.replace("{balances}", "(" + BALANCES + ")")
        .replace("{credit}", "(" + CREDIT + ")")
        .replace("{debit}", "(" + DEBIT + ")");
  }

  private void transfers(StandingDatabase database, Random random) {
    StringBuilder rows = new StringBuilder();
    for (int i = random.nextInt(20); i >= 0; i--) {
      rows.append(
          "{\"id\": %d, \"sender\": %d, \"receiver\": %d, \"amount\": %d.%02d}%n"
              .formatted(
                  random.nextInt(1000),
                  random.nextInt(ACCOUNTS),
                  random.nextInt(ACCOUNTS),
                  random.nextInt(500),
                  random.nextInt(100)));
    }
    database.putFile("in/" + ++files + ".json", rows.toString());
  }

  /** A query that comes when others have gone on, or one that goes. */
  private static void later(StandingDatabase database, Random random) {
    String name = random.nextBoolean() ? "holders" : "largest";
    if (database.standing().exists(name)) {
      database.run("DROP QUERY " + name);
    } else {
      String trigger = random.nextBoolean() ? "" : "TRIGGER EVERY INTERVAL '2' SECOND";
      database.run(create(name, trigger, standing(name.equals("holders") ? HOLDERS : LARGEST)));
    }
    TidemillException refused =
        assertThrows(TidemillException.class, () -> database.rows("DROP QUERY credit"));
    assertTrue(refused.text().contains("is read by balances"), refused.text());
  }

  private static void pause(StandingDatabase database, Random random) {
    String name = random.nextBoolean() ? "balances" : "total";
    if (database.status(name).equals("PAUSED")) {
      database.run("RESUME QUERY " + name);
    } else {
      database.run("PAUSE QUERY " + name);
    }
  }

  private static void resumeAll(StandingDatabase database) {
    for (String name : List.of("balances", "total")) {
      if (database.status(name).equals("PAUSED")) {
        database.run("RESUME QUERY " + name);
      }
    }
  }

  private static void checkTotal(StandingDatabase database) {
    for (String total : database.rows("SELECT total FROM total")) {
      assertTrue(total.equals("NULL") || total.equals("0.00"), total);
    }
  }

  /** Once all is taken, each result is that of the batch query. */
  private static void checkAll(StandingDatabase database) {
    boolean isWhole =
        !database.status("balances").equals("PAUSED") && !database.status("total").equals("PAUSED");
    database.passMillis(5000);
    while (database.standing().stepDue()) {
      checkTotal(database);
      database.passMillis(5000);
    }
    if (!isWhole) {
      return;
    }
    check(database, "balances", BALANCES);
    check(database, "holders", HOLDERS);
    check(database, "largest", LARGEST);
  }

  private static void check(StandingDatabase database, String name, String sql) {
    if (database.standing().exists(name)) {
      List<String> expected = new ArrayList<>(database.rows(batch(sql)));
      Collections.sort(expected);
      assertEquals(expected, database.sorted("SELECT * FROM " + name), name);
      assertTrue(database.value("VERIFY " + name).endsWith("\t0"), name);
    }
  }
}
