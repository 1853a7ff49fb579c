package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.FileWriter;
import dev.tidemill.storage.files.RejectHandler;
import dev.tidemill.storage.files.RejectedRow;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.StagedReader;
import dev.tidemill.storage.table.ValueExtremes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Writes and reads Parquet files as lists of rows. */
final class ParquetFiles {
  static final FileSystem FILES = new LocalFileSystem();

  private ParquetFiles() {}

  /** Rejects nothing quietly. */
  private static final class Strict implements RejectHandler {
    @Override
    public void reject(RejectedRow row) {
      throw new AssertionError(row);
    }

    @Override
    public void flush() {}
  }

  static DataFile file(Path path) {
    FileStatus status = FILES.stat(path.toString());
    if (status == null) {
      throw new AssertionError("no file " + path);
    }
    return DataFile.of(FILES, status);
  }

  static FileScan scan(Schema schema, ColumnFilter... filters) {
    List<String> columns = schema.getFields().stream().map(f -> f.getName()).toList();
    return scan(schema, columns, filters);
  }

  static FileScan scan(Schema schema, List<String> columns, ColumnFilter... filters) {
    return new FileScan(schema, columns, List.of(filters), -1, new Strict());
  }

  /** All rows, with the inferred schema. */
  static List<List<@Nullable Object>> read(Path path) {
    DataFile file = file(path);
    ParquetFormat format = new ParquetFormat(ParquetWriteOptions.DEFAULT);
    Schema schema = format.inferSchema(List.of(file));
    return read(format, file, 0, FileFormat.END, scan(schema));
  }

  static List<List<@Nullable Object>> read(
      FileFormat format, DataFile file, long from, long to, FileScan scan) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (MemoryScope scope = MemoryScope.root("test", 1L << 30)) {
      for (FileRange range : format.ranges(file, from, to, scan)) {
        int before = rows.size();
        try (BatchReader reader = format.open(file, range, scan, scope)) {
          while (true) {
            try (Batch batch = reader.next()) {
              if (batch == null) {
                break;
              }
              append(batch, rows);
            }
          }
        }
        List<List<@Nullable Object>> ofRange = rows.subList(before, rows.size());
        checkStages(format, file, range, scan, ofRange, scope);
        if (scan.filters().isEmpty()) {
          checkExtremes(format, file, range, scan, ofRange);
        }
      }
    }
    return rows;
  }

  /** Reads some columns of some rows, and compares them with what was read as a whole. */
  private static void checkStages(
      FileFormat format,
      DataFile file,
      FileRange range,
      FileScan scan,
      List<List<@Nullable Object>> rows,
      MemoryScope scope) {
    long seed = 31L * file.size() + range.from();
    Random random = new Random(seed);
    List<FileRange> parts = format.divide(range, 1 + random.nextInt(100_000));
    int done = 0;
    for (FileRange part : parts) {
      try (BatchReader reader = format.open(file, part, scan, scope)) {
        StagedReader staged = reader.staged();
        if (staged == null) {
          throw new AssertionError("not in stages");
        }
        for (int length = staged.advance(); length > 0; length = staged.advance()) {
          int[] numbers = numbers(random, length);
          for (int c = 0; c < scan.columns().size(); c++) {
            int[] wanted = random.nextInt(4) == 0 ? numbers(random, length) : numbers;
            if (random.nextInt(8) == 0) {
              continue;
            }
            try (Column column = staged.read(c, new Selection(wanted, wanted.length))) {
              assertEquals(wanted.length, column.length());
              for (int i = 0; i < wanted.length; i++) {
                assertEquals(
                    rows.get(done + wanted[i]).get(c),
                    comparable(column.value(i)),
                    "seed " + seed + ", column " + scan.columns().get(c));
              }
            }
          }
          done += length;
        }
      }
    }
    assertEquals(rows.size(), done);
  }

  /** Compares extremes that are known without reading with those of what was read. */
  private static void checkExtremes(
      FileFormat format,
      DataFile file,
      FileRange range,
      FileScan scan,
      List<List<@Nullable Object>> rows) {
    for (int c = 0; c < scan.columns().size(); c++) {
      List<ValueExtremes> known =
          format.extremes(file, range, scan(scan.schema(), List.of(scan.columns().get(c))));
      if (known == null) {
        continue;
      }
      ValueExtremes found = ValueExtremes.NONE;
      for (List<@Nullable Object> row : rows) {
        Object value = row.get(c) instanceof ByteBuffer bytes ? bytes.array() : row.get(c);
        found = found.and(new ValueExtremes(value, value));
      }
      String message = scan.columns().get(c) + " of " + file.path() + " from " + range.from();
      assertEquals(comparable(found.least()), comparable(known.getFirst().least()), message);
      assertEquals(comparable(found.greatest()), comparable(known.getFirst().greatest()), message);
    }
  }

  /** Some of {@code length} rows, few or many, alone or in runs. */
  private static int[] numbers(Random random, int length) {
    double[] shares = {0.002, 0.05, 0.5, 0.98, 1};
    double share = shares[random.nextInt(shares.length)];
    int run = 1 + random.nextInt(random.nextBoolean() ? 1 : 200);
    int[] numbers = new int[length];
    int count = 0;
    for (int row = 0; row < length; row += run) {
      if (random.nextDouble() < share) {
        for (int k = row; k < Math.min(length, row + run); k++) {
          numbers[count++] = k;
        }
      }
    }
    return Arrays.copyOf(numbers, count);
  }

  private static void append(Batch batch, List<List<@Nullable Object>> rows) {
    for (int i = 0; i < batch.rowCount(); i++) {
      List<@Nullable Object> row = new ArrayList<>();
      for (int c = 0; c < batch.columnCount(); c++) {
        row.add(comparable(batch.column(c).value(batch.row(i))));
      }
      rows.add(row);
    }
  }

  /** Bytes compare by content. */
  static @Nullable Object comparable(@Nullable Object value) {
    return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
  }

  /** Writes rows in batches of {@code batchRows}, every other with a selection. */
  static void write(
      Path path,
      Schema schema,
      ParquetWriteOptions options,
      List<List<@Nullable Object>> rows,
      int batchRows) {
    List<Type> types = ArrowTypes.types(schema);
    try (MemoryScope scope = MemoryScope.root("test", 1L << 30);
        FileOutput output = FILES.create(path.toString())) {
      try (FileWriter writer = new ParquetFormat(options).writer(output, schema, scope)) {
        boolean selected = false;
        for (int from = 0; from < rows.size(); from += batchRows) {
          List<List<@Nullable Object>> part =
              rows.subList(from, Math.min(from + batchRows, rows.size()));
          try (Batch batch = batch(types, part, selected, scope)) {
            writer.write(batch);
          }
          selected = !selected;
        }
        writer.finish();
      }
      output.commit();
    }
  }

  /** The rows as a batch; selected from among twice as many where asked for. */
  private static Batch batch(
      List<Type> types, List<List<@Nullable Object>> rows, boolean selected, MemoryScope scope) {
    int step = selected && rows.size() * 2 <= Batch.MAX_ROWS ? 2 : 1;
    List<Column> columns = new ArrayList<>();
    for (int c = 0; c < types.size(); c++) {
      try (ColumnBuilder builder = ColumnBuilder.of(types.get(c), scope, rows.size())) {
        for (List<@Nullable Object> row : rows) {
          for (int k = 0; k < step - 1; k++) {
            builder.appendNull();
          }
          Object value = row.get(c);
          builder.appendValue(value instanceof ByteBuffer bytes ? bytes.array() : value);
        }
        columns.add(builder.build());
      }
    }
    if (step == 1) {
      return new Batch(rows.size(), columns);
    }
    int[] places = new int[rows.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = 2 * i + 1;
    }
    return new Batch(rows.size() * 2, columns, new Selection(places, places.length), null);
  }
}
