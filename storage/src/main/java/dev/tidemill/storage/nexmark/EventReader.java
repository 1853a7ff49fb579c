package dev.tidemill.storage.nexmark;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.BatchReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes consecutive rows of one kind, column by column, of the columns asked for only. Its texts
 * share one copy of as much of the pool as they need.
 */
final class EventReader implements BatchReader {
  private final EventKind kind;
  private final List<EventColumn> columns;
  private final MemoryScope scope;
  private final @Nullable Buffer texts;
  private final long[] events = new long[Batch.MAX_ROWS];
  private final long end;
  private long row;

  /** Reads rows {@code from} to {@code to - 1}. */
  EventReader(
      EventKind kind,
      List<EventColumn> columns,
      TextPool pool,
      long from,
      long to,
      MemoryScope scope) {
    this.kind = kind;
    this.columns = columns;
    this.scope = scope;
    this.row = from;
    this.end = to;
    int poolBytes = 0;
    for (EventColumn column : columns) {
      if (column instanceof EventColumn.PooledTexts pooled) {
        poolBytes = Math.max(poolBytes, pooled.poolBytes());
      }
    }
    texts = poolBytes == 0 ? null : scope.allocate(poolBytes);
    if (texts != null) {
      pool.copyTo(texts.address(), poolBytes);
    }
  }

  @Override
  public @Nullable Batch next() {
    int count = (int) Math.min(Batch.MAX_ROWS, end - row);
    if (count == 0) {
      return null;
    }
    kind.events(row, count, events);
    row += count;
    List<Column> built = new ArrayList<>(columns.size());
    try {
      for (EventColumn column : columns) {
        built.add(
            switch (column) {
              case EventColumn.Numbers numbers -> numbers(numbers, count);
              case EventColumn.PooledTexts pooled -> pooledTexts(pooled, count);
              case EventColumn.BuiltTexts made -> builtTexts(made, count);
            });
      }
    } catch (RuntimeException e) {
      built.forEach(Column::close);
      throw e;
    }
    return new Batch(count, built);
  }

  private Column numbers(EventColumn.Numbers column, int count) {
    Buffer values = scope.allocate(8L * count);
    column.filler().fill(events, count, values.address());
    return new FixedColumn(column.type(), count, 8, values, null);
  }

  private Column pooledTexts(EventColumn.PooledTexts column, int count) {
    Buffer views = scope.allocate(16L * count);
    column.filler().fill(events, count, views.address());
    List<Buffer> data =
        texts == null || column.poolBytes() == 0 ? List.of() : List.of(texts.retain());
    return new BytesColumn(column.type(), count, views, data, null);
  }

  private Column builtTexts(EventColumn.BuiltTexts column, int count) {
    try (ColumnBuilder builder = ColumnBuilder.of(column.type(), scope, count)) {
      for (int i = 0; i < count; i++) {
        builder.appendValue(column.value().apply(events[i]));
      }
      return builder.build();
    }
  }

  @Override
  public void close() {
    if (texts != null) {
      texts.close();
    }
  }
}
