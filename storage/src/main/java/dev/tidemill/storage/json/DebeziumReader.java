package dev.tidemill.storage.json;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.ColumnNames;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.RecordSource;
import dev.tidemill.storage.files.RowBuilders;
import dev.tidemill.storage.table.BatchReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * Reads envelopes, with a schema around them or without, into rows with weights:
 *
 * <pre>
 *   {"op":"c","before":null,"after":{"id":1,"name":"a"}}       +1 (1, a); so op r, a row of a snapshot
 *   {"op":"u","before":{…},"after":{"id":1,"name":"b"}}        -1 before, where it is there; +1 (1, b)
 *   {"schema":{…},"payload":{"op":"d","before":{"id":1}}}      -1 (1, NULL)
 *   null                                                       nothing: a tombstone
 * </pre>
 */
final class DebeziumReader implements BatchReader {
  private static final List<String> ENVELOPE = List.of("op", "before", "after", "payload");
  private static final int OPERATION = 0;
  private static final int BEFORE = 1;
  private static final int AFTER = 2;
  private static final int PAYLOAD = 3;

  private final FileScan scan;
  private final boolean full;
  private final MemoryScope scope;
  private final RecordSource lines;
  private final JsonText json = new JsonText();
  private final JsonValues values = new JsonValues(json);
  private final JsonRow envelope = new JsonRow(json, ENVELOPE);
  private final JsonRow row;
  private final RowBuilders rows;
  private final long[] weights = new long[Batch.MAX_ROWS];

  private final List<String> names;
  private final Type[] types;
  private final boolean[] nullable;

  /** Per column of the table the one of the batch, or -1. */
  private final int[] places;

  private boolean ended;

  /** Takes over {@code lines}. */
  DebeziumReader(RecordSource lines, boolean full, FileScan scan, MemoryScope scope) {
    this.lines = lines;
    this.scan = scan;
    this.full = full;
    this.scope = scope;
    this.names = ColumnNames.names(scan.schema());
    this.row = new JsonRow(json, names);
    int count = names.size();
    this.types = new Type[count];
    this.nullable = new boolean[count];
    this.places = new int[count];
    Arrays.fill(places, -1);
    for (int i = 0; i < count; i++) {
      Field field = scan.schema().getFields().get(i);
      types[i] = ArrowTypes.type(field);
      nullable[i] = field.isNullable();
    }
    int[] requested = ColumnNames.requested(scan);
    for (int i = 0; i < requested.length; i++) {
      places[requested[i]] = i;
    }
    this.rows = new RowBuilders(Arrays.stream(requested).mapToObj(c -> types[c]).toList(), scope);
  }

  @Override
  public @Nullable Batch next() {
    while (!ended) {
      while (rows.hasRoomFor(2) && !ended) {
        if (lines.next()) {
          readChange();
        } else {
          ended = true;
        }
      }
      int length = rows.length();
      try (Batch batch = rows.build()) {
        if (batch != null) {
          return weighted(batch, length);
        }
      }
    }
    return null;
  }

  private Batch weighted(Batch batch, int length) {
    Buffer buffer = scope.allocate(length * 8L);
    for (int i = 0; i < length; i++) {
      Memory.putLong(buffer.address() + i * 8L, weights[i]);
    }
    List<Column> columns = new ArrayList<>(batch.columnCount());
    for (int i = 0; i < batch.columnCount(); i++) {
      columns.add(batch.column(i).retain());
    }
    return new Batch(
        length, columns, batch.selection(), new FixedColumn(Type.BIGINT, length, 8, buffer, null));
  }

  private void readChange() {
    if (lines.isTooLong()) {
      reject("", "the line is longer than 64 MiB");
      return;
    }
    json.of(lines.bytes(), lines.start() + lines.length());
    int start = json.skipSpace(lines.start());
    if (values.isNull(start)) {
      int behind = json.skipValue(start);
      if (behind < 0 || !json.isLast(behind)) {
        rejectJson();
      }
      return;
    }
    int behind = envelope.locate(start);
    if (behind < 0 || !json.isLast(behind)) {
      rejectJson();
      return;
    }
    if (envelope.has(PAYLOAD) && !envelope.has(OPERATION)) {
      int payload = envelope.start(PAYLOAD);
      if (values.isNull(payload)) {
        return;
      }
      if (envelope.locate(payload) < 0) {
        rejectJson();
        return;
      }
    }
    change(operation());
  }

  private void change(String operation) {
    boolean before = isThere(BEFORE);
    boolean after = isThere(AFTER);
    boolean comes = operation.equals("c") || operation.equals("r");
    boolean goes = operation.equals("d");
    if (!comes && !goes && !operation.equals("u")) {
      reject(
          "op",
          operation.isEmpty()
              ? "there is no operation; expected c, r, u or d"
              : "'%s' is not an operation that is known; expected c, r, u or d"
                  .formatted(operation));
    } else if (!goes && !after) {
      reject("after", "there is no row after operation " + operation);
    } else if ((goes || (full && !comes)) && !before) {
      reject(
          "before",
          "there is no row before operation %s%s"
              .formatted(operation, goes ? "" : ", which 'before'='full' says there is"));
    } else {
      boolean removes = before && !comes;
      boolean inserts = after && !goes;
      if ((removes && !check(BEFORE)) || (inserts && !check(AFTER))) {
        return;
      }
      if (removes) {
        append(BEFORE, -1);
      }
      if (inserts) {
        append(AFTER, 1);
      }
    }
  }

  private boolean isThere(int part) {
    return envelope.has(part) && !values.isNull(envelope.start(part));
  }

  private String operation() {
    if (!isThere(OPERATION)) {
      return "";
    }
    String text =
        new String(
            json.bytes(),
            envelope.start(OPERATION),
            envelope.end(OPERATION) - envelope.start(OPERATION),
            StandardCharsets.UTF_8);
    return text.startsWith("\"") && text.length() > 1 ? text.substring(1, text.length() - 1) : text;
  }

  /** Whether a row's values fit the columns; a row that does not is rejected. */
  private boolean check(int part) {
    if (row.locate(envelope.start(part)) < 0) {
      rejectJson();
      return false;
    }
    for (int column = 0; column < types.length; column++) {
      if (isNull(column)) {
        if (!nullable[column]) {
          reject(names.get(column), "NULL in a column that is NOT NULL");
          return false;
        }
      } else if (!values.append(types[column], row.start(column), row.end(column), null)) {
        reject(names.get(column), values.problem());
        return false;
      }
    }
    return true;
  }

  private boolean isNull(int column) {
    return !row.has(column) || values.isNull(row.start(column));
  }

  private void append(int part, long weight) {
    row.locate(envelope.start(part));
    weights[rows.length()] = weight;
    for (int column = 0; column < types.length; column++) {
      if (places[column] >= 0) {
        ColumnBuilder builder = rows.column(places[column]);
        if (isNull(column)) {
          builder.appendNull();
        } else {
          values.append(types[column], row.start(column), row.end(column), builder);
        }
      }
    }
    rows.endRow(lines.position());
  }

  private void rejectJson() {
    reject(
        "",
        "not a JSON object: %s (column %d)"
            .formatted(json.problem(), json.problemAt() - lines.start() + 1));
  }

  private void reject(String column, String problem) {
    int shown = Math.min(lines.length(), 200);
    String text = new String(lines.bytes(), lines.start(), shown, StandardCharsets.UTF_8).strip();
    scan.rejects().reject(lines.rejected(lines.position(), column, text, problem));
    rows.endBadRow();
  }

  @Override
  public long positionOf(int of) {
    return rows.positionOf(of);
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
