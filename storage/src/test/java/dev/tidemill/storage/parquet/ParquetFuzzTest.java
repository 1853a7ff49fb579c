package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.StagedReader;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.TableStatistics.ColumnStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files give an error that names the file, or rows: never an internal error, a read outside
 * the buffers (tests run on checked memory) or a leak. {@code -Dtidemill.fuzz.millis} makes it
 * longer, {@code -Dtidemill.test.seed} repeats.
 */
final class ParquetFuzzTest {
  private static final long MEMORY = 64L << 20;

  @TempDir Path directory;

  @Test
  void damagedFiles() throws SQLException, IOException {
    List<byte[]> originals = originals();
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    long end = System.nanoTime() + Long.getLong("tidemill.fuzz.millis", 4000) * 1_000_000;
    int errors = 0;
    for (long round = 0; System.nanoTime() < end; round++) {
      long here = seed + round;
      Random random = new Random(here);
      byte[] damaged = damage(random, originals.get(random.nextInt(originals.size())).clone());
      Path path = directory.resolve("f.parquet");
      Files.write(path, damaged);
      try {
        readAll(path, random);
      } catch (TidemillException e) {
        errors++;
        assertNotEquals(ErrorKind.INTERNAL, e.kind(), "seed " + here);
        assertTrue(
            e.text().contains("f.parquet") || e.kind() == ErrorKind.RESOURCE,
            () -> "seed " + here + ": " + e.text());
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + here, e);
      }
    }
    assertTrue(errors > 0);
  }

  private static byte[] damage(Random random, byte[] file) {
    int footer =
        (file[file.length - 8] & 0xff)
            | (file[file.length - 7] & 0xff) << 8
            | (file[file.length - 6] & 0xff) << 16;
    boolean inFooter = random.nextInt(3) == 0;
    int from = inFooter ? file.length - 8 - footer : 4;
    int to = inFooter ? file.length : file.length - 8 - footer;
    if (random.nextInt(20) == 0) {
      return Arrays.copyOf(file, random.nextInt(file.length));
    }
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = from + random.nextInt(to - from);
      switch (random.nextInt(4)) {
        case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> file[at] = (byte) random.nextInt();
        case 2 -> {
          byte value = (byte) (random.nextBoolean() ? 0xff : 0);
          Arrays.fill(file, at, Math.min(to, at + 1 + random.nextInt(8)), value);
        }
        default -> {
          int length = Math.min(random.nextInt(16), to - at);
          System.arraycopy(file, from + random.nextInt(to - from - length + 1), file, at, length);
        }
      }
    }
    return file;
  }

  private static void readAll(Path path, Random random) {
    DataFile file = ParquetFiles.file(path);
    ParquetFormat format = new ParquetFormat(ParquetWriteOptions.DEFAULT);
    Schema schema = format.inferSchema(List.of(file));
    TableStatistics statistics = format.statistics(file, schema);
    FileScan scan =
        random.nextBoolean()
            ? ParquetFiles.scan(schema)
            : ParquetFiles.scan(schema, filter(schema, statistics, random));
    try (MemoryScope scope = MemoryScope.root("fuzz", MEMORY)) {
      long rows = 0;
      for (FileRange range : format.ranges(file, 0, FileFormat.END, scan)) {
        try (BatchReader reader = format.open(file, range, scan, scope)) {
          rows +=
              random.nextBoolean()
                  ? rows(reader)
                  : rowsInStages(reader, schema.getFields().size(), random);
          if (rows > 1 << 20) {
            return;
          }
        }
      }
    }
  }

  /** One that makes the reader look at indexes, dictionaries and bloom filters. */
  private static ColumnFilter filter(Schema schema, TableStatistics statistics, Random random) {
    String column = schema.getFields().get(random.nextInt(schema.getFields().size())).getName();
    ColumnStatistics known = statistics.columns().get(column);
    Object value = known == null ? null : random.nextBoolean() ? known.min() : known.max();
    return value == null
        ? new ColumnFilter.NullTest(column, false)
        : new ColumnFilter.Comparison(column, ColumnFilter.Operator.EQUAL, value);
  }

  /** Reads and looks at a value of each column in every row. */
  private static long rows(BatchReader reader) {
    long rows = 0;
    while (rows <= 1 << 20) {
      try (Batch batch = reader.next()) {
        if (batch == null) {
          break;
        }
        rows += batch.rowCount();
        for (int c = 0; c < batch.columnCount(); c++) {
          for (int row = 0; row < batch.length(); row += 7) {
            batch.column(c).value(row);
          }
        }
      }
    }
    return rows;
  }

  /** As {@link #rows}, by columns of some rows. */
  private static long rowsInStages(BatchReader reader, int columns, Random random) {
    StagedReader staged = reader.staged();
    if (staged == null) {
      throw new AssertionError("not in stages");
    }
    long rows = 0;
    for (int length = staged.advance(); length > 0 && rows <= 1 << 20; length = staged.advance()) {
      int step = 1 + random.nextInt(40);
      int[] wanted = new int[(length + step - 1) / step];
      Arrays.setAll(wanted, i -> i * step);
      for (int c = 0; c < columns; c++) {
        try (Column column = staged.read(c, new Selection(wanted, wanted.length))) {
          for (int row = 0; row < column.length(); row++) {
            column.value(row);
          }
        }
      }
      rows += length;
    }
    return rows;
  }

  private List<byte[]> originals() throws SQLException, IOException {
    List<byte[]> originals = new ArrayList<>();
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      for (String version : List.of("V1", "V2")) {
        for (String codec :
            List.of("uncompressed", "uncompressed", "snappy", "zstd", "gzip", "lz4_raw")) {
          Path path = directory.resolve("o.parquet");
          String rows = ParquetDuckDbTest.EVERYTHING.formatted(300 + originals.size() * 10);
          statement.execute(
              "COPY (%s) TO '%s' (FORMAT parquet, PARQUET_VERSION %s, CODEC '%s', ROW_GROUP_SIZE 2048)"
                  .formatted(rows, path, version, codec));
          originals.add(Files.readAllBytes(path));
        }
        Path path = directory.resolve("o.parquet");
        String rows = NestedParquetTest.NESTED.formatted(200);
        statement.execute(
            "COPY (%s) TO '%s' (FORMAT parquet, PARQUET_VERSION %s, CODEC 'uncompressed')"
                .formatted(rows, path, version));
        originals.add(Files.readAllBytes(path));
        originals.add(written(path, version.equals("V1") ? 1 : 2));
      }
    }
    Path path = directory.resolve("o.parquet");
    Schema schema =
        new Schema(
            List.of(
                ArrowTypes.field("id", Type.BIGINT, false),
                ArrowTypes.field("name", Type.VARCHAR, true),
                ArrowTypes.field("kind", Type.VARCHAR, true)));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = 0; i < 3000; i++) {
      rows.add(Arrays.asList(i * 7919 % 10_000, "name " + i, i % 9 == 0 ? null : "kind " + i % 5));
    }
    for (int version = 1; version <= 2; version++) {
      ParquetFiles.write(
          path,
          schema,
          new ParquetWriteOptions(CompressionCodec.UNCOMPRESSED, 1, 1000, version),
          rows,
          700);
      originals.add(Files.readAllBytes(path));
    }
    return originals;
  }

  /** The rows of a file as they are written here. */
  private byte[] written(Path path, int pageVersion) throws IOException {
    Schema schema =
        new ParquetFormat(ParquetWriteOptions.DEFAULT)
            .inferSchema(List.of(ParquetFiles.file(path)));
    Path copy = directory.resolve("c.parquet");
    ParquetFiles.write(
        copy,
        schema,
        new ParquetWriteOptions(CompressionCodec.UNCOMPRESSED, 1, 90, pageVersion),
        ParquetFiles.read(path),
        40);
    return Files.readAllBytes(copy);
  }
}
