package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.streaming.QueryListener;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who looks at standing queries does not wait for the step at work; who changes them does. */
class StandingReadersTest {
  @TempDir Path directory;

  private final CountDownLatch inStep = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private volatile boolean armed;

  /** Stops the step that prints until it is told to go on. */
  private PrintStream stopping() {
    return new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8) {
      @Override
      public void write(byte[] bytes, int offset, int length) {
        if (armed) {
          inStep.countDown();
          try {
            assertTrue(goOn.await(60, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }
      }
    };
  }

  @Test
  void lookingWaitsForNoStep() throws Exception {
    try (StandingDatabase database =
            new StandingDatabase(directory.resolve("work"), QueryListener.NONE, stopping());
        ExecutorService threads = Executors.newCachedThreadPool()) {
      database.run(
          "CREATE TABLE t (id BIGINT NOT NULL)",
          "CREATE TABLE printed (n BIGINT) WITH ('connector' = 'print')",
          "INSERT INTO t VALUES (1), (2)",
          "CREATE STANDING QUERY q AS SELECT COUNT(*) AS n FROM t",
          "CREATE STANDING QUERY p INTO printed OUTPUT MODE COMPLETE AS SELECT COUNT(*) AS n FROM t");
      database.step("q", "p");
      database.run("INSERT INTO t VALUES (3)");
      armed = true;
      Future<?> step = threads.submit(() -> database.step("q", "p"));
      try {
        assertTrue(inStep.await(60, TimeUnit.SECONDS));
        assertEquals(List.of("2"), soon(threads, () -> database.rows("SELECT n FROM q")));
        List<String> queries = soon(threads, () -> database.rows("SHOW QUERIES"));
        assertTrue(queries.getFirst().startsWith("q\tRUNNING"), queries.getFirst());
        assertEquals("0", queries.getFirst().split("\t")[5]);
        assertEquals(2, soon(threads, () -> database.rows("SHOW STATE")).size());
        assertEquals(2, soon(threads, () -> database.rows("SHOW WATERMARKS")).size());
        assertFalse(soon(threads, () -> database.rows("EXPLAIN QUERY q")).isEmpty());
        assertFalse(soon(threads, () -> database.rows("SHOW TABLES")).isEmpty());
        assertEquals("RUNNING", soon(threads, () -> database.status("q")));
        Future<?> stop = threads.submit(() -> database.run("STOP QUERY q"));
        assertFalse(stop.isDone());
        goOn.countDown();
        stop.get(60, TimeUnit.SECONDS);
        step.get(60, TimeUnit.SECONDS);
        assertEquals("STOPPED", database.status("q"));
        assertEquals(List.of("3"), database.rows("SELECT n FROM q"));
      } finally {
        goOn.countDown();
      }
    }
  }

  private static <T> T soon(ExecutorService threads, Callable<T> look) throws Exception {
    return threads.submit(look).get(20, TimeUnit.SECONDS);
  }
}
