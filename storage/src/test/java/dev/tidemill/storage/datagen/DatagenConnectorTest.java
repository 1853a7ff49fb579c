package dev.tidemill.storage.datagen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.files.TableTester;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Table;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is generated fits its column, or is refused. */
final class DatagenConnectorTest {
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

  private Table table(String columns, String... options) {
    return new DatagenConnector()
        .open(TableTester.definition("g", "datagen", columns, options), tester.context());
  }

  private static String message(Runnable work) {
    return assertThrows(TidemillException.class, work::run).text();
  }

  @Test
  void sequencesEndWhereTheirTypeDoes() {
    Table table = table("x TINYINT", "total_rows", "200", "x.kind", "sequence", "x.start", "-1");
    Offset fits = new Offset("129");
    assertEquals(List.of((byte) 127), tester.rows(table, new Offset("128"), fits).getFirst());
    assertTrue(message(() -> tester.all(table)).contains("x leaves TINYINT at row 129"));
    Table decimal = table("d DECIMAL(3, 2)", "total_rows", "20", "d.kind", "sequence");
    assertTrue(message(() -> tester.all(decimal)).contains("leaves DECIMAL(3,2) at row 10"));
  }

  @Test
  void boundsAreValuesOfTheColumn() {
    assertTrue(
        message(() -> table("x TINYINT", "total_rows", "9", "x.max", "128")).contains("x.max"));
    assertTrue(
        message(() -> table("x DECIMAL(3, 1)", "total_rows", "9", "x.min", "-100"))
            .contains("x.min"));
    assertTrue(
        message(() -> table("x INTEGER NOT NULL", "total_rows", "9", "x.nulls", "0.5"))
            .contains("NOT NULL"));
    for (List<?> row : tester.all(table("x TINYINT", "total_rows", "900", "x.min", "100"))) {
      assertTrue((byte) row.getFirst() >= 100, row.toString());
    }
  }

  @Test
  void aTableWithoutEndHasFewSplits() {
    Table table = table("x BIGINT", "total_rows", Long.toString(Long.MAX_VALUE));
    ScanRequest all = new ScanRequest(List.of("x"), table.start(), table.end(), List.of(), -1);
    assertTrue(table.splits(all).size() <= 1 << 12);
  }
}
