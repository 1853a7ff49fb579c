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

/**
 * Connections that are lost, at commits too, and a server that restarts: each step is there once.
 */
final class PostgresTroubleTest {
  private static Postgres postgres;

  @TempDir Path temporary;
  private TestEngine engine;
  private CuttingProxy proxy;

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
    proxy = new CuttingProxy(postgres.server().port());
    engine = new TestEngine(Files.createDirectories(temporary.resolve("work")));
    engine.putFile("sales/1.csv", "item,n\ntea,1\npot,2\n");
    engine.run(
        "CREATE TABLE sales (item VARCHAR, n INTEGER) WITH ('connector' = 'files', 'path' = 'sales', 'format' = 'csv')");
  }

  @AfterEach
  void close() throws Exception {
    engine.close();
    proxy.close();
  }

  private void createQuery(String options) {
    engine.run(
        "CREATE TABLE copy (item VARCHAR, n INTEGER) WITH ("
            + postgres.options(proxy.port())
            + options
            + ", 'table' = 'copy', 'create_table' = 'true')",
        "CREATE STANDING QUERY q INTO copy OUTPUT MODE APPEND TRIGGER EVERY 1000000 ROWS AS SELECT item, n FROM sales");
  }

  private static void assertCopied(int items) {
    assertEquals(
        List.of(items + "|" + items),
        postgres.rows("SELECT COUNT(*), COUNT(DISTINCT item) FROM copy"));
  }

  @Test
  void aCommitWhoseAnswerIsLostIsFoundInTheTableOfSteps() {
    createQuery("");
    proxy.cut("COMMIT", true, 1);
    engine.step("q");
    assertEquals(0, proxy.left());
    assertCopied(2);
    engine.putFile("sales/2.csv", "item,n\ncup,3\n");
    engine.step("q");
    assertCopied(3);
  }

  @Test
  void aCommitThatIsLostIsMadeAgain() {
    createQuery("");
    proxy.cut("COMMIT", false, 2);
    engine.step("q");
    assertEquals(0, proxy.left());
    assertCopied(2);
    engine.putFile("sales/2.csv", "item,n\ncup,3\n");
    proxy.cut("INSERT INTO", true, 1);
    engine.step("q");
    assertEquals(0, proxy.left());
    assertCopied(3);
  }

  @Test
  void anInsertWhoseCommitIsLostSaysSo() {
    createQuery("");
    proxy.cut("COMMIT", true, 1);
    TidemillException e = engine.fails("INSERT INTO copy VALUES ('jar', 1)");
    assertEquals("COMMIT_OUTCOME_UNKNOWN", e.code().name());
  }

  @Test
  void aServerThatRestartsIsWaitedFor() throws Exception {
    createQuery(", 'max_retries' = '10'");
    engine.step("q");
    engine.putFile("sales/2.csv", "item,n\ncup,3\n");
    postgres.stop();
    Thread again = Thread.ofPlatform().start(postgres::resume);
    engine.step("q");
    again.join();
    assertCopied(3);
    assertEquals("RUNNING", engine.status("q"));
  }

  @Test
  void aServerThatStaysAwayIsTriedAgain() {
    createQuery(", 'max_retries' = '0'");
    engine.step("q");
    engine.putFile("sales/2.csv", "item,n\ncup,3\n");
    postgres.stop();
    try {
      TidemillException e = assertThrows(TidemillException.class, () -> engine.step("q"));
      assertTrue(e.getMessage().contains("writing to copy"), e.getMessage());
      assertEquals("RETRYING", engine.status("q"));
      assertEquals("DATABASE_FAILED", engine.fails("SELECT * FROM copy").code().name());
    } finally {
      postgres.resume();
    }
    engine.run("RESUME QUERY q");
    assertCopied(3);
  }

  /** Raised twice by a trigger, whose sequence no rollback sets back. */
  @Test
  void deadlocksAndSerializationFailuresAreTriedAgain() {
    createQuery("");
    engine.step("q");
    int file = 2;
    for (String state : List.of("40P01", "40001", "55P03", "57014", "53200")) {
      postgres.run(
          "CREATE SEQUENCE tries",
          "CREATE FUNCTION fail() RETURNS trigger AS $$ BEGIN IF nextval('tries') <= 2 THEN"
              + " RAISE EXCEPTION 'not now' USING ERRCODE = '"
              + state
              + "'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
          "CREATE TRIGGER fails BEFORE INSERT ON copy FOR EACH ROW EXECUTE FUNCTION fail()");
      engine.putFile("sales/" + file + ".csv", "item,n\nx" + file + ",3\n");
      engine.step("q");
      assertEquals("RUNNING", engine.status("q"), state);
      assertCopied(++file);
      postgres.run("DROP TRIGGER fails ON copy", "DROP FUNCTION fail", "DROP SEQUENCE tries");
    }
  }

  @Test
  void aRowThatViolatesAConstraintStopsTheQueryUntilItMay() {
    createQuery("");
    engine.step("q");
    postgres.run("CREATE UNIQUE INDEX only_once ON copy (n)");
    engine.putFile("sales/2.csv", "item,n\njar,9\ncup,1\n");
    TidemillException e = assertThrows(TidemillException.class, () -> engine.step("q"));
    assertTrue(
        e.getMessage().contains("does not take a row, so nothing of the step is there")
            && e.getMessage().contains("Key (n)=(1)"),
        e.getMessage());
    assertEquals("FAILED", engine.status("q"));
    assertCopied(2);
    engine.reopen();
    postgres.run("DROP INDEX only_once");
    engine.run("RESUME QUERY q");
    assertCopied(4);
  }

  @Test
  void aTableThatIsChangedMeanwhileIsNamed() {
    createQuery("");
    engine.step("q");
    postgres.run("ALTER TABLE copy ALTER n TYPE BIGINT", "ALTER TABLE copy ADD more TEXT");
    engine.putFile("sales/2.csv", "item,n\ncup,3\n");
    engine.step("q");
    assertCopied(3);
    engine.reopen();
    engine.putFile("sales/3.csv", "item,n\njar,70000\n");
    postgres.run("ALTER TABLE copy ALTER n TYPE SMALLINT");
    TidemillException narrow = assertThrows(TidemillException.class, () -> engine.step("q"));
    assertTrue(narrow.getMessage().contains("out of range"), narrow.getMessage());
    assertCopied(3);
    postgres.run("ALTER TABLE copy DROP n");
    TidemillException gone = engine.fails("RESUME QUERY q");
    assertTrue(gone.getMessage().contains("\"n\""), gone.getMessage());
    assertEquals("FAILED", engine.status("q"));
    postgres.run("ALTER TABLE copy ADD n INTEGER");
    engine.run("RESUME QUERY q");
    assertCopied(4);
    postgres.run("DROP TABLE copy");
    engine.putFile("sales/4.csv", "item,n\nlid,4\n");
    TidemillException missing = assertThrows(TidemillException.class, () -> engine.step("q"));
    assertTrue(missing.getMessage().contains("\"copy\" does not exist"), missing.getMessage());
  }

  @Test
  void aChangedPasswordIsToldAndNotShown() {
    postgres.run("CREATE ROLE mill SUPERUSER LOGIN PASSWORD 'first-secret'");
    try {
      engine.run(
          "CREATE TABLE copy (item VARCHAR, n INTEGER) WITH ("
              + postgres
                  .options()
                  .replaceAll("'user' = .*", "'user' = 'mill', 'password' = 'first-secret'")
              + ", 'table' = 'copy', 'create_table' = 'true')",
          "CREATE STANDING QUERY q INTO copy OUTPUT MODE APPEND TRIGGER EVERY 1000000 ROWS AS SELECT item, n FROM sales");
      engine.step("q");
      postgres.run(
          "ALTER ROLE mill PASSWORD 'second-secret'",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mill'");
      engine.putFile("sales/2.csv", "item,n\ncup,3\n");
      TidemillException e = assertThrows(TidemillException.class, () -> engine.step("q"));
      assertTrue(e.getMessage().contains("password authentication failed"), e.getMessage());
      assertFalse(e.getMessage().contains("secret"), e.getMessage());
      assertEquals("FAILED", engine.status("q"));
      postgres.run("ALTER ROLE mill PASSWORD 'first-secret'");
      engine.run("RESUME QUERY q");
      assertCopied(3);
    } finally {
      engine.run("DROP QUERY q");
      postgres.run("REASSIGN OWNED BY mill TO CURRENT_USER", "DROP ROLE mill");
    }
  }

  /** A table of steps that somebody has touched. */
  @Test
  void aTableOfStepsThatIsGoneOrChangedIsNamed() {
    createQuery("");
    engine.step("q");
    postgres.run("ALTER TABLE tidemill_steps RENAME TO hidden");
    engine.putFile("sales/2.csv", "item,n\ncup,3\n");
    TidemillException e = assertThrows(TidemillException.class, () -> engine.step("q"));
    assertTrue(e.getMessage().contains("tidemill_steps"), e.getMessage());
    postgres.run("ALTER TABLE hidden RENAME TO tidemill_steps");
    engine.run("RESUME QUERY q");
    assertCopied(3);
    postgres.run("UPDATE tidemill_steps SET step = 77");
    engine.putFile("sales/3.csv", "item,n\njar,3\n");
    TidemillException changed = assertThrows(TidemillException.class, () -> engine.step("q"));
    assertTrue(changed.getMessage().contains("somebody has changed it"), changed.getMessage());
    assertCopied(3);
  }

  @Test
  void aStepThatIsTooLargeToBeKeptIsSentAsItComes() {
    StringBuilder rows = new StringBuilder("item,n\n");
    String padding = "x".repeat(100_000);
    for (int i = 0; i < 400; i++) {
      rows.append(i).append(padding).append(",1\n");
    }
    engine.putFile("sales/2.csv", rows.toString());
    createQuery("");
    engine.step("q");
    assertCopied(402);
    engine.putFile("sales/3.csv", rows.toString().replace(",1\n", "y,1\n"));
    proxy.cut("COMMIT", false, 1);
    TidemillException e = assertThrows(TidemillException.class, () -> engine.step("q"));
    assertTrue(e.getMessage().contains("writing to copy"), e.getMessage());
    assertCopied(402);
    engine.run("RESUME QUERY q");
    assertCopied(802);
  }
}
