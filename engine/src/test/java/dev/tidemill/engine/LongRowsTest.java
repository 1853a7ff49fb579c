package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of which a batch by number would not fit: batches of text formats are bounded by bytes. */
class LongRowsTest {
  private static final int ROWS = 400;
  private static final String LONG = "long text ".repeat(10_000);

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"json", "csv"})
  void pass(String format) throws IOException {
    Files.createDirectories(directory.resolve("in"));
    try (Writer out = Files.newBufferedWriter(directory.resolve("in/a." + format))) {
      boolean isJson = format.equals("json");
      out.write(isJson ? "" : "id,s\n");
      for (int i = 0; i < ROWS; i++) {
        out.write(
            (isJson ? "{\"id\":%d,\"s\":\"%s\",\"l\":[\"%s\"]}\n" : "%d,%s\n")
                .formatted(i, LONG, LONG));
      }
    }
    try (Engine engine =
            Engine.builder()
                .workingDirectory(directory)
                .threads(1)
                .memory(28 << 20)
                .stepByHand()
                .open();
        Session session = engine.session()) {
      String columns =
          format.equals("json") ? "id BIGINT, s VARCHAR, l VARCHAR ARRAY" : "id BIGINT, s VARCHAR";
      String length =
          format.equals("json") ? "CHAR_LENGTH(s) + CHAR_LENGTH(l[1])" : "2 * CHAR_LENGTH(s)";
      session
          .execute(
              "CREATE TABLE t (%s) WITH ('connector' = 'files', 'path' = 'in', 'format' = '%s')"
                  .formatted(columns, format))
          .close();
      String sql =
          "SELECT COUNT(*) AS n, SUM(id) AS i, SUM("
              + length
              + ") AS s FROM t WHERE s LIKE 'long%'";
      String expected = ROWS + "\t" + ROWS * (ROWS - 1L) / 2 + "\t" + 2L * ROWS * LONG.length();
      assertEquals(List.of(expected), SessionRows.of(session, sql));
      session.execute("CREATE STANDING QUERY q AS " + sql).close();
      session.step(List.of("q"));
      assertEquals(List.of(expected), SessionRows.of(session, "SELECT * FROM q"));
    }
  }
}
