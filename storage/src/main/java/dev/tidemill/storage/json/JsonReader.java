package dev.tidemill.storage.json;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.ColumnNames;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.LineCounter;
import dev.tidemill.storage.files.RejectedRow;
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
 * Reads the lines of a range into batches: first where each column's value stands, then the values.
 * Keys that are no column are passed over, a key that is missing is NULL, of equal keys the last
 * one counts.
 */
final class JsonReader implements BatchReader {
  private final DataFile file;
  private final FileScan scan;
  private final JsonLines lines;
  private final LineCounter lineCounter;
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

  private final int[] starts;
  private final int[] ends;
  private final boolean[] exact;

  /** The keys of the last line, in order, and their columns: most lines have the same. */
  private byte[][] knownKeys = new byte[16][];

  private int[] knownColumns = new int[16];
  private int knownCount;
  private boolean ended;

  JsonReader(DataFile file, FileRange range, boolean growing, FileScan scan, MemoryScope scope) {
    this.file = file;
    this.scan = scan;
    this.lineCounter = new LineCounter(file);
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
    this.starts = new int[count];
    this.ends = new int[count];
    this.exact = new boolean[count];
    this.rows = new RowBuilders(Arrays.stream(requested).mapToObj(c -> types[c]).toList(), scope);
    this.lines = new JsonLines(file, range.from(), range.to(), growing);
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
    json.of(lines.bytes(), lines.start() + lines.length());
    if (!locate()) {
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
    rows.endRow();
  }

  /**
   * Appends a column's value to {@code builder}, or only checks it; false where the row was
   * rejected.
   */
  private boolean take(int column, @Nullable ColumnBuilder builder) {
    boolean isNull = ends[column] == 0 || values.isNull(starts[column]);
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
    if (!values.append(types[column], starts[column], ends[column], builder)) {
      reject(names.get(column), values.problem());
      return false;
    }
    return true;
  }

  /** Finds where the columns' values stand; false where the line is not an object. */
  private boolean locate() {
    Arrays.fill(ends, 0);
    Arrays.fill(exact, false);
    int at = json.expect(lines.start(), '{');
    if (at < 0) {
      return false;
    }
    at = json.skipSpace(at);
    if (json.byteAt(at) == '}') {
      return onlySpace(at + 1);
    }
    for (int key = 0; ; key++) {
      at = json.skipSpace(at);
      if (json.byteAt(at) != '"') {
        json.expect(at, '"');
        return false;
      }
      int keyEnd = json.skipString(at);
      int value = keyEnd < 0 ? -1 : json.expect(keyEnd, ':');
      value = value < 0 ? -1 : json.skipSpace(value);
      int behind = value < 0 ? -1 : json.skipValue(value);
      if (behind < 0) {
        return false;
      }
      note(column(key, at, keyEnd), value, behind);
      at = json.skipSpace(behind);
      if (json.byteAt(at) == '}') {
        return onlySpace(at + 1);
      }
      at = json.expect(at, ',');
      if (at < 0) {
        return false;
      }
    }
  }

  /**
   * Keeps where a column's value stands. A key that is spelled exactly like the column wins over
   * one that differs in case.
   *
   * @param column its place times two, plus one where the spelling is exact; negative for none
   */
  private void note(int column, int from, int to) {
    if (column < 0) {
      return;
    }
    int place = column >> 1;
    boolean isExact = (column & 1) == 1;
    if (isExact || !exact[place]) {
      starts[place] = from;
      ends[place] = to;
      exact[place] = isExact;
    }
  }

  private boolean onlySpace(int at) {
    int behind = json.skipSpace(at);
    if (json.atEnd(behind)) {
      return true;
    }
    return json.expectEnd(behind);
  }

  private int column(int key, int from, int to) {
    int length = to - from;
    if (key < knownCount) {
      byte[] known = knownKeys[key];
      if (Arrays.equals(known, 0, known.length, json.bytes(), from, to)) {
        return knownColumns[key];
      }
    }
    String name = json.string(from, to);
    int place = ColumnNames.indexOf(names, name);
    int column = place < 0 ? -1 : place << 1 | (names.get(place).equals(name) ? 1 : 0);
    remember(key, Arrays.copyOfRange(json.bytes(), from, from + length), column);
    return column;
  }

  private void remember(int key, byte[] bytes, int column) {
    if (key >= 1024) {
      return;
    }
    if (key >= knownKeys.length) {
      knownKeys = Arrays.copyOf(knownKeys, key * 2);
      knownColumns = Arrays.copyOf(knownColumns, key * 2);
    }
    if (key <= knownCount) {
      knownKeys[key] = bytes;
      knownColumns[key] = column;
      knownCount = Math.max(knownCount, key + 1);
    }
  }

  private void reject(String column, String problem) {
    long line = lineCounter.lineAt(lines.position());
    int shown = Math.min(lines.length(), 200);
    int place = column.isEmpty() ? -1 : names.indexOf(column);
    String text =
        place >= 0 && ends[place] > 0
            ? new String(
                lines.bytes(), starts[place], ends[place] - starts[place], StandardCharsets.UTF_8)
            : new String(lines.bytes(), lines.start(), shown, StandardCharsets.UTF_8).strip();
    scan.rejects().reject(new RejectedRow(file, lines.position(), line, column, text, problem));
    rows.endBadRow();
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
