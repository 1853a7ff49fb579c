package dev.tidemill.storage.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which files are a table's rows, in what order, and what offsets mean when files come, change and
 * go.
 */
final class FilesTableTest {
  @TempDir private Path directory;
  private TableTester tester;

  @BeforeEach
  void open() {
    tester = new TableTester(directory.resolve("data"), null);
  }

  @AfterEach
  void close() {
    tester.close();
  }

  private static String message(Runnable action) {
    return String.valueOf(assertThrows(TidemillException.class, action::run).getMessage());
  }

  private static Table rejectedOf(Table table) {
    return Objects.requireNonNull(table.rejected());
  }

  private static List<List<Object>> ofNumbers(long... numbers) {
    List<List<Object>> rows = new ArrayList<>();
    for (long number : numbers) {
      rows.add(List.of(number));
    }
    return rows;
  }

  @Test
  void directoriesPatternsAndFiles() {
    tester.put("a.json", "{\"x\":1}\n");
    tester.put("b.jsonl", "{\"x\":2}\n");
    tester.put("sub/deep/c.json", "{\"x\":3}\n");
    tester.put(".hidden.json", "{\"x\":9}\n");
    tester.put("_private.json", "{\"x\":9}\n");
    tester.put("half.json.tmp", "{\"x\":9");
    assertEquals(
        ofNumbers(1, 2), tester.all(tester.table("x BIGINT", "path", ".", "order_by", "name")));
    assertEquals(ofNumbers(1), tester.all(tester.table("", "path", "a.json")));
    assertEquals(
        ofNumbers(1, 2),
        tester.all(tester.table("", "path", "*.json*", "order_by", "name", "format", "json")));
    assertEquals(
        ofNumbers(1, 3), tester.all(tester.table("", "path", "**/*.json", "order_by", "name")));
    assertEquals(
        ofNumbers(1, 3), tester.all(tester.table("", "path", "**.json", "order_by", "name")));
    assertEquals(ofNumbers(3), tester.all(tester.table("", "path", "s[t-v]b/{deep,x}/?.json")));
    assertEquals(
        ofNumbers(3), tester.all(tester.table("", "path", tester.path("sub/deep").toString())));
  }

  @Test
  void columnsOfDirectoriesHaveATypeThatFitsThemAll() {
    for (int i = 0; i < 100; i++) {
      tester.put("p=" + (i < 99 ? "" + i : "last") + "/a.json", "{\"x\":1}\n");
    }
    assertEquals(
        "p VARCHAR, x 100",
        "p %s, x %d"
            .formatted(
                ArrowTypes.type(tester.table("", "path", ".").schema().findField("p")),
                tester.all(tester.table("", "path", ".")).size()));
  }

  @Test
  void keysThatDifferInCaseOnlyAreOneColumn() {
    tester.put("a.json", "{\"x\":1}\n{\"X\":2}\n");
    assertEquals(ofNumbers(1, 2), tester.all(tester.table("", "path", "a.json")));
    tester.put("b.json", "{\"X\":1}\n{\"x\":1,\"X\":2}\n");
    assertTrue(
        message(() -> tester.table("", "path", "b.json"))
            .contains("one object has the keys x and X"));
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertTrue(
        message(() -> tester.table("", "path", "none.csv"))
            .contains("there is no file or directory"));
    assertTrue(message(() -> tester.table("", "path", "*.csv")).contains("no file matches"));
    Table file = tester.table("x BIGINT", "path", "none.csv");
    assertTrue(
        message(file::end).endsWith("there is no file or directory " + tester.path("none.csv")));
    Table directoryToCome = tester.table("x BIGINT", "path", "out", "format", "json");
    assertEquals(List.of(), tester.all(directoryToCome));
    assertTrue(directoryToCome.advance(directoryToCome.start(), 5).caughtUp());
    tester.put("a.txt", "");
    assertTrue(
        message(() -> tester.table("x BIGINT", "path", "a.txt"))
            .contains("give 'format' (csv, debezium-json, json, parquet)"));
    tester.put("a.csv.bz2", "");
    assertTrue(message(() -> tester.table("x BIGINT", "path", "a.csv.bz2")).contains("compressed"));
    assertTrue(
        message(() -> tester.table("x BIGINT", "path", "s3://b/a.csv"))
            .contains("only local files"));
    assertTrue(
        message(() -> tester.table("x BIGINT", "path", "a.json", "frmat", "x"))
            .contains("no option 'frmat'"));
    assertTrue(
        message(() -> tester.table("x BIGINT", "path", "a.json", "header", "true"))
            .contains("option 'header' of connector 'files' means nothing"));
  }

  @Test
  void filesAreTakenByTimeThenNameAndLateOnesStillCome() {
    tester.put("b.json", "{\"x\":2}\n", 100);
    tester.put("a.json", "{\"x\":1}\n", 100);
    tester.put("c.json", "{\"x\":0}\n", 50);
    Table table = tester.table("x BIGINT", "path", ".");
    Advance first = table.advance(table.start(), Long.MAX_VALUE);
    assertEquals(ofNumbers(0, 1, 2), tester.rows(table, table.start(), first.to()));
    assertEquals(3, first.rows());
    assertTrue(first.caughtUp());
    assertFalse(first.ended());
    tester.put("late-and-old.json", "{\"x\":3}\n", 10);
    tester.put("same-time.json", "{\"x\":4}\n", 100);
    Advance second = table.advance(first.to(), Long.MAX_VALUE);
    assertEquals(ofNumbers(3, 4), tester.rows(table, first.to(), second.to()));
    assertEquals(second.to(), table.advance(second.to(), 10).to());
    assertEquals(0, table.advance(second.to(), 10).rows());
    assertEquals(ofNumbers(0, 1, 2, 3, 4), tester.rows(table, table.start(), second.to()));
    assertEquals("{\"v\":1,\"files\":5}", second.to().text());
  }

  @Test
  void aChangedFileIsAnErrorOnceTaken() {
    tester.put("a.json", "{\"x\":1}\n", 100);
    tester.put("b.json", "{\"x\":2}\n", 200);
    Table table = tester.table("x BIGINT", "path", ".");
    Advance one = table.advance(table.start(), 1);
    Offset both = table.advance(one.to(), 5).to();
    tester.put("a.json", "{\"x\":10}\n", 300);
    assertTrue(
        message(() -> table.advance(one.to(), 5)).contains("a.json has changed since it was read"));
    assertTrue(message(() -> table.advance(both, 5)).contains("a.json has changed"));
    assertTrue(
        message(() -> tester.rows(table, table.start(), one.to())).contains("a.json has changed"));
    // a batch query, and a standing one that begins now, read what there is now
    assertEquals(ofNumbers(2, 10), tester.all(table));
    Advance anew = table.advance(table.start(), 5);
    assertEquals(ofNumbers(2, 10), tester.rows(table, table.start(), anew.to()));
    assertEquals("{\"v\":1,\"files\":3,\"without\":\"0\"}", anew.to().text());
  }

  @Test
  void aFileThatChangesBeforeItIsTakenIsReadAsItIs() {
    tester.put("a.json", "{\"x\":1}\n", 100);
    tester.put("b.json", "{\"x\":2}\n", 200);
    Table table = tester.table("x BIGINT", "path", ".");
    Advance one = table.advance(table.start(), 1);
    tester.put("b.json", "{\"x\":20}\n", 300);
    Advance two = table.advance(one.to(), 5);
    assertEquals(ofNumbers(20), tester.rows(table, one.to(), two.to()));
  }

  @Test
  void aFileThatIsGoneMattersOnlyToWhomItIsMissing() throws IOException {
    tester.put("a.json", "{\"x\":1}\n", 100);
    Path b = tester.put("b.json", "{\"x\":2}\n{\"x\":3}\n", 200);
    tester.put("c.json", "{\"x\":4}\n", 300);
    Table table = tester.table("x BIGINT", "path", ".");
    Advance one = table.advance(table.start(), 1);
    Advance inside = table.advance(one.to(), 1);
    Advance all = table.advance(inside.to(), 9);
    Files.delete(b);
    assertTrue(message(() -> table.advance(one.to(), 9)).contains("b.json is gone"));
    assertTrue(message(() -> table.advance(inside.to(), 9)).contains("b.json is gone"));
    assertTrue(message(() -> tester.rows(table, one.to(), all.to())).contains("b.json is gone"));
    tester.put("d.json", "{\"x\":5}\n", 400);
    Advance on = table.advance(all.to(), 9);
    assertEquals(ofNumbers(5), tester.rows(table, all.to(), on.to()));
    assertEquals(ofNumbers(1, 4, 5), tester.all(table));
  }

  @Test
  void numbersOfFilesOutliveTheProcess() {
    Path database = directory.resolve("db");
    try (TableTester first = new TableTester(directory.resolve("data"), database)) {
      first.put("b.json", "{\"x\":1}\n", 100);
      Table table = first.table("x BIGINT", "path", ".");
      Offset taken = table.advance(table.start(), 9).to();
      first.put("a.json", "{\"x\":2}\n", 50);
      try (TableTester second = new TableTester(directory.resolve("data"), database)) {
        Table again = second.table("x BIGINT", "path", ".");
        Advance rest = again.advance(taken, 9);
        assertEquals(ofNumbers(2), second.rows(again, taken, rest.to()));
        assertEquals(ofNumbers(1), second.rows(again, again.start(), taken));
      }
    }
  }

  @Test
  void tablesOfOneDefinitionShareTheNumbers() {
    try (TableTester kept = new TableTester(directory.resolve("data"), directory.resolve("db"))) {
      FilesConnector connector = new FilesConnector();
      TableDefinition definition =
          TableTester.definition("t", "files", "x BIGINT", "path", ".", "format", "json");
      Table one = connector.open(definition, kept.context());
      Table other = connector.open(definition, kept.context());
      kept.put("b.json", "{\"x\":1}\n", 100);
      Offset first = one.advance(one.start(), 9).to();
      kept.put("a.json", "{\"x\":2}\n", 50);
      Offset both = other.advance(other.start(), 9).to();
      assertEquals(ofNumbers(1, 2), kept.rows(other, other.start(), both));
      Table again = new FilesConnector().open(definition, kept.context());
      assertEquals(ofNumbers(2), kept.rows(again, first, both));
    }
  }

  @Test
  void stepsOfAnyCutAreTheWhole() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (String format : List.of("json", "csv", "parquet")) {
      String data = "steps-" + format;
      long number = 0;
      List<List<Object>> expected = new ArrayList<>();
      try (TableTester writer = new TableTester(directory.resolve(data), null)) {
        for (int file = 0; file < 6; file++) {
          List<List<Object>> rows = new ArrayList<>();
          for (int i = random.nextInt(8); i > 0; i--) {
            rows.add(List.of(number, "text\n\"" + number++ + "\","));
          }
          expected.addAll(rows);
          Table shape = writer.table("x BIGINT, s VARCHAR", "path", "other", "format", format);
          try (FileExport export =
                  FileExport.open(
                      new LocalFileSystem(),
                      directory.resolve(data),
                      "f" + file + "." + format,
                      Map.of(),
                      shape.schema(),
                      writer.scope);
              Batch batch =
                  Batches.fromRows(ArrowTypes.types(shape.schema()), rows, writer.scope)) {
            export.write(batch);
            export.commit();
          }
        }
        Table table =
            writer.table("x BIGINT, s VARCHAR", "path", "f*." + format, "order_by", "name");
        assertEquals(expected, writer.all(table), "seed " + seed);
        List<List<@Nullable Object>> taken = new ArrayList<>();
        Offset from = table.start();
        boolean caughtUp = false;
        while (!caughtUp) {
          int most = 1 + random.nextInt(5);
          Advance advance = table.advance(from, most);
          List<List<@Nullable Object>> rows = writer.rows(table, from, advance.to());
          assertEquals(advance.rows(), rows.size(), "seed " + seed);
          assertTrue(rows.size() == most || advance.caughtUp(), "seed " + seed);
          taken.addAll(rows);
          from = advance.to();
          caughtUp = advance.caughtUp();
        }
        assertEquals(expected, taken, "seed " + seed);
        assertEquals(expected, writer.rows(table, table.start(), from), "seed " + seed);
      }
    }
  }

  @Test
  void growingFilesAreReadUpToTheirLastWholeLine() throws IOException {
    Path a = tester.put("a.json", "{\"x\":1}\n{\"x\":2}\n{\"x\"");
    tester.put("b.json", "");
    Table table = tester.table("x BIGINT", "path", ".", "growing", "true", "format", "json");
    assertEquals(ofNumbers(1, 2), tester.all(table));
    Advance one = table.advance(table.start(), 1);
    Advance two = table.advance(one.to(), 5);
    assertEquals(ofNumbers(1), tester.rows(table, table.start(), one.to()));
    assertEquals(ofNumbers(2), tester.rows(table, one.to(), two.to()));
    Files.writeString(a, "{\"x\":1}\n{\"x\":2}\n{\"x\":3}\n{");
    Files.writeString(tester.path("b.json"), "{\"x\":4}\n");
    Files.writeString(tester.path("c.json"), "{\"x\":5}\n");
    Advance three = table.advance(two.to(), 5);
    assertEquals(ofNumbers(3, 4, 5), tester.rows(table, two.to(), three.to()));
    assertEquals(3, three.rows());
    assertEquals("{\"v\":1,\"positions\":[24,8,8]}", three.to().text());
    Files.writeString(a, "{\"x\":1}\n");
    assertTrue(message(() -> table.advance(three.to(), 5)).contains("has become shorter"));
  }

  @Test
  void growingCsvWaitsForOpenQuotes() throws IOException {
    Path a = tester.put("a.csv", "x,s\n1,\"one\"\n2,\"two\n");
    Table table = tester.table("x BIGINT, s VARCHAR", "path", "a.csv", "growing", "true");
    Advance one = table.advance(table.start(), 9);
    assertEquals(1, one.rows());
    Files.writeString(a, "x,s\n1,\"one\"\n2,\"two\nlines\"\n");
    Advance two = table.advance(one.to(), 9);
    assertEquals(List.of(List.of(2L, "two\nlines")), tester.rows(table, one.to(), two.to()));
    assertTrue(
        message(() -> tester.table("x BIGINT", "path", "a.parquet", "growing", "true"))
            .contains("not parquet files"));
  }

  @Test
  void boundedTablesEndAndStaticOnesAreStatic() {
    tester.put("a.json", "{\"x\":1}\n");
    Table bounded = tester.table("", "path", "a.json", "bounded", "true");
    assertEquals(InputKind.BOUNDED, bounded.inputKind());
    assertTrue(bounded.advance(bounded.start(), 9).ended());
    assertEquals(
        InputKind.STATIC, tester.table("", "path", "a.json", "static", "true").inputKind());
    assertEquals(1, bounded.statistics().rows());
  }

  @Test
  void compressedFilesAreReadAndCutAnywhere() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write("x,s\n1,a\n2,b\n3,c\n".getBytes(StandardCharsets.UTF_8));
    }
    tester.put("a.csv.gz", zipped.toByteArray());
    tester.put("b.csv.zst", Zstd.compress("x,s\n4,d\n".getBytes(StandardCharsets.UTF_8)));
    Table table = tester.table("", "path", "*.csv.*", "order_by", "name");
    assertEquals(List.of("x BIGINT", "s VARCHAR"), TableTester.types(table));
    Advance one = table.advance(table.start(), 2);
    Advance two = table.advance(one.to(), 9);
    assertEquals(
        List.of(List.of(3L, "c"), List.of(4L, "d")), tester.rows(table, one.to(), two.to()));
    byte[] half = Arrays.copyOf(zipped.toByteArray(), zipped.size() - 12);
    tester.put("a.csv.gz", half);
    assertTrue(message(() -> tester.all(table)).contains("a.csv.gz is truncated"));
  }

  @Test
  void rejectedRowsAreKeptOnceHoweverOftenTheyAreRead() {
    tester.put("a.csv", "x,y\n1,2\nx,3\n4,\n5,6,7\n8,\"9\n", 100);
    tester.put("b.json", "{\"x\":1}\n{\"x\":\"no\"}\n[]\n", 100);
    Table failing = tester.table("x BIGINT, y BIGINT", "path", "a.csv");
    assertEquals(
        tester.path("a.csv")
            + ", line 3, column x: 'x' is not a BIGINT. Mend it, or leave such rows out with"
            + " 'on_error'='skip'",
        message(() -> tester.all(failing)));
    Table skipping = tester.table("x BIGINT, y BIGINT", "path", "a.csv", "on_error", "skip");
    for (int i = 0; i < 2; i++) {
      assertEquals(2, tester.all(skipping).size());
      // a scan of other columns leaves out the same rows
      assertEquals(2, tester.rows(skipping, List.of("y"), skipping.start(), skipping.end()).size());
      assertEquals(2, tester.rows(skipping, List.of(), skipping.start(), skipping.end()).size());
    }
    Table rejected = rejectedOf(skipping);
    assertEquals(
        List.of(
            List.of(tester.path("a.csv").toString(), 3L, "x", "x", "'x' is not a BIGINT"),
            Arrays.asList(
                tester.path("a.csv").toString(),
                5L,
                null,
                "5,6,7",
                "expected 2 fields but found 3"),
            Arrays.asList(
                tester.path("a.csv").toString(),
                6L,
                null,
                "8,\"9",
                "a quoted field is not closed")),
        tester.all(rejected));
    Advance advance = skipping.advance(skipping.start(), Long.MAX_VALUE);
    assertEquals(5, advance.rows());
    Table json = tester.table("x BIGINT", "path", "b.json", "on_error", "skip");
    assertEquals(ofNumbers(1), tester.all(json));
    assertEquals(2, tester.all(rejectedOf(json)).size());
    Table growing =
        tester.table("x BIGINT", "path", "b.json", "on_error", "skip", "growing", "true");
    assertEquals(ofNumbers(1), tester.all(growing));
    tester.put("b.json", "{\"x\":1}\n{\"x\":\"no\"}\n[]\n{\"x\":2}\n");
    assertEquals(ofNumbers(1, 2), tester.all(growing));
    assertEquals(2, tester.all(rejectedOf(growing)).size());
  }

  @Test
  void rejectedRowsOutliveTheProcess() {
    Path database = directory.resolve("db");
    tester.put("a.csv", "x\n1\nno\n");
    for (int i = 0; i < 2; i++) {
      try (TableTester kept = new TableTester(directory.resolve("data"), database)) {
        Table table = kept.table("x BIGINT", "path", "a.csv", "on_error", "skip");
        assertEquals(i, kept.all(rejectedOf(table)).size());
        kept.all(table);
        kept.all(table);
        assertEquals(1, kept.all(rejectedOf(table)).size());
      }
    }
  }
}
