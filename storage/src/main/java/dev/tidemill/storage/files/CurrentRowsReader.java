package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowBytes;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.Changelog;
import dev.tidemill.storage.table.OnMissing;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a table's changes leave: the last one of each key, in the order in which these
 * came. All changes are read before the first row is given; batches of which a row is left are
 * held.
 */
final class CurrentRowsReader implements BatchReader {
  /** What a key costs on the heap beside its bytes, about. */
  private static final long ENTRY_BYTES = 160;

  private final ChangelogTable table;
  private final ChangelogOptions options;
  private final ScanRequest request;
  private final MemoryScope scope;
  private final List<@Nullable Held> held = new ArrayList<>();
  private final Map<RowBytes, Place> last = new HashMap<>();
  private long reserved;
  private long rejected;
  private long bytesRead;
  private boolean isRead;
  private int next;

  private record Place(int batch, int row) {}

  /** A batch, and which of its rows are there. */
  private static final class Held {
    final Batch batch;
    final boolean[] there;
    int rows;

    Held(Batch batch) {
      this.batch = batch;
      this.there = new boolean[batch.length()];
    }
  }

  CurrentRowsReader(
      ChangelogTable table, ChangelogOptions options, ScanRequest request, MemoryScope scope) {
    this.table = table;
    this.options = options;
    this.request = request;
    this.scope = scope;
  }

  @Override
  public @Nullable Batch next() {
    if (!isRead) {
      isRead = true;
      read();
    }
    while (next < held.size()) {
      Held rows = held.set(next++, null);
      if (rows != null) {
        try (Batch batch = rows.batch) {
          if (rows.rows > 0) {
            return there(batch, rows);
          }
        }
      }
    }
    return null;
  }

  private Batch there(Batch batch, Held rows) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < request.columns().size(); i++) {
      columns.add(batch.column(i).retain());
    }
    int[] selected = new int[rows.rows];
    int count = 0;
    for (int i = 0; i < rows.there.length; i++) {
      if (rows.there[i]) {
        selected[count++] = i;
      }
    }
    return new Batch(
        batch.length(),
        columns,
        count == batch.length() ? null : new Selection(selected, count),
        null);
  }

  private void read() {
    Changelog changelog = table.changelog();
    List<String> columns = new ArrayList<>(request.columns());
    int[] key = new int[options.key().size()];
    List<Type> types = new ArrayList<>();
    Schema schema = table.schema();
    for (int i = 0; i < key.length; i++) {
      String name = options.key().get(i);
      types.add(ArrowTypes.type(schema.findField(name)));
      key[i] = columns.indexOf(name);
      if (key[i] < 0) {
        key[i] = columns.size();
        columns.add(name);
      }
    }
    ScanRequest changes = new ScanRequest(columns, request.from(), request.to(), List.of(), -1);
    RowCodec codec = RowCodec.of(types);
    EncodedRows keys = new EncodedRows();
    for (Split split : changelog.splits(changes)) {
      try (BatchReader reader = changelog.open(split, changes, scope)) {
        for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
          held.add(new Held(batch));
          codec.encode(batch, key, keys);
          for (int i = 0; i < batch.rowCount(); i++) {
            apply(batch, batch.row(i), key, keys.key(i));
          }
        }
        rejected += reader.rejectedRows();
        bytesRead += reader.bytesRead();
      }
    }
    last.clear();
  }

  private void apply(Batch batch, int row, int[] keyColumns, byte[] key) {
    RowBytes wrapped = new RowBytes(key);
    if (batch.weightAt(row) < 0) {
      Place gone = last.remove(wrapped);
      if (gone != null) {
        remove(gone);
      } else if (options.onMissing() == OnMissing.FAIL) {
        throw FilesErrors.removedMissing(options.table(), keyText(batch, row, keyColumns));
      }
      return;
    }
    Place place = new Place(held.size() - 1, row);
    Place before = last.put(wrapped, place);
    if (before == null) {
      scope.reserveHeap(key.length + ENTRY_BYTES);
      reserved += key.length + ENTRY_BYTES;
    } else {
      remove(before);
    }
    Held now = held.get(place.batch());
    if (now != null) {
      now.there[row] = true;
      now.rows++;
    }
  }

  private void remove(Place place) {
    Held rows = held.get(place.batch());
    if (rows == null) {
      return;
    }
    rows.there[place.row()] = false;
    rows.rows--;
    if (rows.rows == 0 && place.batch() < held.size() - 1) {
      held.set(place.batch(), null);
      rows.batch.close();
    }
  }

  private String keyText(Batch batch, int row, int[] keyColumns) {
    List<@Nullable Object> values = Batches.row(batch, row);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < keyColumns.length; i++) {
      parts.add(options.key().get(i) + " = " + values.get(keyColumns[i]));
    }
    return String.join(", ", parts);
  }

  @Override
  public long rejectedRows() {
    return rejected;
  }

  @Override
  public long bytesRead() {
    return bytesRead;
  }

  @Override
  public void close() {
    for (Held rows : held) {
      if (rows != null) {
        rows.batch.close();
      }
    }
    held.clear();
    scope.releaseHeap(reserved);
    reserved = 0;
  }
}
