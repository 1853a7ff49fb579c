package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.EventTimeOptions;
import dev.tidemill.storage.catalog.LateRows;
import dev.tidemill.storage.table.Changeable;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import dev.tidemill.streaming.pipeline.LateBatch;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes the late rows of a query's steps to {@code t$late}, once each: a step that is taken again
 * has the same late rows and is recognised by the query's identity and its number.
 */
public final class LateDelivery implements AutoCloseable {
  /**
   * After so many steps with late rows those that are too old go, and at the first of a query that
   * goes on: else they would stay where each process takes fewer.
   */
  private static final int STEPS_PER_CLEANING = 100;

  private final Catalog catalog;
  private final String query;
  private final String writer;
  private final MemoryScope scope;
  private final List<Open> writers = new ArrayList<>();
  private final Map<TableReference, Integer> steps = new HashMap<>();

  /** Tables of which rows may be too old, with the time of the last step. */
  private final Map<TableReference, Long> due = new LinkedHashMap<>();

  /** A table of late rows, being written. */
  private record Open(
      TableReference of, Table table, long timeMicros, TableSink sink, TableSink.StepWriter rows) {
    void close() {
      try (sink) {
        rows.close();
      }
    }
  }

  /**
   * @param query its name, for people
   * @param writer its identity
   */
  public LateDelivery(Catalog catalog, String query, String writer, MemoryScope scope) {
    this.catalog = catalog;
    this.query = query;
    this.writer = writer;
    this.scope = scope;
  }

  /** Writes the late rows of a step, which {@link #commit} makes visible; borrows them. */
  public void write(long step, long timeMicros, List<LateBatch> late) {
    Map<TableReference, List<LateBatch>> byTable = new LinkedHashMap<>();
    for (LateBatch batch : late) {
      byTable.computeIfAbsent(batch.table(), table -> new ArrayList<>()).add(batch);
    }
    byTable.forEach(
        (reference, batches) -> {
          Table table = catalog.late(reference.path());
          if (table != null) {
            write(reference, table, step, timeMicros, batches);
          }
        });
  }

  private void write(
      TableReference reference, Table table, long step, long timeMicros, List<LateBatch> late) {
    TableSink sink = table.sink(writer);
    if (step <= sink.lastStep()) {
      sink.close();
      return;
    }
    steps.putIfAbsent(reference, sink.lastStep() < 0 ? 0 : STEPS_PER_CLEANING - 1);
    Open open;
    try {
      open = new Open(reference, table, timeMicros, sink, sink.begin(step, SinkMode.APPEND, scope));
    } catch (Throwable t) {
      sink.close();
      throw t;
    }
    writers.add(open);
    for (LateBatch batch : late) {
      try (Batch rows = rows(batch, step, timeMicros)) {
        open.rows().write(rows, RowOperation.INSERT);
      }
    }
  }

  private Batch rows(LateBatch late, long step, long timeMicros) {
    Batch rows = late.rows();
    int count = rows.length();
    int stored = rows.columnCount() - 2;
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < stored; i++) {
        columns.add(rows.column(i).retain());
      }
      columns.add(Columns.constant(Type.VARCHAR, query, count, scope));
      columns.add(Columns.constant(Type.BIGINT, step, count, scope));
      columns.add(Columns.constant(Type.TIMESTAMP, time(timeMicros), count, scope));
      columns.add(Columns.constant(Type.TIMESTAMP, time(late.watermarkMicros()), count, scope));
      columns.add(rows.column(stored).retain());
      columns.add(rows.column(stored + 1).retain());
      return new Batch(count, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  private static @Nullable LocalDateTime time(long micros) {
    return micros == Long.MAX_VALUE
        ? null
        : LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000L),
            (int) Math.floorMod(micros, 1_000_000L) * 1000,
            ZoneOffset.UTC);
  }

  /** Makes what was written visible, durably. */
  public void commit() {
    while (!writers.isEmpty()) {
      Open open = writers.getFirst();
      open.rows().commit();
      writers.removeFirst();
      open.close();
      if (steps.merge(open.of(), 1, Integer::sum) % STEPS_PER_CLEANING == 0) {
        due.put(open.of(), open.timeMicros());
      }
    }
  }

  /**
   * Now and then rows go that are older than the table's definition wants them kept. To be called
   * between two steps.
   *
   * @param places where those stand who read a table, who need what comes behind; null where that
   *     cannot be told, and nothing goes
   */
  public void forget(Function<List<String>, @Nullable List<Offset>> places) {
    for (Map.Entry<TableReference, Long> table : Map.copyOf(due).entrySet()) {
      due.remove(table.getKey());
      List<String> path = table.getKey().path();
      Table late = catalog.late(path);
      Changeable changeable = late == null ? null : late.changeable();
      if (late != null && changeable != null) {
        List<String> latePath = new ArrayList<>(path);
        latePath.set(path.size() - 1, path.getLast() + LateRows.SUFFIX);
        List<Offset> readers = places.apply(latePath);
        if (readers != null) {
          forget(table.getKey(), late, changeable, readers, table.getValue());
        }
      }
    }
  }

  private void forget(
      TableReference of, Table late, Changeable changeable, List<Offset> readers, long timeMicros) {
    CatalogEntry.TableEntry entry = catalog.table(of.path());
    int stored = entry.table().schema().getFields().size();
    changeable.forget(
        late.schema().getFields().get(stored + LateRows.STEP_TIME).getName(),
        timeMicros - EventTimeOptions.lateRowsKeptMillis(entry.definition().options()) * 1000,
        readers,
        scope);
  }

  /** Forgets what was written and not committed. */
  public void rollback() {
    writers.forEach(Open::close);
    writers.clear();
  }

  @Override
  public void close() {
    rollback();
  }
}
