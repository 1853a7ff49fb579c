package dev.tidemill.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as programs see it: streams and exit codes. */
final class CommandTest {
  @TempDir private Path directory;
  private String out = "";
  private String err = "";

  private int tidemill(String stdin, boolean watched, String... arguments) {
    CommandRun run =
        CommandRun.of(directory, stdin, watched ? Set.of(Console.Stream.OUT) : Set.of(), arguments);
    out = run.out();
    err = run.err();
    return run.code();
  }

  private int tidemill(String... arguments) {
    return tidemill("", false, arguments);
  }

  @Test
  void aPipeGetsCsv() {
    assertEquals(
        0, tidemill("-c", "SELECT 1 AS a, 'x,\"y' AS b, NULL AS c, '' AS d; SELECT 2 AS e"));
    assertEquals("a,b,c,d\n1,\"x,\"\"y\",,\"\"\ne\n2\n", out);
    assertEquals("", err);
    tidemill("-c", "CREATE TABLE t (a INT); CREATE TABLE u (a INT)");
    assertEquals("note: without --db DIR all is in memory and nothing is kept\n", err);
  }

  @Test
  void aScriptReadsWhatItHasWritten() {
    String pair = "; INSERT INTO t VALUES (%d); SELECT * FROM q";
    String sql =
        "CREATE TABLE t (a INT); CREATE STANDING QUERY q AS SELECT COUNT(*) AS n, SUM(a) AS s FROM t"
            + pair.formatted(1)
            + pair.formatted(2)
            + pair.formatted(4);
    assertEquals(0, tidemill("-c", sql));
    assertEquals("n,s\n1,1\nn,s\n2,3\nn,s\n3,7\n", out);
  }

  @Test
  void aScriptSaysWhenAStandingQueryFails() {
    String sql =
        "CREATE TABLE t (a INT); CREATE STANDING QUERY q AS SELECT 10 / a AS d FROM t;"
            + " INSERT INTO t VALUES (4), (0); SELECT * FROM q";
    assertEquals(1, tidemill("-c", sql));
    assertEquals("d\n", out);
    assertTrue(err.contains("error: standing query q failed: division by zero"), err);
  }

  @Test
  void aPipeThatIsClosedEndsTheScriptQuietly() throws IOException {
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(closed, false, StandardCharsets.UTF_8),
            new PrintStream(errBytes, true, StandardCharsets.UTF_8),
            Set.of(),
            directory,
            new Console.Interrupts());
    String sql = "SELECT * FROM tpch.sf1.lineitem; SELECT nothing FROM nowhere";
    assertEquals(0, Command.run(new String[] {"-c", sql}, console));
    assertEquals("", errBytes.toString(StandardCharsets.UTF_8));
    Path script = directory.resolve("endless.sql");
    Files.writeString(
        script,
        """
        CREATE TABLE n (a BIGINT) WITH ('connector' = 'datagen', 'rows_per_second' = '1000');
        CREATE STANDING QUERY counted AS SELECT COUNT(*) AS c FROM n;
        SELECT 1;
        """);
    assertEquals(0, Command.run(new String[] {"run", script.toString()}, console));
  }

  @Test
  void aTerminalGetsABox() {
    assertEquals(0, tidemill("", true, "-c", "SELECT 1 AS one, 'é' AS t, CAST(NULL AS INT) AS n"));
    assertEquals(
        """
        ┌─────┬───┬──────┐
        │ one │ t │    n │
        ├─────┼───┼──────┤
        │   1 │ é │ NULL │
        └─────┴───┴──────┘
        1 row
        """,
        out.replaceAll("\u001b\\[[0-9;]*m", ""));
  }

  @Test
  void formats() {
    String sql = "SELECT 1 AS a, 'x\ty|z' AS b, 1.50 AS c, TRUE AS d, NULL AS e";
    tidemill("--format", "tsv", "-c", sql);
    assertEquals("a\tb\tc\td\te\n1\tx\\ty|z\t1.50\ttrue\t\\N\n", out);
    tidemill("--format", "jsonl", "-c", sql);
    assertEquals("{\"a\":1,\"b\":\"x\\ty|z\",\"c\":1.50,\"d\":true,\"e\":null}\n", out);
    tidemill("--format=json", "-c", sql + "; SELECT a FROM (VALUES (1)) AS t(a) WHERE a > 1");
    assertEquals("[\n {\"a\":1,\"b\":\"x\\ty|z\",\"c\":1.50,\"d\":true,\"e\":null}\n]\n[]\n", out);
    tidemill("--format", "markdown", "-c", sql);
    assertEquals(
        "| a | b | c | d | e |\n|---:|---|---:|---|---|\n| 1 | x\\ty\\|z | 1.50 | true | NULL |\n",
        out);
    tidemill("--format", "vertical", "-c", "SELECT 1 AS a, 'x' AS long_name");
    assertEquals("-[ row 1 ]\n        a: 1\nlong_name: x\n", out);
  }

  @Test
  void aFailedStatementEndsTheScript() {
    assertEquals(1, tidemill("SELECT 1 AS a;\nSELECT b\n  FROM nowhere;\nSELECT 2 AS c;", false));
    assertEquals("a\n1\n", out);
    assertTrue(err.contains("error: there is no table or view nowhere"), err);
    assertTrue(err.contains("(line 3, column 8)\n    FROM nowhere;\n         ^\n"), err);
  }

  @Test
  void usageErrors() {
    assertEquals(2, tidemill("--format", "xml", "-c", "SELECT 1"));
    assertTrue(err.contains("--format must be one of box, csv"), err);
    assertEquals(2, tidemill("--memory", "lots", "-c", "SELECT 1"));
    assertEquals(2, tidemill("run"));
    assertEquals(2, tidemill("serve"));
    assertEquals(2, tidemill("--connect", "x"));
    assertEquals(2, tidemill("what"));
    assertEquals(2, tidemill("-c"));
    assertEquals(0, tidemill("--help"));
    assertTrue(out.contains("--available-now"), out);
    assertEquals(0, tidemill("run", "--help"));
    assertTrue(out.contains("--available-now"), out);
    assertEquals(1, tidemill("-f", directory.resolve("none.sql").toString()));
    assertTrue(err.contains("there is no file"), err);
  }

  @Test
  void runEndsWhenItsQueriesHaveEndedAndGoesOnTheNextTime() throws IOException {
    Path script = directory.resolve("count.sql");
    Files.writeString(
        script,
        """
        CREATE TABLE n (a BIGINT) WITH ('connector' = 'datagen', 'rows_per_second' = '100000', 'total_rows' = '500');
        CREATE STANDING QUERY counted AS SELECT COUNT(*) AS c FROM n;
        SELECT c FROM counted;
        """);
    String database = directory.resolve("db").toString();
    assertEquals(0, tidemill("run", script.toString(), "--db", database, "--progress", "json"));
    assertEquals("c\n500\n", out);
    assertTrue(err.contains("\"query\":\"counted\",\"step\":"), err);
    assertTrue(err.contains("\"rows_in\":"), err);
    assertEquals(0, tidemill("run", script.toString(), "--db", database, "--progress", "none"));
    assertEquals("c\n500\n", out);
    assertEquals(0, tidemill("--db", database, "-c", "SELECT c FROM counted"));
    assertEquals("c\n500\n", out);
  }

  @Test
  void aSelectFromAPathReadsWhatTheQueriesBeforeItWrite() throws IOException {
    Path script = directory.resolve("out.sql");
    Files.writeString(
        script,
        """
        CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'total_rows' = '5');
        CREATE TABLE written (n BIGINT)
          WITH ('connector' = 'files', 'path' = 'written', 'format' = 'json');
        CREATE STANDING QUERY q INTO written AS SELECT n FROM numbers;
        SELECT COUNT(*) AS c FROM 'written';
        COPY (SELECT n FROM 'written' WHERE n >= 0) TO 'copy.csv';
        """);
    assertEquals(0, tidemill("run", "--progress", "none", script.toString()), err);
    assertEquals("c\n5\n", out);
    assertEquals(6, Files.readAllLines(directory.resolve("copy.csv")).size());
  }

  @Test
  void availableNowEndsWhatWouldNeverEnd() throws IOException {
    Path script = directory.resolve("grow.sql");
    Files.writeString(
        script,
        """
        CREATE TABLE t (a BIGINT);
        INSERT INTO t VALUES (1), (2), (3);
        CREATE STANDING QUERY total AS SELECT SUM(a) AS s FROM t;
        SELECT s FROM total;
        """);
    assertEquals(0, tidemill("run", script.toString(), "--available-now"));
    assertEquals("s\n6\n", out);
    assertTrue(err.contains("total"), err);
  }

  @Test
  void anEditedQueryIsReplacedOnlyWhenThatIsSaid() throws IOException {
    Path script = directory.resolve("edited.sql");
    String text =
        """
        CREATE TABLE t (a BIGINT) WITH ('connector' = 'files', 'path' = 'in', 'format' = 'json');
        CREATE STANDING QUERY q AS SELECT SUM(a) AS s FROM t;
        SELECT * FROM q;
        """;
    Path in = Files.createDirectory(directory.resolve("in"));
    String[] run = {"run", script.toString(), "--db", "db", "--available-now"};
    Files.writeString(in.resolve("1.json"), "{\"a\":1}\n{\"a\":2}\n");
    Files.writeString(script, text);
    assertEquals(0, tidemill(run), err);
    assertEquals("s\n3\n", out);
    Files.writeString(script, text.replace("SUM(a) AS s", "COUNT(*) AS c, MAX(a) AS m"));
    Files.writeString(in.resolve("2.json"), "{\"a\":5}\n");
    Map<String, String> before = files("db");
    assertEquals(1, tidemill(run));
    assertEquals("", out);
    assertTrue(err.contains("what changed"), err);
    assertTrue(err.contains("--yes"), err);
    assertEquals(before, files("db"));
    assertEquals(0, tidemill("--db", "db", "-c", "SELECT * FROM q"), err);
    assertEquals("s\n3\n", out);
    // the statement asks by itself, and in a script nobody answers
    Files.writeString(
        script,
        text.replace("SUM(a) AS s", "COUNT(*) AS c, MAX(a) AS m")
            .replace("CREATE STANDING", "CREATE OR REPLACE STANDING"));
    assertEquals(1, tidemill(run));
    assertTrue(err.contains("has to be confirmed"), err);
    assertTrue(err.contains("rebuilt from the source"), err);
    assertEquals(before, files("db"));
    Files.writeString(script, text.replace("SUM(a) AS s", "COUNT(*) AS c, MAX(a) AS m"));
    assertEquals(
        0, tidemill("run", script.toString(), "--db", "db", "--available-now", "--yes"), err);
    assertEquals("c,m\n3,5\n", out);
    assertTrue(err.contains("rebuilt from the source"), err);
    assertEquals(0, tidemill(run), err);
    assertEquals("c,m\n3,5\n", out);
  }

  /** The definitions and states of the standing queries of a database. */
  private Map<String, String> files(String database) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory.resolve(database + "/standing/queries"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            directory.relativize(file).toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  @Test
  void aQueryThatFailsAgainLeavesItsNeighboursGoOn() throws IOException {
    Path script = directory.resolve("two.sql");
    Files.writeString(
        script,
        """
        CREATE TABLE t (a BIGINT) WITH ('connector' = 'files', 'path' = 'in', 'format' = 'json');
        CREATE STANDING QUERY broken AS SELECT SUM(1 / a) AS x FROM t;
        CREATE STANDING QUERY counted AS SELECT COUNT(*) AS n FROM t;
        SELECT n FROM counted;
        """);
    Path in = Files.createDirectory(directory.resolve("in"));
    String[] run = {"run", script.toString(), "--db", "db", "--available-now"};
    Files.writeString(in.resolve("1.json"), "{\"a\":0}\n");
    assertEquals(1, tidemill(run));
    assertEquals("n\n1\n", out);
    Files.writeString(in.resolve("2.json"), "{\"a\":1}\n");
    assertEquals(1, tidemill(run));
    assertEquals("n\n2\n", out);
    assertTrue(err.contains("standing query broken failed: division by zero"), err);
  }

  @Test
  void aFailingStandingQueryFailsTheRun() throws IOException {
    Path script = directory.resolve("fail.sql");
    Files.writeString(
        script,
        """
        CREATE TABLE t (a BIGINT);
        INSERT INTO t VALUES (0);
        CREATE STANDING QUERY broken AS SELECT 1 / a AS x FROM t;
        """);
    assertEquals(1, tidemill("run", script.toString(), "--available-now"));
    assertTrue(err.contains("error: standing query broken failed: division by zero"), err);
  }
}
