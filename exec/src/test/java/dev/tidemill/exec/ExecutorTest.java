package dev.tidemill.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.RunInput;
import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.exec.pipeline.OperatorStatistics;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Parameter;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.storage.memory.MemoryTable;
import dev.tidemill.storage.table.BatchReader;
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

/**
 * Queries on threads: waiting for the reader, ending early, failing, several at once; and scans of
 * tables.
 */
class ExecutorTest {
  private static final InputPlan INPUT = Rows.input(0, Type.BIGINT);

  /** Far more rows than any queue holds. */
  private static BatchPlan endless() {
    BatchPlan left = INPUT;
    for (int i = 0; i < 4; i++) {
      List<OutputColumn> columns = new ArrayList<>(left.columns());
      columns.addAll(INPUT.columns());
      left = new NestedLoopJoinPlan(left, INPUT, JoinKind.INNER, null, columns, -1);
    }
    return left;
  }

  private static Batch numbers(MemoryScope memory, int count) {
    List<List<Object>> rows = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      rows.add(List.of(i));
    }
    return Batches.fromRows(List.of(Type.BIGINT), rows, memory);
  }

  @Test
  void workersWaitForTheReaderAndOthersGoOn() {
    try (MemoryScope memory = MemoryScope.root("test", 1 << 28);
        Batch input = numbers(memory, 300);
        Executor executor = new Executor(1)) {
      ExecutionContext context =
          ExecutionContext.builder(memory).input(0, RunInput.of(List.of(input))).build();
      try (BatchQuery slow = executor.start(endless(), context)) {
        Batch first = slow.next();
        assertNotNull(first);
        first.close();
        try (BatchQuery quick = executor.start(INPUT, context)) {
          Batch all = quick.next();
          assertNotNull(all);
          assertEquals(300, all.rowCount());
          all.close();
          assertNull(quick.next());
        }
      }
    }
  }

  @Test
  void aCancelledQuerySaysSo() {
    try (MemoryScope memory = MemoryScope.root("test", 1 << 28);
        Batch input = numbers(memory, 300);
        Executor executor = new Executor(2)) {
      ExecutionContext context =
          ExecutionContext.builder(memory).input(0, RunInput.of(List.of(input))).build();
      try (BatchQuery query = executor.start(endless(), context)) {
        query.cancel();
        TidemillException thrown =
            assertThrows(
                TidemillException.class,
                () -> {
                  for (Batch batch = query.next(); batch != null; batch = query.next()) {
                    batch.close();
                  }
                });
        assertEquals("QUERY_CANCELLED", thrown.code().name());
      }
    }
  }

  @Test
  void aWorkersErrorComesOutOfNext() {
    Expression dividedByItself =
        new Call(
            ScalarFunction.EQUAL,
            List.of(
                new Call(
                    ScalarFunction.DIVIDE,
                    List.of(
                        new ColumnReference(0, Type.BIGINT), new ColumnReference(0, Type.BIGINT)),
                    Type.BIGINT),
                new Literal(Type.BIGINT, 1L)),
            Type.BOOLEAN);
    OperatorTester.of(new FilterPlan(INPUT, dividedByItself), 1)
        .input(0, List.of(List.of(3L), List.of(0L)))
        .fails("DIVISION_BY_ZERO");
    RunInput broken =
        () ->
            new BatchReader() {
              @Override
              public @Nullable Batch next() {
                throw new IllegalStateException("torn");
              }

              @Override
              public void close() {}
            };
    try (MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);
        Executor executor = new Executor(2);
        BatchQuery query =
            executor.start(INPUT, ExecutionContext.builder(memory).input(0, broken).build())) {
      TidemillException thrown = assertThrows(TidemillException.class, query::next);
      assertEquals(ErrorKind.INTERNAL, thrown.kind());
      assertTrue(thrown.text().contains("torn"), thrown.text());
    }
  }

  @Test
  void theMemoryLimitNamesTheBiggestOperators() {
    AggregatePlan plan =
        new AggregatePlan(
            INPUT,
            List.of(0),
            List.of(List.of(0)),
            List.of(new AggregateCall(AggregateFunction.COUNT, List.of(), false, -1, Type.BIGINT)),
            List.of(INPUT.columns().get(0), new OutputColumn("n", Type.BIGINT, false)),
            -1);
    try (MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);
        Batch input = numbers(memory, 4096);
        MemoryScope query = memory.child("the query", 50_000)) {
      ExecutionContext context =
          ExecutionContext.builder(query).input(0, RunInput.of(List.of(input))).build();
      TidemillException thrown =
          assertThrows(TidemillException.class, () -> Executor.run(plan, context));
      assertEquals("MEMORY_LIMIT_EXCEEDED", thrown.code().name());
      assertTrue(thrown.text().contains("HashAggregate(c0)"), thrown.text());
      assertEquals(0, query.used());
    }
  }

  @Test
  void allScansOfATableReadOneSnapshot() {
    Schema schema =
        new Schema(
            List.of(
                ArrowTypes.field("id", Type.BIGINT, true),
                ArrowTypes.field("name", Type.VARCHAR, true)));
    List<Type> types = List.of(Type.BIGINT, Type.VARCHAR);
    Expression condition =
        new Call(
            ScalarFunction.GREATER,
            List.of(new ColumnReference(1, Type.BIGINT), new Parameter(0, Type.BIGINT)),
            Type.BOOLEAN);
    ScanPlan scan =
        new ScanPlan(
            TableReference.of("t"),
            List.of(
                new OutputColumn("name", Type.VARCHAR, true),
                new OutputColumn("id", Type.BIGINT, true)),
            List.of(condition),
            -1,
            -1);
    MemoryScope memory = MemoryScope.root("tables, which stay", MemoryScope.UNLIMITED);
    try (MemoryScope query = memory.child("query")) {
      MemoryTable table = new MemoryTable(schema, InputKind.GROWING, memory);
      append(
          table,
          0,
          Batches.fromRows(types, List.of(List.of(1L, "a"), List.of(2L, "b")), memory),
          memory);
      ExecutionContext context =
          ExecutionContext.builder(query)
              .tables(TableSnapshot.pinning(reference -> table))
              .parameters(Arrays.asList(1L))
              .build();
      assertEquals(List.of(List.of("b", 2L)), rows(scan, context));
      append(table, 1, Batches.fromRows(types, List.of(List.of(3L, "c")), memory), memory);
      assertEquals(List.of(List.of("b", 2L)), rows(scan, context));
      try (Executor executor = new Executor(2);
          BatchQuery running = executor.start(scan, context)) {
        Batch batch = running.next();
        assertNotNull(batch);
        batch.close();
        assertNull(running.next());
        OperatorStatistics statistics = running.statistics().get(0);
        assertEquals("Scan(t)", statistics.name());
        assertEquals(1, statistics.rowsOut());
      }
    }
  }

  private static void append(MemoryTable table, long step, Batch rows, MemoryScope memory) {
    try (rows;
        TableSink sink = table.sink("test");
        TableSink.StepWriter writer = sink.begin(step, SinkMode.APPEND, memory)) {
      writer.write(rows, RowOperation.INSERT);
      writer.commit();
    }
  }

  private static List<List<@Nullable Object>> rows(BatchPlan plan, ExecutionContext context) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Batch batch : Executor.run(plan, context)) {
      rows.addAll(Batches.toRows(batch));
      batch.close();
    }
    return rows;
  }
}
