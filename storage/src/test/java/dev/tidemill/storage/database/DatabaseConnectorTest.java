package dev.tidemill.storage.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.file.FaultyFileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.files.TableTester;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.Changeable;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import dev.tidemill.storage.table.ValueExtremes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Tables of the database directory: snapshots, writers one after the other, crashes, DROP. */
final class DatabaseConnectorTest {
  private static final String COLUMNS = "x BIGINT NOT NULL, s VARCHAR";

  @TempDir private Path directory;
  private TableTester tester;

  @BeforeEach
  void open() {
    tester = new TableTester(directory, directory.resolve("db"));
  }

  @AfterEach
  void close() {
    tester.close();
  }

  private static TableDefinition definition() {
    return TableTester.definition("Orders", "database", COLUMNS);
  }

  private Table table() {
    return new DatabaseConnector().open(definition(), tester.context());
  }

  private static List<List<Object>> rows(long from, long to) {
    List<List<Object>> rows = new ArrayList<>();
    for (long i = from; i < to; i++) {
      rows.add(Arrays.asList(i, i % 3 == 0 ? null : "s" + i));
    }
    return rows;
  }

  private void insert(Table table, List<List<Object>> rows) {
    try (TableSink sink = table.sink(TableSink.INSERT)) {
      tester.step(sink, table, sink.lastStep() + 1, SinkMode.APPEND, rows);
    }
  }

  @Test
  void snapshotsStayWhatTheyAre() {
    Table table = table();
    insert(table, rows(0, 5));
    Offset first = table.end();
    insert(table, rows(5, 10));
    assertEquals(rows(0, 5), tester.rows(table, table.start(), first));
    assertEquals(rows(0, 10), tester.all(table()));
    assertEquals(10, table.statistics().rows());
    Advance advance = table.advance(table.start(), 7);
    assertEquals(rows(0, 7), tester.rows(table, table.start(), advance.to()));
    assertEquals(rows(7, 10), tester.rows(table, advance.to(), table.end()));
  }

  @Test
  void extremesAreThoseOfTheFilesWhileNoRowIsGone() {
    Table table = table();
    assertEquals(List.of(ValueExtremes.NONE), extremes(table));
    insert(table, rows(3, 5));
    Offset first = table.end();
    insert(table, rows(0, 4));
    assertEquals(List.of(new ValueExtremes(0L, 4L)), extremes(table));
    assertEquals(
        List.of(new ValueExtremes(3L, 4L)),
        table.extremes(new ScanRequest(List.of("x"), table.start(), first, List.of(), -1)));
    remove(table);
    assertNull(extremes(table));
    compact(table);
    List<List<Object>> rows = tester.all(table);
    assertEquals(
        List.of(
            new ValueExtremes(
                rows.stream().map(r -> (Long) r.get(0)).min(Long::compare).orElseThrow(),
                rows.stream().map(r -> (Long) r.get(0)).max(Long::compare).orElseThrow())),
        extremes(table));
  }

  private static @Nullable List<ValueExtremes> extremes(Table table) {
    return table.extremes(new ScanRequest(List.of("x"), table.start(), table.end(), List.of(), -1));
  }

  @Test
  void writersComeOneAfterTheOther() {
    Table table = table();
    try (TableSink sink = table.sink("q1")) {
      tester.step(sink, table, 3, SinkMode.APPEND, rows(0, 2));
      TidemillException second =
          assertThrows(TidemillException.class, () -> insert(table, rows(2, 3)));
      assertTrue(second.text().contains("'q1'"));
      sink.end();
    }
    assertTrue(table.advance(table.start(), 9).ended());
    insert(table, rows(2, 3));
    assertFalse(table.advance(table.start(), 9).ended());
    assertEquals(rows(0, 3), tester.all(table));
    try (TableSink sink = table.sink("q1")) {
      assertEquals(3, sink.lastStep());
    }
  }

  @Test
  void nullsAreCheckedAndKeysRefused() {
    Table table = table();
    List<List<Object>> bad = List.of(Arrays.asList(null, "x"));
    assertEquals(
        "column x is NOT NULL, but a row has NULL there",
        assertThrows(TidemillException.class, () -> insert(table, bad)).getMessage());
    assertEquals(List.of(), tester.all(table));
    TableDefinition keyed =
        new TableDefinition(
            "k", definition().columns(), null, List.of("x"), true, definition().options(), "k");
    assertThrows(
        TidemillException.class, () -> new DatabaseConnector().open(keyed, tester.context()));
  }

  @Test
  void dropDeletesAndCreateBeginsAnew() {
    Catalog catalog = new Catalog(tester.context());
    assertTrue(catalog.createTable(definition(), false));
    insert(catalog.table(List.of("Orders")).table(), rows(0, 3));
    assertEquals(
        rows(0, 3), tester.all(new Catalog(tester.context()).table(List.of("orders")).table()));
    assertTrue(catalog.dropTable("ORDERS"));
    assertFalse(Files.exists(directory.resolve("db/tables/orders")));
    // a crash between the catalog's and the table's end leaves rows that are no table's
    insert(table(), rows(0, 3));
    catalog.createTable(definition(), false);
    assertEquals(List.of(), tester.all(catalog.table(List.of("Orders")).table()));
  }

  @Test
  void aTableOfAnEarlierBuildIsRefused() throws IOException {
    Catalog catalog = new Catalog(tester.context());
    catalog.createTable(definition(), false);
    Path metadata = directory.resolve("db/tables/orders/_tidemill");
    Files.createDirectories(metadata);
    Files.writeString(metadata.resolve("manifest-0000000000.log"), "");
    Table table = table();
    for (Executable use :
        List.<Executable>of(table::end, table::statistics, () -> insert(table, rows(0, 1)))) {
      String text = assertThrows(TidemillException.class, use).text();
      assertTrue(text.contains("version 1") && text.contains("COPY"), text);
    }
    assertTrue(catalog.dropTable("orders"));
    catalog.createTable(definition(), false);
    assertEquals(List.of(), tester.all(table()));
  }

  @Test
  void everyCrashLeavesWholeInserts() {
    boolean died = true;
    for (int dieAt = 0; died; dieAt++) {
      FaultyFileSystem faulty = new FaultyFileSystem(dieAt);
      String name = "t" + dieAt;
      TableDefinition definition = TableTester.definition(name, "database", COLUMNS);
      died = false;
      try {
        tester.use(faulty);
        Table table = new DatabaseConnector().open(definition, tester.context());
        insert(table, rows(0, 3));
        insert(table, rows(3, 6));
      } catch (FaultyFileSystem.Death e) {
        died = true;
        faulty.bury();
      }
      tester.use(new LocalFileSystem());
      Table table = new DatabaseConnector().open(definition, tester.context());
      int count = tester.all(table).size();
      assertTrue(count % 3 == 0 && (died || count == 6), name);
      insert(table, rows(count, 9));
      assertEquals(rows(0, 9), tester.all(table), name);
    }
  }

  /**
   * The first row of each segment goes, then the table is compacted; only the last snapshot is
   * kept.
   */
  @Test
  void everyCrashOfACompactionLeavesTheRows() throws IOException {
    boolean died = true;
    for (int dieAt = 0; died; dieAt++) {
      String name = "t" + dieAt;
      TableDefinition definition = keeping(name, 1);
      tester.use(new LocalFileSystem());
      Table whole = new DatabaseConnector().open(definition, tester.context());
      insert(whole, rows(0, 3));
      insert(whole, rows(3, 6));
      remove(whole);
      List<List<Object>> expected = tester.all(whole);
      assertEquals(4, expected.size());
      FaultyFileSystem faulty = new FaultyFileSystem(dieAt);
      died = false;
      try {
        tester.use(faulty);
        compact(new DatabaseConnector().open(definition, tester.context()));
      } catch (FaultyFileSystem.Death e) {
        died = true;
        faulty.bury();
      }
      tester.use(new LocalFileSystem());
      Table table = new DatabaseConnector().open(definition, tester.context());
      assertEquals(expected, tester.all(table), name);
      assertEquals(4, table.statistics().rows(), name);
      assertTrue(table.changing(), name);
      try (TableSink sink = table.sink(TableSink.INSERT)) {
        assertEquals(1, sink.lastStep(), name);
      }
      Table again = new DatabaseConnector().open(definition, tester.context());
      compact(again);
      assertEquals(expected, tester.all(again), name);
      try (Stream<Path> files = Files.list(directory.resolve("db/tables/" + name))) {
        assertEquals(
            List.of("_tidemill", "part-0000000004.parquet"),
            files.map(file -> file.getFileName().toString()).sorted().toList(),
            name);
      }
      assertEquals(List.of("table-0000000001.log"), logs(name), name);
      assertTrue(
          assertThrows(TidemillException.class, () -> changeable(again).at(3))
              .text()
              .contains("snapshot 3 no longer"));
      // who begins to follow the changes takes what there is at once, then what comes
      Advance advance = again.advance(again.start(), 1);
      assertEquals("4", advance.to().text());
      insert(again, rows(6, 7));
      assertEquals(rows(6, 7), tester.rows(again, advance.to(), again.end()));
    }
  }

  @Test
  void whatIsReadIsKept() {
    Table table = new DatabaseConnector().open(keeping("kept", 1), tester.context());
    insert(table, rows(0, 3));
    insert(table, rows(3, 6));
    ScanRequest request = new ScanRequest(List.of("x"), table.start(), table.end(), List.of(), -1);
    List<Split> splits = table.splits(request);
    compact(table);
    insert(table, rows(6, 9));
    compact(table);
    try (MemoryScope scope = tester.context().memory().child("read")) {
      long count = 0;
      for (Split split : splits) {
        try (BatchReader reader = table.open(split, request, scope)) {
          for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
            count += batch.rowCount();
            batch.close();
          }
        }
      }
      assertEquals(6, count);
    }
    assertEquals(rows(0, 9), tester.all(table));
  }

  /** Steps of a writer, one row each, of which one in three goes again. */
  @Test
  void theLogOfManyCommitsStaysSmall() throws IOException {
    TableDefinition definition = keeping("many", 20);
    Table first = new DatabaseConnector().open(definition, tester.context());
    assertEquals(List.of(), tester.all(first));
    List<List<Object>> expected = new ArrayList<>();
    long largest = 0;
    for (int round = 0; round < 40; round++) {
      Table table = new DatabaseConnector().open(definition, tester.context());
      try (TableSink sink = table.sink("q1")) {
        assertEquals(round * 25 - 1, sink.lastStep());
        for (int step = round * 25; step < (round + 1) * 25; step++) {
          tester.step(sink, table, step, SinkMode.APPEND, rows(step, step + 1));
        }
        assertThrows(
            IllegalArgumentException.class,
            () -> sink.begin(sink.lastStep(), SinkMode.APPEND, tester.scope));
      }
      expected.addAll(rows(round * 25L, round * 25L + 25));
      if (round % 3 == 1) {
        remove(table);
        // segments of one row, and the whole of the last compaction
        expected.subList(expected.size() - 50, expected.size()).clear();
        if (!expected.isEmpty()) {
          expected.removeFirst();
        }
      }
      if (round % 3 == 2) {
        compact(table);
      }
      assertEquals(expected, tester.all(table));
      largest = Math.max(largest, Files.size(logFile("many")));
    }
    assertTrue(largest < 40_000, "bytes of the log: " + largest);
    assertEquals(expected, tester.all(first));
    assertEquals(expected.size(), first.statistics().rows());
    assertTrue(first.changing());
    for (Executable gone :
        List.<Executable>of(
            () -> first.advance(new Offset("7"), 10),
            () -> tester.rows(first, new Offset("7"), first.end()),
            () -> changeable(first).at(7),
            () -> changeable(first).at(Instant.EPOCH))) {
      assertTrue(assertThrows(TidemillException.class, gone).text().contains("no longer"));
    }
    Table snapshots = changeable(first).snapshots();
    long last = Long.parseLong(snapshots.end().text());
    assertEquals(1000 + 13 + 13, last);
    assertTrue(tester.all(snapshots).size() < 150);
    try (Stream<Path> files = Files.list(directory.resolve("db/tables/many"))) {
      assertTrue(files.count() < 150);
    }
  }

  /** Who has read a log goes on when it has begun anew, and where it has even outgrown the old. */
  @Test
  void readersFollowALogThatBeginsAnew() {
    TableDefinition definition = keeping("anew", 1);
    Table reader = new DatabaseConnector().open(definition, tester.context());
    Table writer = new DatabaseConnector().open(definition, tester.context());
    insert(writer, rows(0, 2));
    insert(writer, rows(2, 4));
    Offset before = reader.end();
    compact(writer);
    assertEquals(rows(0, 4), tester.all(reader));
    for (int i = 4; i < 30; i++) {
      insert(writer, rows(i, i + 1));
    }
    assertEquals(rows(0, 30), tester.all(reader));
    assertEquals("29", reader.end().text());
    assertTrue(
        assertThrows(TidemillException.class, () -> tester.rows(reader, before, reader.end()))
            .text()
            .contains("snapshot 2 no longer"));
    assertEquals(rows(4, 30), tester.rows(reader, new Offset("3"), reader.end()));
    try (TableSink sink = reader.sink("q")) {
      assertEquals(-1, sink.lastStep());
      sink.end();
    }
    compact(writer);
    for (Table table :
        List.of(reader, writer, new DatabaseConnector().open(definition, tester.context()))) {
      assertTrue(table.advance(table.start(), 100).ended());
    }
  }

  private static TableDefinition keeping(String name, int snapshots) {
    return new TableDefinition(
        name,
        definition().columns(),
        null,
        List.of(),
        false,
        Map.of("connector", "database", "snapshots_kept", Integer.toString(snapshots)),
        "t");
  }

  private List<String> logs(String table) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("db/tables/" + table + "/_tidemill"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("table"))
          .sorted()
          .toList();
    }
  }

  private Path logFile(String table) throws IOException {
    return directory.resolve("db/tables/" + table + "/_tidemill/" + logs(table).getLast());
  }

  private static Changeable changeable(Table table) {
    return Objects.requireNonNull(table.changeable());
  }

  private void compact(Table table) {
    try (MemoryScope scope = tester.context().memory().child("compact")) {
      changeable(table).compact(true, List.of(), scope);
    }
  }

  private void remove(Table table) {
    Table numbered = changeable(table).withRowIds();
    ScanRequest request =
        new ScanRequest(
            List.of(Changeable.ROW, "x", "s"), numbered.start(), numbered.end(), List.of(), -1);
    try (MemoryScope scope = tester.context().memory().child("remove");
        Changeable.Change change = changeable(table).change(scope)) {
      for (Split split : numbered.splits(request)) {
        try (BatchReader reader = numbered.open(split, request, scope)) {
          for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
            try (Batch rows = batch;
                Batch first =
                    new Batch(
                        rows.length(),
                        IntStream.range(0, 3).mapToObj(c -> rows.column(c).retain()).toList(),
                        new Selection(new int[] {0}, 1),
                        null)) {
              change.remove(first);
            }
          }
        }
      }
      change.commit();
    }
  }
}
