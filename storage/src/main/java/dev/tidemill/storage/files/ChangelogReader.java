package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.SkippedReads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a file, or of other records: operations become weights, and rows that are to be
 * there are checked for NULLs, which those that go may have.
 */
final class ChangelogReader implements BatchReader {
  private final BatchReader file;
  private final RecordPlaces places;
  private final FileScan scan;
  private final FileScan changes;
  private final ChangelogOptions options;
  private final MemoryScope scope;

  /** Of the columns read, those that may be NULL only in rows that go. */
  private final int[] notNull;

  private long row;

  ChangelogReader(
      BatchReader file,
      RecordPlaces places,
      long firstRow,
      FileScan scan,
      FileScan changes,
      ChangelogOptions options,
      MemoryScope scope) {
    this.file = file;
    this.places = places;
    this.scan = scan;
    this.changes = changes;
    this.options = options;
    this.scope = scope;
    this.row = firstRow;
    this.notNull =
        scan.schema().getFields().stream()
            .filter(field -> !field.isNullable() && !options.isKey(field.getName()))
            .mapToInt(field -> changes.columns().indexOf(field.getName()))
            .toArray();
  }

  @Override
  public @Nullable Batch next() {
    for (Batch read = file.next(); read != null; read = file.next()) {
      try (Batch batch = read) {
        Batch weighted = weighted(batch);
        row += batch.length();
        if (weighted != null) {
          return weighted;
        }
      }
    }
    return null;
  }

  private @Nullable Batch weighted(Batch batch) {
    Buffer buffer = scope.allocate(Math.max(1, batch.length()) * 8L);
    try (FixedColumn weights = new FixedColumn(Type.BIGINT, batch.length(), 8, buffer, null)) {
      int[] kept = weigh(batch, buffer);
      if (kept.length == 0) {
        return null;
      }
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i < scan.columns().size(); i++) {
        columns.add(batch.column(i).retain());
      }
      Selection selection = kept.length == batch.length() ? null : new Selection(kept, kept.length);
      return new Batch(batch.length(), columns, selection, (FixedColumn) weights.retain());
    }
  }

  /** Puts the rows' weights into {@code buffer}; gives the rows that are good. */
  private int[] weigh(Batch batch, Buffer buffer) {
    int[] kept = new int[batch.rowCount()];
    int count = 0;
    String operation = options.operation();
    try (Column last =
        operation == null
            ? Columns.nulls(Type.VARCHAR, 0, scope)
            : Columns.decode(batch.column(changes.columns().size() - 1), scope)) {
      for (int i = 0; i < batch.rowCount(); i++) {
        int at = batch.row(i);
        long weight =
            operation == null
                ? batch.weightAt(at)
                : weight(operation, last.isNull(at) ? null : ((BytesColumn) last).stringAt(at), at);
        if (weight != 0 && (weight < 0 || hasNoNulls(batch, at))) {
          Memory.putLong(buffer.address() + at * 8L, weight);
          kept[count++] = at;
        }
      }
    }
    return Arrays.copyOf(kept, count);
  }

  /** The weight of an operation, 0 where the row was rejected. */
  private long weight(String column, @Nullable String text, int at) {
    ChangeOperation operation = text == null ? null : ChangeOperation.of(text);
    if (operation == null) {
      reject(
          at,
          column,
          text == null ? "" : text,
          text == null
              ? "there is no operation; expected " + ChangeOperation.KNOWN
              : "'%s' is not an operation; expected %s".formatted(text, ChangeOperation.KNOWN));
      return 0;
    }
    if (operation == ChangeOperation.UPDATE && options.full()) {
      reject(
          at,
          column,
          String.valueOf(text),
          "an update must be a row that goes (-U) and a row that comes (+U) where 'before'='full'");
      return 0;
    }
    return operation.removes() ? -1 : 1;
  }

  private boolean hasNoNulls(Batch batch, int at) {
    for (int column : notNull) {
      if (batch.column(column).isNull(at)) {
        reject(at, changes.columns().get(column), "", "NULL in a column that is NOT NULL");
        return false;
      }
    }
    return true;
  }

  private void reject(int at, String column, String text, String problem) {
    long position = file.positionOf(at);
    scan.rejects()
        .reject(
            position < 0
                ? places.rejected(row + at, column, text, problem).atLine(row + at + 1)
                : places.rejected(position, column, text, problem));
  }

  @Override
  public long positionOf(int of) {
    return file.positionOf(of);
  }

  @Override
  public long rejectedRows() {
    return file.rejectedRows();
  }

  @Override
  public long bytesRead() {
    return file.bytesRead();
  }

  @Override
  public SkippedReads skipped() {
    return file.skipped();
  }

  @Override
  public void close() {
    file.close();
  }
}
