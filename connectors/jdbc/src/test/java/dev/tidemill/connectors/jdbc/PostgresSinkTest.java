package dev.tidemill.connectors.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Standing queries and INSERT into a real PostgreSQL: every step there once, whatever happens. */
final class PostgresSinkTest {
  private static Postgres postgres;

  @TempDir Path temporary;
  private TestEngine engine;

  @BeforeAll
  static void start() {
    postgres = new Postgres();
  }

  @AfterAll
  static void end() {
    if (postgres != null) {
      postgres.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    postgres.run("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
    engine = new TestEngine(Files.createDirectories(temporary.resolve("work")));
    engine.putFile("sales/1.csv", "item,n\ntea,1\npot,2\ntea,3\n");
    engine.run(
        "CREATE TABLE sales (item VARCHAR, n INTEGER) WITH ('connector' = 'files', 'path' = 'sales', 'format' = 'csv')");
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private static String sums(String more) {
    return "CREATE TABLE sums (item VARCHAR, total BIGINT, PRIMARY KEY (item) NOT ENFORCED) WITH ("
        + postgres.options()
        + ", 'table' = 'sums'"
        + more
        + ")";
  }

  private static final String TOTALS =
      "CREATE STANDING QUERY q INTO sums OUTPUT MODE UPDATE TRIGGER EVERY 1000000 ROWS AS SELECT item, SUM(n) AS total FROM sales GROUP BY item HAVING SUM(n) > 0";

  @Test
  void updatesUpsertAndDeleteByKeyOverRestarts() {
    engine.run(sums(", 'create_table' = 'true'"), TOTALS);
    engine.step("q");
    assertEquals(List.of("pot|2", "tea|4"), postgres.rows("SELECT * FROM sums ORDER BY 1"));
    engine.reopen();
    engine.putFile("sales/2.csv", "item,n\npot,-2\njar,7\n");
    engine.step("q");
    assertEquals(List.of("jar|7", "tea|4"), postgres.rows("SELECT * FROM sums ORDER BY 1"));
    engine.putFile("sales/3.csv", "item,n\ntea,1\npot,5\n");
    engine.step("q");
    engine.reopen();
    assertEquals(
        List.of("jar|7", "pot|5", "tea|5"), postgres.rows("SELECT * FROM sums ORDER BY 1"));
    assertEquals(List.of("2"), postgres.rows("SELECT step FROM tidemill_steps"));
    assertEquals(List.of("jar|7", "pot|5", "tea|5"), engine.rows("SELECT * FROM sums"));
  }

  @Test
  void aStepThatTheDatabaseHasAndOurLogHasNotIsNotWrittenTwice() {
    // The second query of the group prints when the first has committed its step.
    engine.close();
    engine = new TestEngine(temporary.resolve("work"), "jar");
    engine.run(
        "CREATE TABLE copy (item VARCHAR, n INTEGER) WITH ("
            + postgres.options()
            + ", 'table' = 'copy', 'create_table' = 'true')",
        "CREATE TABLE shown (item VARCHAR) WITH ('connector' = 'print')",
        "CREATE STANDING QUERY q INTO copy OUTPUT MODE APPEND TRIGGER EVERY 1000000 ROWS AS SELECT item, n FROM sales",
        "CREATE STANDING QUERY p INTO shown OUTPUT MODE APPEND TRIGGER EVERY 1000000 ROWS AS SELECT item FROM sales");
    engine.step("q", "p");
    engine.putFile("sales/2.csv", "item,n\njar,9\n");
    engine.step("q", "p");
    List<String> once = List.of("jar|9", "pot|2", "tea|1", "tea|3");
    assertEquals(once, postgres.rows("SELECT * FROM copy ORDER BY 1, 2"));
    engine.goOnIn(engine.crashed());
    assertEquals("RUNNING", engine.status("q"));
    assertEquals(once, postgres.rows("SELECT * FROM copy ORDER BY 1, 2"));
    engine.putFile("sales/3.csv", "item,n\ncup,8\n");
    engine.step("q", "p");
    assertEquals(List.of("cup|8"), postgres.rows("SELECT * FROM copy WHERE item = 'cup'"));
    assertEquals(List.of("5"), postgres.rows("SELECT COUNT(*) FROM copy"));
  }

  @Test
  void completeReplacesTheTableInOneTransaction() {
    postgres.run(
        "CREATE TABLE sums (item TEXT, total BIGINT)", "INSERT INTO sums VALUES ('old', 1)");
    engine.run(
        "CREATE TABLE sums WITH (" + postgres.options() + ", 'table' = 'sums')",
        "CREATE STANDING QUERY q INTO sums OUTPUT MODE COMPLETE TRIGGER EVERY 1000000 ROWS AS SELECT item, SUM(n) AS total FROM sales GROUP BY item");
    engine.step("q");
    assertEquals(List.of("pot|2", "tea|4"), postgres.rows("SELECT * FROM sums ORDER BY 1"));
    engine.putFile("sales/2.csv", "item,n\npot,1\n");
    engine.step("q");
    assertEquals(List.of("pot|3", "tea|4"), postgres.rows("SELECT * FROM sums ORDER BY 1"));
  }

  @Test
  void insertWritesWhatItSelects() {
    engine.run(sums(", 'create_table' = 'true'"));
    engine.run("INSERT INTO sums SELECT item, SUM(n) FROM sales GROUP BY item");
    assertEquals(List.of("pot|2", "tea|4"), postgres.rows("SELECT * FROM sums ORDER BY 1"));
    TidemillException twice =
        engine.fails("INSERT INTO sums SELECT item, SUM(n) FROM sales GROUP BY item");
    assertEquals("DATABASE_REJECTED_ROW", twice.code().name());
    assertTrue(twice.getMessage().contains("Key (item)="), twice.getMessage());
  }

  @Test
  void keysThatDoNotFitAreRefused() {
    engine.run(sums(", 'create_table' = 'true'"));
    TidemillException other =
        engine.fails(
            "CREATE STANDING QUERY q INTO sums OUTPUT MODE UPDATE AS SELECT MAX(item) AS item, total FROM (SELECT item, CAST(n AS BIGINT) AS total FROM sales) AS t GROUP BY total");
    assertTrue(other.getMessage().contains("PRIMARY KEY (total) NOT ENFORCED"), other.getMessage());
    TidemillException none =
        engine.fails(
            "CREATE STANDING QUERY q INTO sums OUTPUT MODE UPDATE AS SELECT item, CAST(n AS BIGINT) AS total FROM sales");
    assertTrue(none.getMessage().contains("GROUP BY item"), none.getMessage());
    engine.putFile("sales/2.csv", "item,n\n,5\n");
    engine.run(TOTALS);
    TidemillException nullKey = assertThrows(TidemillException.class, () -> engine.step("q"));
    assertTrue(nullKey.getMessage().contains("item"), nullKey.getMessage());
    assertEquals("FAILED", engine.status("q"));
    assertEquals(List.of(), postgres.rows("SELECT * FROM sums"));
  }

  @Test
  void theSameQueryElsewhereTakesOver() {
    engine.run(sums(", 'create_table' = 'true'"), TOTALS);
    engine.step("q");
    try (TestEngine twin = new TestEngine(engine.image("twin"))) {
      twin.run("RESUME QUERY q");
      twin.putFile("sales/2.csv", "item,n\njar,7\n");
      twin.step("q");
      assertEquals("RUNNING", twin.status("q"));
      engine.putFile("sales/2.csv", "item,n\njar,9\n");
      TidemillException fenced = assertThrows(TidemillException.class, () -> engine.step("q"));
      assertTrue(fenced.getMessage().contains("another process"), fenced.getMessage());
      assertEquals("FAILED", engine.status("q"));
      assertEquals(
          List.of("jar|7", "pot|2", "tea|4"), postgres.rows("SELECT * FROM sums ORDER BY 1"));
    }
  }

  @Test
  void whatIsWrongIsSaidWithoutSecrets() {
    assertEquals("DATABASE_TABLE_NOT_FOUND", engine.fails(sums("")).code().name());
    TidemillException password =
        engine.fails(
            "CREATE TABLE t (a INTEGER) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://127.0.0.1:%d/postgres?password=guess-me', 'user' = 'tidemill', 'password' = 'guess-me', 'table' = 't')"
                .formatted(postgres.server().port()));
    assertFalse(password.getMessage().contains("guess-me"), password.getMessage());
    assertTrue(password.getMessage().contains("28P01"), password.getMessage());
    assertEquals(
        "UNSUPPORTED_DATABASE_TYPE",
        engine
            .fails(
                "CREATE TABLE t (a INTEGER ARRAY) WITH ("
                    + postgres.options()
                    + ", 'table' = 't', 'create_table' = 'true')")
            .code()
            .name());
    assertEquals(
        "JDBC_DRIVER_NOT_FOUND",
        engine
            .fails(
                "CREATE TABLE t WITH ('connector' = 'jdbc', 'url' = 'jdbc:oracle:thin:@x', 'table' = 't')")
            .code()
            .name());
  }

  @Test
  void theGuideTellsTheTruth() throws Exception {
    postgres.run(
        "CREATE TABLE customer (name TEXT, city TEXT, born DATE)",
        "INSERT INTO customer VALUES ('Kari', 'Oslo', '1991-02-03'), ('Ola', 'Bergen', '1995-01-01')");
    engine.putFile("orders/1.csv", "item,amount\ntea,1.50\ntea,2.25\n");
    engine.run(
        "CREATE TABLE orders (item VARCHAR, amount DECIMAL(10, 2)) WITH ('connector' = 'files', 'path' = 'orders', 'format' = 'csv')");
    Path project =
        Path.of(System.getProperty("tidemill.project.directory", "../..")).toAbsolutePath();
    String guide = Files.readString(project.resolve("docs/guide/tables.md"));
    int start = guide.indexOf("```jdbc\n") + "```jdbc\n".length();
    String block =
        guide
            .substring(start, guide.indexOf("```", start))
            .replace("jdbc:postgresql://localhost/shop", postgres.server().url())
            .replace("'user' = 'shop'", "'user' = '" + postgres.server().user() + "'")
            .replace("${env:SHOP_PASSWORD}", postgres.server().password());
    for (String statement : block.split(";\\s*\n", -1)) {
      if (statement.startsWith("SELECT")) {
        assertEquals(List.of("Kari"), engine.rows(statement));
      } else if (!statement.isBlank()) {
        engine.run(statement);
      }
    }
    engine.step("totals");
    assertEquals(List.of("tea|3.75|2"), postgres.rows("SELECT * FROM revenue"));
  }
}
