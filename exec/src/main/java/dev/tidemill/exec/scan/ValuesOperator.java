package dev.tidemill.exec.scan;

import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BatchBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.storage.table.BatchReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of literals. */
public final class ValuesOperator extends Operator {
  private final List<Type> types;
  private final List<List<Literal>> rows;

  public ValuesOperator(ValuesPlan plan) {
    super(plan, List.of());
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    this.rows = plan.rows();
  }

  @Override
  public String name() {
    return "Values";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    run.pipeline(this, run.own(new ReaderSource(new Reader(run.memory(this)), 1)), down);
  }

  private final class Reader implements BatchReader {
    private final MemoryScope memory;
    private int next;

    Reader(MemoryScope memory) {
      this.memory = memory;
    }

    @Override
    public @Nullable Batch next() {
      if (next >= rows.size()) {
        return null;
      }
      int end = Math.min(rows.size(), next + Batch.MAX_ROWS);
      try (BatchBuilder builder = BatchBuilder.of(types, memory, end - next)) {
        for (; next < end; next++) {
          builder.appendRow(rows.get(next).stream().map(Literal::value).toArray());
        }
        return builder.build();
      }
    }

    @Override
    public void close() {}
  }
}
