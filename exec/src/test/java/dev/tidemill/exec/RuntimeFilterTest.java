package dev.tidemill.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Crew;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Sink;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.scan.RuntimeFilter;
import dev.tidemill.exec.scan.ScanOperator;
import dev.tidemill.exec.scan.ValuesOperator;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.storage.memory.MemoryTable;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Filters that are found while the query runs. */
class RuntimeFilterTest {
  private static final List<Type> TYPES = List.of(Type.BIGINT, Type.VARCHAR);

  /** Even numbers, or texts of one character. */
  private static final class Even implements RuntimeFilter {
    private final int column;
    private boolean known;

    Even(int column) {
      this.column = column;
    }

    @Override
    public int column() {
      return column;
    }

    @Override
    public boolean isKnown() {
      return known;
    }

    @Override
    public @Nullable ColumnFilter range() {
      return null;
    }

    @Override
    public int select(Column values, int[] rows, int count, int[] passed) {
      int kept = 0;
      for (int i = 0; i < count; i++) {
        Object value = values.value(rows[i]);
        if (value instanceof Long number && number % 2 == 0
            || value instanceof String text && text.length() == 1) {
          passed[kept++] = rows[i];
        }
      }
      return kept;
    }
  }

  @Test
  void whatAStepFindsFiltersTheScanOfALaterOne() {
    assertEquals(
        List.of(List.of(2L, "b"), Arrays.asList(4L, null), List.of(6L, "f")),
        rows(new Even(0), true),
        "known when the scan begins");
    assertEquals(
        List.of(List.of(2L, "b"), List.of(5L, "e"), List.of(6L, "f")),
        rows(new Even(1), true),
        "over texts");
    assertEquals(5, rows(new Even(0), false).size(), "never known");
  }

  private static List<List<@Nullable Object>> rows(Even filter, boolean becomesKnown) {
    ScanPlan plan =
        new ScanPlan(
            TableReference.of("t"),
            List.of(
                new OutputColumn("id", Type.BIGINT, true),
                new OutputColumn("name", Type.VARCHAR, true)),
            List.of(
                new Call(
                    ScalarFunction.GREATER,
                    List.of(new ColumnReference(0, Type.BIGINT), new Literal(Type.BIGINT, 1L)),
                    Type.BOOLEAN)),
            -1,
            -1);
    Schema schema =
        new Schema(
            List.of(
                ArrowTypes.field("id", Type.BIGINT, true),
                ArrowTypes.field("name", Type.VARCHAR, true)));
    MemoryScope memory = MemoryScope.root("tables, which stay", MemoryScope.UNLIMITED);
    try (MemoryScope query = memory.child("query")) {
      MemoryTable table = new MemoryTable(schema, InputKind.GROWING, memory);
      try (Batch rows =
              Batches.fromRows(
                  TYPES,
                  List.of(
                      List.of(1L, "a"),
                      List.of(2L, "b"),
                      List.of(3L, "cc"),
                      Arrays.asList(4L, null),
                      List.of(5L, "e"),
                      List.of(6L, "f")),
                  memory);
          TableSink sink = table.sink("test");
          TableSink.StepWriter writer = sink.begin(0, SinkMode.APPEND, memory)) {
        writer.write(rows, RowOperation.INSERT);
        writer.commit();
      }
      ScanOperator scan = new ScanOperator(plan);
      ExecutionContext context =
          ExecutionContext.builder(query).tables(TableSnapshot.pinning(reference -> table)).build();
      List<List<@Nullable Object>> found = new ArrayList<>();
      try (Run run = new Run(context, Crew.ALONE)) {
        scan.addFilter(run, filter);
        ValuesOperator owner = new ValuesOperator(new ValuesPlan(plan.columns(), List.of()));
        run.connectRoot(scan, owner, collecting(found));
        filter.known = becomesKnown;
        run.execute();
      }
      return found;
    }
  }

  private static Sink collecting(List<List<@Nullable Object>> rows) {
    return new Sink() {
      @Override
      public BatchSink open(Worker worker) {
        return new BatchSink() {
          @Override
          public boolean push(Batch batch) {
            rows.addAll(Batches.toRows(batch));
            return true;
          }

          @Override
          public void finish() {}

          @Override
          public void close() {}
        };
      }
    };
  }
}
