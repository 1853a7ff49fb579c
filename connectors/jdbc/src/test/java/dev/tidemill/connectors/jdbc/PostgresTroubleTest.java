package dev.tidemill.connectors.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
