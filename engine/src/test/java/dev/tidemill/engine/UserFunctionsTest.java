package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.function.user.UserFunction;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions of users in jars: kept with the database, missing, replaced, in standing queries. */
class UserFunctionsTest {
  private static final String SCALAR =
      """
      package shop;

      import dev.tidemill.plan.function.user.UserScalarFunction;

      public final class Net implements UserScalarFunction {
        public long eval(long gross) {
          return gross * 100 / %d;
        }
      }
      """;

  private static final String AGGREGATE =
      """
      package shop;

      import dev.tidemill.plan.function.user.UserAggregateFunction;
      import java.io.Serializable;

      public final class Spread implements UserAggregateFunction<Spread.State> {
        public static final class State implements Serializable {
          java.util.TreeMap<Long, Integer> values = new java.util.TreeMap<>();
        }

        @Override
        public State create() {
          return new State();
        }

        public void add(State state, long value) {
          state.values.merge(value, 1, Integer::sum);
        }

        public void remove(State state, long value) {
          if (state.values.merge(value, -1, Integer::sum) < 0) {
            throw new IllegalStateException("never came: " + value);
          }
          state.values.remove(value, 0);
        }

        public void merge(State state, State other) {
          other.values.forEach((value, count) -> state.values.merge(value, count, Integer::sum));
        }

        public Long result(State state) {
          return state.values.isEmpty() ? null : state.values.lastKey() - state.values.firstKey();
        }
      }
      """;

  @TempDir Path directory;
  private Path work;

  @BeforeEach
  void makeJar() throws Exception {
    work = Files.createDirectory(directory.resolve("work"));
    jar("shop.jar", 119);
  }

  /** A jar of both functions. */
  private void jar(String name, int divisor) throws IOException, URISyntaxException {
    Path sources = Files.createTempDirectory(directory, "sources");
    Path classes = Files.createDirectory(sources.resolve("classes"));
    Path scalar = Files.writeString(sources.resolve("Net.java"), SCALAR.formatted(divisor));
    Path aggregate = Files.writeString(sources.resolve("Spread.java"), AGGREGATE);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Path api =
        Path.of(UserFunction.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    int failures =
        compiler.run(
            null,
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            "-proc:none",
            "-cp",
            api.toString(),
            "-d",
            classes.toString(),
            scalar.toString(),
            aggregate.toString());
    assertEquals(0, failures);
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(work.resolve(name)));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        jar.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, jar);
        jar.closeEntry();
      }
    }
  }

  private StandingDatabase open() {
    StandingDatabase database = new StandingDatabase(work);
    database.run(
        "CREATE FUNCTION net AS 'shop.Net' USING JAR 'shop.jar'",
        "CREATE FUNCTION spread AS 'shop.Spread' USING JAR 'shop.jar'",
        "CREATE TABLE t (k INTEGER, v BIGINT)");
    return database;
  }

  private static TidemillException fails(StandingDatabase database, String sql) {
    return assertThrows(TidemillException.class, () -> SessionRows.of(database.session(), sql));
  }

  @Test
  void functionsAreKeptWithTheDatabase() {
    try (StandingDatabase database = open()) {
      database.run(
          "INSERT INTO t VALUES (1, 119), (1, 238), (2, 10)",
          "CREATE TEMPORARY FUNCTION passing AS 'shop.Net' USING JAR 'shop.jar'");
      assertEquals(List.of("100"), database.rows("SELECT passing(119)"));
      database.reopen();
      assertEquals(List.of("100"), database.rows("SELECT NET(119)"));
      assertEquals(
          List.of("1\t119", "2\t0"), database.sorted("SELECT k, spread(v) FROM t GROUP BY k"));
      assertTrue(
          database.rows("SHOW FUNCTIONS").contains("net\tscalar\tshop.Net"),
          () -> String.join("\n", database.rows("SHOW FUNCTIONS")));
      assertEquals(
          "there is no function passing (line 1, column 8)",
          fails(database, "SELECT passing(119)").getMessage());
      database.run("DROP FUNCTION net");
      database.reopen();
      assertEquals(
          "there is no function net; did you mean GET? (line 1, column 8)",
          fails(database, "SELECT net(119)").getMessage());
    }
  }

  @Test
  void aMissingJarIsToldWhenItIsNeeded() throws Exception {
    try (StandingDatabase database = open()) {
      database.run(
          "CREATE STANDING QUERY q AS SELECT k, spread(net(v)) AS s FROM t GROUP BY k",
          "CREATE STANDING QUERY n AS SELECT COUNT(*) AS n FROM t",
          "INSERT INTO t VALUES (1, 119), (1, 238)");
      database.step("q", "n");
      Path jar = work.resolve("shop.jar");
      Path away = work.resolve("away");
      Files.move(jar, away);
      database.reopen();
      String missing =
          "function %s cannot be loaded: its class shop.%s is to be in "
              + jar
              + ", which is no file";
      assertEquals(
          missing.formatted("net", "Net") + " (line 1, column 8)",
          fails(database, "SELECT net(119)").getMessage());
      assertEquals(List.of("2"), database.rows("SELECT COUNT(*) FROM t"));
      assertTrue(
          database.rows("SHOW QUERIES").stream()
              .anyMatch(
                  row ->
                      row.startsWith("q\tFAILED")
                          && row.contains(missing.formatted("spread", "Spread"))),
          () -> String.join("\n", database.rows("SHOW QUERIES")));
      Files.move(away, jar);
      database.run("RESUME QUERY q", "INSERT INTO t VALUES (1, 1190), (2, 5)");
      database.step("q", "n");
      assertEquals(List.of("1\t900", "2\t0"), database.sorted("SELECT * FROM q"));
    }
  }

  @Test
  void statesOutliveACrash() {
    try (StandingDatabase database = open()) {
      database.run(
          "CREATE STANDING QUERY n AS SELECT k, COUNT(*) AS n FROM t GROUP BY k",
          "CREATE STANDING QUERY q AS SELECT spread(n) AS s FROM"
              + " (SELECT k, COUNT(*) AS n FROM t GROUP BY k) u");
      for (int step = 1; step <= 12; step++) {
        database.run("INSERT INTO t VALUES (" + step % 3 + ", 1), (" + step % 5 + ", 2)");
        database.step("n", "q");
        if (step % 4 == 0) {
          database.goOnIn(database.image("crash" + step));
        }
        assertEquals(database.rows("SELECT spread(n) FROM n"), database.rows("SELECT * FROM q"));
      }
    }
  }

  @Test
  void aReplacedFunctionIsUsedAtOnce() throws Exception {
    try (StandingDatabase database = open()) {
      assertEquals(List.of("100"), database.rows("SELECT net(119)"));
      jar("other.jar", 200);
      database.run("CREATE OR REPLACE FUNCTION net AS 'shop.Net' USING JAR 'other.jar'");
      assertEquals(List.of("59"), database.rows("SELECT net(119)"));
      jar("other.jar", 1000);
      database.run("CREATE OR REPLACE FUNCTION net AS 'shop.Net' USING JAR 'other.jar'");
      assertEquals(List.of("11"), database.rows("SELECT net(119)"));
    }
  }

  @Test
  void aStandingQueryIsUnchangedOnlyWithItsFunctions() throws Exception {
    try (StandingDatabase database = open()) {
      String create = "CREATE STANDING QUERY q AS SELECT net(v) AS n FROM t";
      database.run(create, create);
      jar("other.jar", 200);
      database.run("CREATE TEMPORARY FUNCTION net AS 'shop.Net' USING JAR 'other.jar'");
      TidemillException changed = fails(database, create);
      assertTrue(changed.getMessage().contains("function net was: "), changed.getMessage());
    }
  }

  @Test
  void anOfferThatCannotBeLoadedFailsOnlyCallsThatMayMeanIt() throws Exception {
    Path services = Files.createDirectories(directory.resolve("offered/META-INF/services"));
    Files.write(
        services.resolve(UserFunction.class.getName()),
        List.of("nowhere.Missing", OfferedFunction.class.getName()));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    URL offered = directory.resolve("offered").toUri().toURL();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {offered}, before)) {
      thread.setContextClassLoader(loader);
      try (StandingDatabase database = open()) {
        assertEquals(List.of("42"), database.rows("SELECT twice(21)"));
        assertEquals(List.of("100"), database.rows("SELECT net(119)"));
        assertTrue(
            database.rows("SHOW FUNCTIONS").stream().anyMatch(f -> f.contains("OfferedFunction")));
        String message = fails(database, "SELECT thrice(7)").getMessage();
        assertTrue(message.contains("thrice") && message.contains("nowhere.Missing"), message);
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
