package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import dev.tidemill.streaming.state.QueryState;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a table. In APPEND the rows of the change, in UPDATE operations by key, in COMPLETE the
 * whole result, which is kept in the state for that.
 */
public final class SinkDelivery implements Delivery {
  private final TableSink sink;
  private final Schema schema;
  private final OutputMode mode;
  private final ChangeRows rows;
  private final KeptResult result;

  /** The whole result, where that is written. */
  private final @Nullable KeptRows kept;

  private final MemoryScope scope;
  private TableSink.@Nullable StepWriter writer;

  /**
   * Takes over {@code sink}.
   *
   * @param schema the sink table's stored columns, in the order and of the types of the plan's
   */
  public SinkDelivery(
      TableSink sink,
      Schema schema,
      OutputMode mode,
      StandingPlan plan,
      QueryState state,
      MemoryScope scope) {
    this.sink = sink;
    this.schema = schema;
    this.mode = mode;
    this.rows = new ChangeRows(plan);
    this.result = new KeptResult(plan);
    this.kept = mode == OutputMode.COMPLETE ? result.rows(state) : null;
    this.scope = scope;
  }

  @Override
  public long lastStep() {
    return sink.lastStep();
  }

  @Override
  public long write(long step, List<Batch> change) {
    change.forEach(this::checkNotNull);
    if (kept != null) {
      change.forEach(kept::apply);
    }
    if (step <= sink.lastStep()) {
      return 0;
    }
    TableSink.StepWriter current =
        sink.begin(
            step,
            switch (mode) {
              case APPEND -> SinkMode.APPEND;
              case UPDATE -> SinkMode.UPDATE;
              case COMPLETE -> SinkMode.COMPLETE;
            },
            scope);
    writer = current;
    return switch (mode) {
      case APPEND -> append(change, current);
      case UPDATE -> rows.write(change, current, scope);
      case COMPLETE -> complete(Objects.requireNonNull(kept), current);
    };
  }

  private long append(List<Batch> change, TableSink.StepWriter target) {
    for (Batch batch : change) {
      for (int i = 0; i < batch.rowCount(); i++) {
        if (batch.weightAt(batch.row(i)) < 0) {
          throw ResultErrors.removedInAppend();
        }
      }
    }
    return ChangeRows.appendAll(change, target, scope);
  }

  private long complete(KeptRows rowsKept, TableSink.StepWriter target) {
    List<Batch> all = result.read(rowsKept::forEach, scope);
    long count = 0;
    try {
      for (Batch batch : all) {
        target.write(batch, RowOperation.INSERT);
        count += batch.rowCount();
      }
    } finally {
      all.forEach(Batch::close);
    }
    return count;
  }

  private void checkNotNull(Batch batch) {
    List<Field> fields = schema.getFields();
    for (int c = 0; c < fields.size(); c++) {
      Column column = batch.column(c);
      if (!fields.get(c).isNullable() && column.mayHaveNulls()) {
        for (int i = 0; i < batch.rowCount(); i++) {
          if (column.isNull(batch.row(i))) {
            throw ResultErrors.notNull(fields.get(c).getName());
          }
        }
      }
    }
  }

  @Override
  public void commit() {
    TableSink.StepWriter current = writer;
    if (current != null) {
      current.commit();
      current.close();
      writer = null;
    }
  }

  @Override
  public void rollback() {
    TableSink.StepWriter current = writer;
    if (current != null) {
      writer = null;
      current.close();
    }
  }

  @Override
  public void end() {
    sink.end();
  }

  @Override
  public void close() {
    rollback();
    sink.close();
  }
}
