package dev.tidemill.storage.csv;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.format.ValueParser;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.ColumnNames;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.FilesErrors;
import dev.tidemill.storage.files.RowBuilders;
import dev.tidemill.storage.table.BatchReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads records into batches. Columns that are not asked for are checked all the same, so that
 * every scan agrees on which rows can be read.
 */
final class CsvReader implements BatchReader {
  private final FileScan scan;
  private final CsvLayout layout;
  private final CsvScanner scanner;
  private final ValueParser parser = new ValueParser();
  private final byte[] nullText;

  private final RowBuilders rows;

  /**
   * Columns of the table that are parsed; the first {@link #requestedCount} are those asked for.
   */
  private final int[] columns;

  private final Type[] types;
  private final boolean[] nullable;
  private final int requestedCount;
  private boolean ended;

  /** Takes over {@code scanner}. */
  CsvReader(
      CsvScanner scanner, CsvLayout layout, CsvOptions options, FileScan scan, MemoryScope scope) {
    this.scanner = scanner;
    this.scan = scan;
    this.layout = layout;
    this.nullText = options.nullText().getBytes(StandardCharsets.UTF_8);
    Schema schema = scan.schema();
    int[] requested = ColumnNames.requested(scan);
    this.requestedCount = requested.length;
    this.columns = withAll(requested, schema.getFields().size());
    this.types = new Type[columns.length];
    this.nullable = new boolean[columns.length];
    for (int i = 0; i < columns.length; i++) {
      Field field = schema.getFields().get(columns[i]);
      types[i] = ArrowTypes.type(field);
      nullable[i] = field.isNullable();
      checkReadable(types[i], field.getName());
    }
    this.rows = new RowBuilders(List.of(types).subList(0, requestedCount), scope);
  }

  private static void checkReadable(Type type, String column) {
    if (type instanceof Type.Array || type instanceof Type.MapType || type instanceof Type.Row) {
      throw FilesErrors.unsupportedType("CSV", column, type.sql());
    }
  }

  /** The requested columns, then the others. */
  private static int[] withAll(int[] requested, int count) {
    List<Integer> all = new ArrayList<>();
    Arrays.stream(requested).forEach(all::add);
    for (int i = 0; i < count; i++) {
      if (!all.contains(i)) {
        all.add(i);
      }
    }
    return all.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public @Nullable Batch next() {
    while (!ended) {
      while (!rows.isFull() && !ended) {
        if (scanner.next()) {
          readRow();
        } else {
          ended = true;
        }
      }
      Batch batch = rows.build();
      if (batch != null) {
        return batch;
      }
    }
    return null;
  }

  private void readRow() {
    if (!scanner.problem().isEmpty()) {
      reject("", scanner.recordText(), scanner.problem());
      return;
    }
    if (scanner.fieldCount() != layout.fieldCount()) {
      reject(
          "",
          scanner.recordText(),
          "expected %d fields but found %d".formatted(layout.fieldCount(), scanner.fieldCount()));
      return;
    }
    for (int i = 0; i < columns.length; i++) {
      int field = layout.fields()[columns[i]];
      scanner.select(field);
      ColumnBuilder builder = i < requestedCount ? rows.column(i) : null;
      if (isNull(field, types[i])) {
        if (!nullable[i]) {
          reject(columnName(i), "", "NULL in a column that is NOT NULL");
          return;
        }
        if (builder != null) {
          builder.appendNull();
        }
      } else if (parser.parse(types[i], scanner.bytes(), scanner.offset(), scanner.length())) {
        if (builder != null) {
          parser.appendTo(builder);
        }
      } else {
        reject(columnName(i), scanner.text(field), parser.problem());
        return;
      }
    }
    rows.endRow(scanner.position());
  }

  private boolean isNull(int field, Type type) {
    int length = scanner.length();
    if (length == 0 && !(type instanceof Type.Varchar)) {
      return true;
    }
    return !scanner.isQuoted(field)
        && length == nullText.length
        && Arrays.equals(
            scanner.bytes(),
            scanner.offset(),
            scanner.offset() + length,
            nullText,
            0,
            nullText.length);
  }

  private String columnName(int index) {
    return scan.schema().getFields().get(columns[index]).getName();
  }

  private void reject(String column, String text, String problem) {
    scan.rejects().reject(scanner.rejected(column, text, problem));
    rows.endBadRow();
  }

  @Override
  public long positionOf(int row) {
    return rows.positionOf(row);
  }

  @Override
  public long bytesRead() {
    return scanner.bytesRead();
  }

  @Override
  public void close() {
    scanner.close();
    rows.close();
    scan.rejects().flush();
  }
}
