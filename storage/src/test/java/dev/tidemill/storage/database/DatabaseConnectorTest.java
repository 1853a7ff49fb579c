package dev.tidemill.storage.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.file.FaultyFileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.files.TableTester;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
}
