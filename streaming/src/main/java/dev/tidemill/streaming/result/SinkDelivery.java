package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.RowBytes;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import dev.tidemill.streaming.state.KeyedValueState;
import dev.tidemill.streaming.state.QueryState;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a table. In APPEND the rows of the change, in UPDATE operations by key, in COMPLETE the
 * whole result, which is kept in the state for that.
 *
 * <p>Where the query stands in place of another that wrote to the same sink, the first step behind
 * that says what is different. Until then it is state:
 *
 * <pre>
 *   result before   a1 b2 c3          owed    -b2 +b5 -c3 +d1
 *   this result     a1 b5 d1          step 9  its change, and with it UPDATE b, DELETE c, INSERT d
 * </pre>
 */
public final class SinkDelivery implements Delivery {
  private static final String OWES = "$owes";
  private static final String OWED = "$owed";

  private final Supplier<TableSink> opening;
  private @Nullable TableSink opened;
  private final Schema schema;
  private final OutputMode mode;
  private final ChangeRows rows;
  private final KeptResult result;

  /** The whole result, where that is written. */
  private final @Nullable KeptRows kept;

  /** Where it goes on in the sink of another: whether a step is still to say what is different. */
  private final @Nullable KeyedValueState owes;

  /** What that is, where rows are corrected. */
  private final @Nullable ResultDifference owed;

  private final MemoryScope scope;
  private TableSink.@Nullable StepWriter writer;

  /**
   * @param sink opens it, which is taken over; asked again after it has failed
   * @param schema the sink table's stored columns, in the order and of the types of the plan's
   * @param continues whether it goes on in the sink of a query that it stands in place of
   */
  public SinkDelivery(
      Supplier<TableSink> sink,
      boolean continues,
      Schema schema,
      OutputMode mode,
      StandingPlan plan,
      QueryState state,
      MemoryScope scope) {
    this.opening = sink;
    this.schema = schema;
    this.mode = mode;
    this.rows = new ChangeRows(plan);
    this.result = new KeptResult(plan);
    this.kept = mode == OutputMode.COMPLETE ? result.rows(state) : null;
    this.owes = continues ? state.keyedValue(OWES) : null;
    this.owed =
        continues && mode == OutputMode.UPDATE ? new ResultDifference(plan, OWED, state) : null;
    this.scope = scope;
  }

  /**
   * The sink. It is opened before the first use where no other query has it: one that this stands
   * in place of closes it first.
   */
  private TableSink sink() {
    TableSink sink = opened;
    if (sink == null) {
      sink = opening.get();
      opened = sink;
    }
    return sink;
  }

  /** Opens the sink, if it is not. */
  public void open() {
    sink();
  }

  /** Whether readers of the sink have been told that nothing will come any more. */
  public boolean hasEnded() {
    return sink().hasEnded();
  }

  @Override
  public long lastStep() {
    return sink().lastStep();
  }

  /** Not where it goes on in the sink of another, which it writes from its next step on. */
  @Override
  public boolean keepsSteps() {
    return owes == null && sink().keepsSteps();
  }

  /**
   * The sink has the result of another query, in whose place this one stands, and is to have that
   * of this one: the next step writes the difference, or in COMPLETE all of it.
   *
   * @param result all rows as of the step where both stand; borrowed
   * @param sign 1 for those of this one, -1 for those of the other
   */
  public void owe(List<Batch> result, int sign) {
    if (sign > 0) {
      result.forEach(this::checkNotNull);
    }
    add(result, sign);
  }

  /** What another still owes, in whose place this one stands, is not in the sink. */
  public void oweFor(SinkDelivery before) {
    ResultDifference different = before.owed;
    if (different != null && owed != null) {
      List<Batch> all = different.read(scope);
      try {
        add(all, 1);
      } finally {
        all.forEach(Batch::close);
      }
    }
  }

  private void add(List<Batch> rows, int sign) {
    for (Batch batch : rows) {
      if (kept != null) {
        kept.apply(batch);
      } else if (owed != null) {
        owed.add(batch, sign, scope);
      }
    }
    if (owes != null) {
      if (kept != null || owed != null && !owed.isEmpty()) {
        owes.put(RowBytes.NONE, RowBytes.NONE);
      } else {
        owes.remove(RowBytes.NONE);
      }
    }
  }

  @Override
  public boolean owes() {
    return owes != null && owes.get(RowBytes.NONE) != null;
  }

  @Override
  public long write(long step, List<Batch> change) {
    change.forEach(this::checkNotNull);
    if (kept != null) {
      change.forEach(kept::apply);
    }
    if (!owes()) {
      return writeChange(step, change);
    }
    Objects.requireNonNull(owes).remove(RowBytes.NONE);
    ResultDifference different = owed;
    if (different == null) {
      return writeChange(step, change);
    }
    change.forEach(batch -> different.add(batch, 1, scope));
    List<Batch> all = different.read(scope);
    try {
      different.clear(scope);
      return writeChange(step, all);
    } finally {
      all.forEach(Batch::close);
    }
  }

  private long writeChange(long step, List<Batch> change) {
    TableSink sink = sink();
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
    sink().end();
  }

  @Override
  public void close() {
    rollback();
    if (opened != null) {
      opened.close();
      opened = null;
    }
  }
}
