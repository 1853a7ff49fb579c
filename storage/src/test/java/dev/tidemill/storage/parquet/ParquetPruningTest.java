package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.ColumnFilter.Comparison;
import dev.tidemill.storage.table.ColumnFilter.In;
import dev.tidemill.storage.table.ColumnFilter.NullTest;
import dev.tidemill.storage.table.ColumnFilter.Operator;
import dev.tidemill.storage.table.ColumnFilter.Prefix;
import dev.tidemill.storage.table.ColumnFilter.Range;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.TableStatistics.ColumnStatistics;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Row groups that cannot pass a filter are left out, others never; the same statistics go to the
 * planner.
 */
final class ParquetPruningTest {
  private static final int GROUP = 100;
  private static final LocalDate START = LocalDate.of(2020, 1, 1);
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              ArrowTypes.field("id", Type.INTEGER, false),
              ArrowTypes.field("price", new Type.Decimal(15, 2), true),
              ArrowTypes.field("day", Type.DATE, true),
              ArrowTypes.field("name", Type.VARCHAR, true),
              ArrowTypes.field("rate", Type.DOUBLE, true),
              ArrowTypes.field("rare", Type.BIGINT, true)));

  @TempDir Path directory;
  private DataFile file;
  private final ParquetFormat format = new ParquetFormat(ParquetWriteOptions.DEFAULT);

  /**
   * Five row groups of {@value #GROUP} rows, every column ascending; rare has values in the last
   * group only.
   */
  @BeforeEach
  void write() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 5 * GROUP; i++) {
      rows.add(
          Arrays.asList(
              i,
              new BigDecimal(i).setScale(2),
              START.plusDays(i),
              (char) ('ä' + i / GROUP) + "x".repeat(100) + i,
              i == 150 ? Double.NaN : i / 2.0,
              i >= 4 * GROUP ? (long) i : null));
    }
    Path path = directory.resolve("p.parquet");
    ParquetFiles.write(
        path, SCHEMA, new ParquetWriteOptions(CompressionCodec.SNAPPY, 1, GROUP, 1), rows, 70);
    file = ParquetFiles.file(path);
  }

  private List<Long> groups(ColumnFilter... filters) {
    return format.ranges(file, 0, FileFormat.END, ParquetFiles.scan(SCHEMA, filters)).stream()
        .map(FileRange::from)
        .map(row -> row / GROUP)
        .toList();
  }

  private static ColumnFilter compare(String column, Operator operator, Object value) {
    return new Comparison(column, operator, value);
  }

  @Test
  void comparisons() {
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L), groups());
    assertEquals(List.of(2L), groups(compare("id", Operator.EQUAL, 299)));
    assertEquals(List.of(), groups(compare("id", Operator.EQUAL, 500)));
    assertEquals(List.of(3L, 4L), groups(compare("id", Operator.GREATER, 299)));
    assertEquals(List.of(2L, 3L, 4L), groups(compare("id", Operator.GREATER_OR_EQUAL, 299)));
    assertEquals(List.of(0L), groups(compare("id", Operator.LESS, 100)));
    assertEquals(List.of(0L, 1L), groups(compare("id", Operator.LESS_OR_EQUAL, 100)));
    assertEquals(List.of(1L), groups(compare("price", Operator.EQUAL, new BigDecimal("100.00"))));
    assertEquals(List.of(4L), groups(compare("day", Operator.GREATER, START.plusDays(399))));
    assertEquals(List.of(0L, 3L), groups(new In("id", List.of(7, 333))));
    assertEquals(
        List.of(1L),
        groups(new Range("day", START.plusDays(100), true, START.plusDays(200), false)));
    assertEquals(
        List.of(2L),
        groups(
            compare("id", Operator.GREATER, 199),
            compare("day", Operator.LESS, START.plusDays(300))));
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L), groups(compare("id", Operator.NOT_EQUAL, 5)));
  }

  @Test
  void textWithCutBounds() {
    String third = "æ" + "x".repeat(100);
    assertEquals(List.of(2L), groups(new Prefix("name", "æ")));
    assertEquals(List.of(2L), groups(compare("name", Operator.EQUAL, third + "250")));
    assertEquals(List.of(2L, 3L, 4L), groups(compare("name", Operator.GREATER, third)));
    assertEquals(List.of(), groups(compare("name", Operator.LESS, "z")));
  }

  @Test
  void nulls() {
    assertEquals(List.of(4L), groups(new NullTest("rare", false)));
    assertEquals(List.of(0L, 1L, 2L, 3L), groups(new NullTest("rare", true)));
    assertEquals(List.of(4L), groups(compare("rare", Operator.GREATER, 0L)));
    assertEquals(List.of(), groups(new NullTest("id", true)));
  }

  /** NaN is greater than every number and in no statistics: there is no upper bound. */
  @Test
  void floatingPointHasNoMaximum() {
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L), groups(compare("rate", Operator.GREATER, 1000.0)));
    assertEquals(List.of(0L), groups(compare("rate", Operator.LESS, 10.0)));
  }

  /** Of 100,000 rows in one row group, few values of k within its bounds are there. */
  private static final int ROWS = 100_000;

  private static final Schema IDS =
      new Schema(
          List.of(
              ArrowTypes.field("id", Type.BIGINT, true), ArrowTypes.field("k", Type.BIGINT, true)));

  private static long k(long id) {
    return id % 500 * 2;
  }

  /** The ids that are read with a filter; those that pass it must be among them. */
  private List<Long> ids(Path path, ColumnFilter... filters) {
    return ParquetFiles.read(
            format, ParquetFiles.file(path), 0, FileFormat.END, ParquetFiles.scan(IDS, filters))
        .stream()
        .map(row -> (Long) row.get(0))
        .toList();
  }

  @Test
  void pagesThatTheirBoundsRuleOutAreSkipped() {
    Path path = directory.resolve("pages.parquet");
    writeIds(path);
    assertEquals(ROWS, ids(path).size());
    List<Long> found = ids(path, compare("id", Operator.EQUAL, 70_000L));
    assertTrue(found.contains(70_000L) && found.size() <= ChunkWriter.PAGE_ROWS, "" + found.size());
    found = ids(path, compare("id", Operator.LESS, 20_000L));
    assertTrue(found.size() >= 20_000 && found.size() <= ChunkWriter.PAGE_ROWS, "" + found.size());
    found = ids(path, new In("id", List.of(5L, 99_999L)));
    assertTrue(found.contains(5L) && found.contains(99_999L) && found.size() < ROWS / 3 * 2);
    assertEquals(
        0,
        ids(path, compare("id", Operator.LESS, 10L), compare("id", Operator.GREATER, 90_000L))
            .size());
  }

  /** Whoever reads a part of a row group reads the dictionary and the pages of that part. */
  @Test
  void partsOfARowGroupReadTheirPages() throws IOException {
    Path path = directory.resolve("parts.parquet");
    Random random = new Random(1);
    List<List<@Nullable Object>> written = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      written.add(Arrays.asList(random.nextLong(), k(random.nextInt(500))));
    }
    ParquetFiles.write(path, IDS, ParquetWriteOptions.DEFAULT, written, 4096);
    DataFile parts = ParquetFiles.file(path);
    FileRange whole = new FileRange(0, ROWS, ROWS);
    long bytes = 0;
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (FileRange part : format.divide(whole, 1)) {
      rows.addAll(ParquetFiles.read(format, parts, part.from(), part.to(), ParquetFiles.scan(IDS)));
      try (MemoryScope scope = MemoryScope.root("parts", MemoryScope.UNLIMITED);
          BatchReader reader = format.open(parts, part, ParquetFiles.scan(IDS), scope)) {
        for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
          batch.close();
        }
        bytes += reader.bytesRead();
      }
    }
    assertEquals(written, rows);
    assertTrue(bytes < Files.size(path) * 5 / 4, bytes + " of " + Files.size(path));
  }

  @Test
  void dictionariesWithoutTheValueRuleOutTheirRowGroup() {
    Path path = directory.resolve("dictionary.parquet");
    writeIds(path);
    assertEquals(0, ids(path, compare("k", Operator.EQUAL, 501L)).size());
    assertEquals(0, ids(path, new In("k", List.of(1L, 77L))).size());
    assertEquals(ROWS, ids(path, new In("k", List.of(1L, 78L))).size());
    assertEquals(ROWS, ids(path, compare("k", Operator.NOT_EQUAL, 501L)).size());
  }

  /** Whether or not they are in a dictionary. */
  @Test
  void distinctValuesAreEstimated() {
    Path path = directory.resolve("distinct.parquet");
    writeIds(path);
    TableStatistics statistics = format.statistics(ParquetFiles.file(path), IDS);
    assertEquals(500, distinct(statistics, "k"));
    assertEquals(ROWS, distinct(statistics, "id"));
  }

  private static double distinct(TableStatistics statistics, String column) {
    ColumnStatistics known = statistics.columns().get(column);
    return known == null ? -1 : known.distinct();
  }

  private static void writeIds(Path path) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = 0; i < ROWS; i++) {
      rows.add(Arrays.asList(i, k(i)));
    }
    ParquetFiles.write(path, IDS, ParquetWriteOptions.DEFAULT, rows, 4096);
  }

  /** DuckDB writes bloom filters for columns with a dictionary, and no encodings by page. */
  @Test
  void bloomFiltersRuleOutRowGroups() throws SQLException {
    Path path = directory.resolve("bloom.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "COPY (SELECT i AS id, i % 500 * 2 AS k, 'v' || (i % 500 * 2) AS v, (i % 500 * 2)::INT AS"
              + " n FROM range(100000) t(i)) TO '"
              + path
              + "' (FORMAT parquet)");
    }
    assertEquals(ROWS, ids(path, compare("k", Operator.EQUAL, 500L)).size());
    int rejected = 0;
    for (long odd = 1; odd < 1000; odd += 100) {
      rejected += ids(path, compare("k", Operator.EQUAL, odd)).isEmpty() ? 1 : 0;
      assertEquals(ROWS, ids(path, compare("v", Operator.EQUAL, "v" + (odd - 1))).size());
      assertEquals(ROWS, ids(path, compare("n", Operator.EQUAL, (int) odd - 1)).size());
    }
    assertTrue(rejected > 7, "rejected " + rejected + " of 10");
  }

  @Test
  void statisticsForThePlanner() {
    assertEquals(500, format.statistics(file, SCHEMA).rows());
    ColumnStatistics id = column("id");
    assertEquals(0, id.min());
    assertEquals(499, id.max());
    assertEquals(0, id.nulls());
    assertEquals(500, id.distinct());
    ColumnStatistics rare = column("rare");
    assertEquals(400L, rare.min());
    assertEquals(400, rare.nulls());
    assertEquals(START.plusDays(499), column("day").max());
    assertNull(column("rate").max());
  }

  private ColumnStatistics column(String name) {
    ColumnStatistics found = format.statistics(file, SCHEMA).columns().get(name);
    if (found == null) {
      throw new AssertionError(name);
    }
    return found;
  }
}
