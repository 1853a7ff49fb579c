package dev.tidemill.storage.json;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.ColumnNames;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.RecordSource;
import dev.tidemill.storage.files.RowBuilders;
import dev.tidemill.storage.table.BatchReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads records, such as the lines of a file, into batches: first where each column's value stands,
 * then the values. Keys that are no column are passed over, a key that is missing is NULL, of equal
 * keys the last one counts.
 */
final class JsonReader implements BatchReader {
  private final FileScan scan;
  private final RecordSource lines;
  private final JsonText json = new JsonText();
  private final JsonValues values = new JsonValues(json);
  private final RowBuilders rows;

  private final List<String> names;
  private final Type[] types;
  private final boolean[] nullable;

  /** Per requested column its place in the table. */
  private final int[] requested;

  /** The other columns that are looked at, so that every scan agrees on which rows can be read. */
  private final int[] checked;

  private final JsonRow row;
  private boolean ended;

  /** Takes over {@code lines}. */
  JsonReader(RecordSource lines, FileScan scan, MemoryScope scope) {
    this.lines = lines;
    this.scan = scan;
    Schema schema = scan.schema();
    this.names = ColumnNames.names(schema);
    this.requested = ColumnNames.requested(scan);
    int count = names.size();
    this.types = new Type[count];
    this.nullable = new boolean[count];
    for (int i = 0; i < count; i++) {
      Field field = schema.getFields().get(i);
      types[i] = ArrowTypes.type(field);
      nullable[i] = field.isNullable();
    }
    this.checked =
        IntStream.range(0, count)
            .filter(c -> Arrays.stream(requested).noneMatch(r -> r == c))
            .toArray();
    this.row = new JsonRow(json, names);
    this.rows = new RowBuilders(Arrays.stream(requested).mapToObj(c -> types[c]).toList(), scope);
  }

  @Override
  public @Nullable Batch next() {
    while (!ended) {
      while (!rows.isFull() && !ended) {
        if (lines.next()) {
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
    if (lines.isTooLong()) {
      reject("", "the line is longer than 64 MiB");
      return;
    }
    if (lines.length() == 0) {
      reject("", "not a JSON object: the file ends within the array");
      return;
    }
    json.of(lines.bytes(), lines.start() + lines.length());
    int behind = row.locate(lines.start());
    if (behind < 0 || !json.isLast(behind)) {
      reject(
          "",
          "not a JSON object: "
              + json.problem()
              + " (column %d)".formatted(json.problemAt() - lines.start() + 1));
      return;
    }
    for (int i = 0; i < requested.length; i++) {
      if (!take(requested[i], rows.column(i))) {
        return;
      }
    }
    for (int column : checked) {
      if (!take(column, null)) {
        return;
      }
    }
    rows.endRow(lines.position());
  }

  /**
   * Appends a column's value to {@code builder}, or only checks it; false where the row was
   * rejected.
   */
  private boolean take(int column, @Nullable ColumnBuilder builder) {
    boolean isNull = !row.has(column) || values.isNull(row.start(column));
    if (isNull && !nullable[column]) {
      reject(names.get(column), "NULL in a column that is NOT NULL");
      return false;
    }
    if (isNull) {
      if (builder != null) {
        builder.appendNull();
      }
      return true;
    }
    if (!values.append(types[column], row.start(column), row.end(column), builder)) {
      reject(names.get(column), values.problem());
      return false;
    }
    return true;
  }

  private void reject(String column, String problem) {
    int shown = Math.min(lines.length(), 200);
    int place = column.isEmpty() ? -1 : names.indexOf(column);
    String text =
        place >= 0 && row.has(place)
            ? new String(
                lines.bytes(),
                row.start(place),
                row.end(place) - row.start(place),
                StandardCharsets.UTF_8)
            : new String(lines.bytes(), lines.start(), shown, StandardCharsets.UTF_8).strip();
    scan.rejects().reject(lines.rejected(lines.position(), column, text, problem));
    rows.endBadRow();
  }

  @Override
  public long positionOf(int row) {
    return rows.positionOf(row);
  }

  @Override
  public long bytesRead() {
    return lines.bytesRead();
  }

  @Override
  public void close() {
    lines.close();
    rows.close();
    scan.rejects().flush();
  }
}
