package dev.tidemill.storage.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FaultyFileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What directories look like that a sink writes: partitions, sizes, small files merged. We read
 * them through the manifest; DuckDB reads whole files.
 */
final class FileLayoutTest {
  private static final List<String> FORMATS = List.of("csv", "json", "parquet");

  @TempDir private Path directory;
  private TableTester tester;

  @BeforeEach
  void open() {
    tester = new TableTester(directory, null);
  }

  @AfterEach
  void close() {
    tester.close();
  }

  private static String message(Runnable action) {
    return String.valueOf(assertThrows(TidemillException.class, action::run).getMessage());
  }

  private static List<List<@Nullable Object>> numbers(long from, long to) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = from; i < to; i++) {
      rows.add(Arrays.asList(i));
    }
    return rows;
  }

  /** What is in a directory, by relative path; with the hidden ones or without. */
  private Set<String> files(String path, boolean hidden) {
    Path root = tester.path(path);
    try (Stream<Path> all = Files.walk(root)) {
      Set<String> names = new TreeSet<>();
      all.filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .filter(name -> hidden || !name.startsWith("_tidemill"))
          .forEach(names::add);
      return names;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private long bytes(String path) {
    try {
      long bytes = 0;
      for (String name : files(path, true)) {
        bytes += Files.size(tester.path(path + "/" + name));
      }
      return bytes;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Rows of a query of DuckDB, as text. */
  private List<String> duckDb(String sql) {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql.replace("DIR", tester.path("").toString()))) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(String.valueOf(rows.getString(i)));
        }
        found.add(String.join("|", row));
      }
      return found;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void valuesAreDirectories() {
    for (String format : FORMATS) {
      String path = "by-" + format;
      Table table =
          tester.table(
              "day DATE, country VARCHAR, x BIGINT",
              "path",
              path,
              "format",
              format,
              "partitioned_by",
              "day, COUNTRY");
      LocalDate one = LocalDate.of(2026, 1, 1);
      LocalDate two = LocalDate.of(2026, 1, 2);
      List<List<@Nullable Object>> rows =
          List.of(
              Arrays.asList(one, "de", 1L),
              Arrays.asList(two, "de", 2L),
              Arrays.asList(one, null, 3L),
              Arrays.asList(one, "de", 4L),
              Arrays.asList(null, "a/b=c %é", 5L));
      try (TableSink sink = table.sink("q")) {
        tester.step(sink, table, 0, SinkMode.APPEND, rows);
        tester.step(sink, table, 1, SinkMode.APPEND, List.of(Arrays.asList(two, "de", 6L)));
      }
      assertEquals(
          Set.of(
              "day=2026-01-01/country=__HIVE_DEFAULT_PARTITION__/part-0000000000." + format,
              "day=2026-01-01/country=de/part-0000000000." + format,
              "day=2026-01-02/country=de/part-0000000000." + format,
              "day=2026-01-02/country=de/part-0000000001." + format,
              "day=__HIVE_DEFAULT_PARTITION__/country=a%2Fb%3Dc%20%25%C3%A9/part-0000000000."
                  + format),
          files(path, false));
      List<List<@Nullable Object>> all = new ArrayList<>(rows);
      all.add(Arrays.asList(two, "de", 6L));
      assertEquals(new HashSet<>(all), new HashSet<>(tester.all(table)));
      Table inferred = tester.table("", "path", path);
      assertEquals(List.of("x BIGINT", "day DATE", "country VARCHAR"), TableTester.types(inferred));
      ScanRequest request =
          new ScanRequest(
              List.of("x"),
              table.start(),
              table.end(),
              List.of(new ColumnFilter.Comparison("day", ColumnFilter.Operator.EQUAL, two)),
              -1);
      assertEquals(2, table.splits(request).size(), "other files are not opened");
      assertEquals(
          List.of(
              "1|2026-01-01|de",
              "2|2026-01-02|de",
              "3|2026-01-01|null",
              "4|2026-01-01|de",
              "5|null|a/b=c %é",
              "6|2026-01-02|de"),
          duckDb(
              "SELECT x, day, country FROM read_%s('DIR/%s/**/*.%s', hive_partitioning=true) ORDER BY x"
                  .formatted(format.equals("json") ? "json_auto" : format, path, format)));
    }
  }

  @Test
  void allTypesOfPartitionsComeBack() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    RandomRows random = new RandomRows(new Random(seed));
    for (String type :
        List.of(
            "BOOLEAN", "TINYINT", "BIGINT", "DECIMAL(20, 3)", "VARCHAR", "DATE", "TIMESTAMP(6)")) {
      String path = "type-" + type.replaceAll("[^A-Z]", "");
      Table table =
          tester.table(
              "p " + type + ", x BIGINT", "path", path, "format", "json", "partitioned_by", "p");
      List<Type> types = ArrowTypes.types(table.schema());
      List<List<@Nullable Object>> rows = random.rows(types, 60, 0.1);
      rows.removeIf(row -> String.valueOf(row.getFirst()).length() > 50);
      rows.add(Arrays.asList(type.equals("VARCHAR") ? "__HIVE_DEFAULT_PARTITION__" : null, 1L));
      try (TableSink sink = table.sink("q")) {
        tester.step(sink, table, 0, SinkMode.APPEND, rows);
      }
      assertEquals(sorted(rows), sorted(tester.all(table)), type);
    }
  }

  private static List<String> sorted(List<List<@Nullable Object>> rows) {
    return rows.stream().map(String::valueOf).sorted().toList();
  }

  @Test
  void whatCannotBePartitionedIsRefused() {
    assertTrue(
        message(
                () ->
                    tester.table(
                        "day DATE, x BIGINT",
                        "path",
                        "p",
                        "format",
                        "csv",
                        "partitioned_by",
                        "dya"))
            .contains("the column dya, which the table does not have; did you mean day?"));
    assertTrue(
        message(
                () ->
                    tester.table(
                        "x DOUBLE, y BIGINT", "path", "p", "format", "csv", "partitioned_by", "x"))
            .contains("cannot be partitioned by x, which is DOUBLE"));
    assertTrue(
        message(() -> tester.table("x BIGINT", "path", "p", "format", "csv", "partitioned_by", "x"))
            .contains("names all columns"));
    assertTrue(
        message(() -> tester.table("x BIGINT, y BIGINT", "path", "p.csv", "partitioned_by", "x"))
            .contains("is for directories that are written"));
    assertTrue(
        message(() -> tester.table("x BIGINT", "path", "p", "format", "csv", "max_wait", "1min"))
            .contains("left out without min_file_size"));
    assertTrue(
        message(
                () ->
                    tester.table("x BIGINT", "path", "p", "format", "csv", "max_file_size", "much"))
            .contains("must be a size such as 64MB"));
    assertTrue(
        message(() -> tester.table("x BIGINT", "path", "p", "format", "csv", "page_version", "1"))
            .contains("it is of another format"));
    assertTrue(
        message(
                () ->
                    tester.table("x BIGINT", "path", "p", "format", "csv", "min_file_sise", "1MB"))
            .contains("did you mean min_file_size"));
    assertTrue(
        message(() -> tester.table("x BIGINT", "pth", "p", "format", "csv"))
            .contains("no option 'pth'; did you mean path?"));
    Table table =
        tester.table("p VARCHAR, x BIGINT", "path", "p", "format", "csv", "partitioned_by", "p");
    try (TableSink sink = table.sink("q")) {
      assertTrue(
          message(
                  () ->
                      tester.step(
                          sink,
                          table,
                          0,
                          SinkMode.APPEND,
                          List.of(Arrays.asList("x".repeat(300), 1L))))
              .contains("too long for the name of a directory"));
    }
  }

  @Test
  void manyPartitionsOfManyRowsAreOneFileEach() {
    Table table =
        tester.table(
            "p BIGINT, x BIGINT", "path", "many", "format", "parquet", "partitioned_by", "p");
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = 0; i < 4000; i++) {
      rows.add(Arrays.asList(i % 400, i));
    }
    try (TableSink sink = table.sink("q")) {
      try (TableSink.StepWriter step = sink.begin(0, SinkMode.APPEND, tester.scope)) {
        tester.write(step, table, rows, RowOperation.INSERT);
        tester.write(step, table, rows, RowOperation.INSERT);
        step.commit();
      }
    }
    assertEquals(400, files("many", false).size());
    assertEquals(8000, tester.all(table).size());
    assertEquals(
        List.of("8000|400"),
        duckDb("SELECT COUNT(*), COUNT(DISTINCT p) FROM read_parquet('DIR/many/**/*.parquet')"));
  }

  @Test
  void aBigStepIsSeveralFiles() {
    for (String format : FORMATS) {
      String rowBound = "rows-" + format;
      Table byRows =
          tester.table("x BIGINT", "path", rowBound, "format", format, "max_rows_per_file", "700");
      try (TableSink sink = byRows.sink("q")) {
        tester.step(sink, byRows, 0, SinkMode.APPEND, numbers(0, 2000));
      }
      assertEquals(3, files(rowBound, false).size());
      assertEquals(numbers(0, 2000), tester.all(byRows));
      String sizeBound = "size-" + format;
      Table bySize =
          tester.table("x BIGINT", "path", sizeBound, "format", format, "max_file_size", "8kB");
      List<List<@Nullable Object>> rows = numbers(0, 4000);
      try (TableSink sink = bySize.sink("q")) {
        tester.step(sink, bySize, 0, SinkMode.APPEND, rows);
      }
      assertTrue(files(sizeBound, false).size() > 1, () -> files(sizeBound, false).toString());
      assertEquals(rows, tester.all(bySize));
      assertEquals(
          List.of("4000|" + 4000L * 3999 / 2),
          duckDb("SELECT COUNT(*), SUM(x) FROM 'DIR/%s/*.%s'".formatted(sizeBound, format)));
      // a reader may stop within any file
      Offset at = bySize.start();
      List<List<@Nullable Object>> read = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        Advance next = bySize.advance(at, 450);
        read.addAll(tester.rows(bySize, at, next.to()));
        at = next.to();
      }
      assertEquals(rows, read);
    }
  }

  @Test
  void textIsCompressed() {
    for (String format : List.of("csv", "json")) {
      for (String compression : List.of("gzip", "zstd")) {
        String path = format + "-" + compression;
        String ending = format + (compression.equals("gzip") ? ".gz" : ".zst");
        Table table =
            tester.table("x BIGINT", "path", path, "format", format, "compression", compression);
        try (TableSink sink = table.sink("q")) {
          tester.step(sink, table, 0, SinkMode.APPEND, numbers(0, 3000));
          tester.step(sink, table, 1, SinkMode.APPEND, numbers(3000, 3001));
        }
        assertEquals(
            Set.of("part-0000000000." + ending, "part-0000000001." + ending), files(path, false));
        assertEquals(numbers(0, 3001), tester.all(table));
        assertEquals(
            List.of("3001|4501500"),
            duckDb("SELECT COUNT(*), SUM(x) FROM 'DIR/%s/*.%s'".formatted(path, ending)));
      }
    }
  }

  /**
   * Steps one after the other, with partitions and without, in every format: at any time the
   * manifest's rows are those of all steps, and others see whole files with rows of the oldest
   * steps, each row once, never fewer than before.
   */
  @Test
  void smallFilesAreMerged() {
    for (String format : FORMATS) {
      for (boolean partitioned : List.of(false, true)) {
        String path = "small-" + format + partitioned;
        boolean isText = !format.equals("parquet");
        List<String> options =
            new ArrayList<>(
                List.of(
                    "path",
                    path,
                    "format",
                    format,
                    "min_file_size",
                    isText ? "400B" : "6kB",
                    "max_file_size",
                    isText ? "3kB" : "20kB"));
        if (partitioned) {
          options.addAll(List.of("partitioned_by", "p"));
        }
        Table table = tester.table("p BIGINT, x BIGINT", options.toArray(String[]::new));
        Table reader = tester.table("p BIGINT, x BIGINT", "path", path, "format", format);
        Offset at = reader.start();
        List<List<@Nullable Object>> written = new ArrayList<>();
        List<List<@Nullable Object>> read = new ArrayList<>();
        long seen = 0;
        String count =
            "SELECT COUNT(*), COUNT(DISTINCT x) FROM read_%s('DIR/%s/**/*.%s')"
                .formatted(format.equals("json") ? "json_auto" : format, path, format);
        try (TableSink sink = table.sink("q")) {
          for (int step = 0; step < 200; step++) {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            for (long i = 0; i < 3; i++) {
              rows.add(Arrays.asList(i % 2, step * 3 + i));
            }
            written.addAll(rows);
            tester.step(sink, table, step, SinkMode.APPEND, rows);
            tester.passSeconds(5);
            if (step % 3 == 0) {
              Advance next = reader.advance(at, 1 + step % 17);
              read.addAll(tester.rows(reader, at, next.to()));
              at = next.to();
            }
            if (step % 50 == 49) {
              assertEquals(sorted(written), sorted(tester.all(reader)), path);
              if (!files(path, false).isEmpty()) {
                String[] counts = duckDb(count).getFirst().split("\\|", -1);
                assertEquals(counts[0], counts[1], "no row twice");
                assertTrue(Long.parseLong(counts[0]) >= seen);
                seen = Long.parseLong(counts[0]);
              }
            }
          }
          assertTrue(seen > 0 && seen < 600, path + " " + seen);
          sink.end();
          assertEquals(List.of("600|600"), duckDb(count));
        }
        Advance rest = reader.advance(at, Long.MAX_VALUE);
        read.addAll(tester.rows(reader, at, rest.to()));
        assertEquals(sorted(written), sorted(read), path);
        assertTrue(rest.ended());
      }
    }
  }

  @Test
  void rowsOfAnyTypeAreMergedAsTheyAre() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    RandomRows random = new RandomRows(new Random(seed));
    String columns =
        "a BOOLEAN, b INTEGER, c DOUBLE, d DECIMAL(30, 5), e VARCHAR, f DATE, g TIMESTAMP(6), h REAL";
    for (String format : FORMATS) {
      String path = "any-" + format;
      Table table = tester.table(columns, "path", path, "format", format, "min_file_size", "1MB");
      List<Type> types = ArrowTypes.types(table.schema());
      List<List<@Nullable Object>> written = new ArrayList<>();
      try (TableSink sink = table.sink("q")) {
        for (int step = 0; step < 24; step++) {
          List<List<@Nullable Object>> rows = random.rows(types, 3, 0.2);
          written.addAll(rows);
          tester.step(sink, table, step, SinkMode.APPEND, rows);
        }
        assertEquals(written.toString(), tester.all(table).toString(), format);
        assertEquals(Set.of(), files(path, false));
        sink.end();
        assertEquals(1, files(path, false).size());
        assertEquals(written.toString(), tester.all(table).toString(), format);
      }
    }
  }

  @Test
  void rowsWaitNoLongerThanTheyMay() {
    Table table =
        tester.table(
            "x BIGINT",
            "path",
            "wait",
            "format",
            "json",
            "min_file_size",
            "1MB",
            "max_wait",
            "1min");
    try (TableSink sink = table.sink("q")) {
      tester.step(sink, table, 0, SinkMode.APPEND, numbers(0, 2));
      tester.step(sink, table, 1, SinkMode.APPEND, numbers(2, 4));
      assertEquals(Set.of(), files("wait", false));
      tester.passSeconds(60);
      tester.step(sink, table, 2, SinkMode.APPEND, List.of());
      assertEquals(1, files("wait", false).size());
      assertEquals(numbers(0, 4), tester.all(table));
    }
    // without the option nothing waits any more, and another layout is not mixed with the first
    Table other = tester.table("x BIGINT", "path", "wait", "format", "json");
    try (TableSink sink = table.sink("q")) {
      tester.step(sink, table, 3, SinkMode.APPEND, numbers(4, 5));
    }
    try (TableSink sink = other.sink("q")) {
      tester.step(sink, other, 4, SinkMode.APPEND, numbers(5, 6));
    }
    assertEquals(3, files("wait", false).size());
    assertEquals(numbers(0, 6), tester.all(other));
  }

  /** A reader that was given a file opens it when its rows were merged and it is gone. */
  @Test
  void whoIsSlowFindsTheRowsWhereTheyAre() {
    Table table =
        tester.table("x BIGINT", "path", "slow", "format", "json", "min_file_size", "1kB");
    try (TableSink sink = table.sink("q")) {
      for (int step = 0; step < 10; step++) {
        tester.step(sink, table, step, SinkMode.APPEND, numbers(step * 2, step * 2 + 2));
      }
      ScanRequest request =
          new ScanRequest(List.of("x"), table.start(), table.end(), List.of(), -1);
      List<Split> splits = table.splits(request);
      assertEquals(10, splits.size());
      for (int step = 10; step < 300; step++) {
        tester.step(sink, table, step, SinkMode.APPEND, numbers(step * 2, step * 2 + 2));
        tester.passSeconds(10);
      }
      List<List<@Nullable Object>> rows = new ArrayList<>();
      for (Split split : splits) {
        rows.addAll(tester.read(table, split, request));
      }
      assertEquals(numbers(0, 20), rows);
    }
  }

  /** Of two thousand steps there are as few files, and as few bytes to be read, as of a hundred. */
  @Test
  void metadataDoesNotGrowWithSteps() {
    Table table =
        tester.table("x BIGINT", "path", "long", "format", "json", "min_file_size", "1MB");
    long afterHundred = 0;
    try (TableSink sink = table.sink("q")) {
      for (int step = 0; step < 2000; step++) {
        tester.step(sink, table, step, SinkMode.APPEND, numbers(step, step + 1));
        tester.passSeconds(5);
        int files = files("long/_tidemill", true).size();
        assertTrue(files <= 90, step + ": " + files);
        if (step == 300) {
          afterHundred = bytes("long/_tidemill");
        }
      }
    }
    long atEnd = bytes("long/_tidemill");
    assertTrue(atEnd < afterHundred + 100_000, afterHundred + " bytes, then " + atEnd);
    assertTrue(
        Manifest.read(new LocalFileSystem(), tester.path("long").toString(), Manifest.EMPTY)
                .files()
                .size()
            <= 48);
    assertEquals(numbers(0, 2000), tester.all(table));
  }

  /**
   * Whatever operation a process dies at while it merges and publishes: the manifest's rows are
   * those of whole steps, others see no row twice and never fewer, and going on completes the rest.
   */
  @Test
  void everyCrashLosesAndDoublesNothing() {
    boolean died = true;
    for (int dieAt = 0; died; dieAt += 1 + dieAt / 12) {
      String path = "crash-" + dieAt;
      FaultyFileSystem faulty = new FaultyFileSystem(dieAt);
      tester.use(faulty);
      died = !run(path, faulty);
      tester.use(new LocalFileSystem());
      Set<String> before = visible(path);
      Table table = gathering(path);
      try (TableSink sink = table.sink("q")) {
        long last = sink.lastStep();
        assertEquals(rowsOf(last), sorted(tester.all(table)), path);
        assertTrue(visible(path).containsAll(before), path);
        for (long step = last + 1; step < 24; step++) {
          tester.step(sink, table, step, SinkMode.APPEND, rows(step));
          visible(path);
        }
        sink.end();
      }
      assertEquals(rowsOf(23), sorted(tester.all(table)), path);
      assertEquals(rowsOf(23).size(), visible(path).size(), path);
    }
  }

  private Table gathering(String path) {
    return tester.table(
        "p BIGINT, x BIGINT",
        "path",
        path,
        "format",
        "json",
        "min_file_size",
        "200B",
        "partitioned_by",
        "p");
  }

  private static List<List<@Nullable Object>> rows(long step) {
    return List.of(Arrays.asList(step % 2, step), Arrays.asList(null, step + 1000));
  }

  private static List<String> rowsOf(long last) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long step = 0; step <= last; step++) {
      rows.addAll(rows(step));
    }
    return sorted(rows);
  }

  private boolean run(String path, FaultyFileSystem faulty) {
    try {
      Table table = gathering(path);
      try (TableSink sink = table.sink("q")) {
        for (long step = 0; step < 24; step++) {
          tester.step(sink, table, step, SinkMode.APPEND, rows(step));
        }
        sink.end();
      }
      return true;
    } catch (FaultyFileSystem.Death e) {
      faulty.bury();
      return false;
    }
  }

  /** The lines of all files that others see, each once. */
  private Set<String> visible(String path) {
    Set<String> lines = new HashSet<>();
    if (!Files.exists(tester.path(path))) {
      return lines;
    }
    for (String name : files(path, false)) {
      if (!name.endsWith(".tmp")) {
        for (String line : tester.read(path + "/" + name).lines().toList()) {
          assertTrue(lines.add(line), path + " has " + line + " twice");
        }
      }
    }
    return lines;
  }

  @Test
  void decimalsArePartitionsToo() {
    Table table =
        tester.table(
            "p DECIMAL(5, 2), t TIMESTAMP(3), x BIGINT",
            "path",
            "dec",
            "format",
            "csv",
            "partitioned_by",
            "p,t");
    List<@Nullable Object> row =
        Arrays.asList(new BigDecimal("1.50"), LocalDateTime.of(2026, 1, 1, 10, 0), 1L);
    try (TableSink sink = table.sink("q")) {
      tester.step(sink, table, 0, SinkMode.UPDATE, List.of(row));
    }
    assertEquals(
        Set.of("p=1.50/t=2026-01-01%2010%3A00%3A00.000/part-0000000000.csv"), files("dec", false));
  }
}
