package dev.tidemill.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Crew;
import dev.tidemill.exec.pipeline.OperatorStatistics;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.scan.ValuesOperator;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.storage.memory.MemoryTable;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Chains of joins over scans, where build sides leave out rows of each other's scans, against the
 * same chains over literals, where nothing is left out.
 */
class JoinChainTest {
  private static final List<Type> TYPES = List.of(Type.BIGINT, Type.INTEGER, Type.BIGINT);
  private static final int TABLES = 4;

  @Test
  void filtersBetweenBuildSidesChangeNoResult() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    long dropped = 0;
    for (int round = 0; round < 120; round++) {
      List<List<List<@Nullable Object>>> tables = new ArrayList<>();
      for (int i = 0; i < TABLES; i++) {
        tables.add(rows(random));
      }
      long shape = random.nextLong();
      BatchPlan literal = chain(new Random(shape), i -> values(tables.get(i)));
      BatchPlan scanning = chain(new Random(shape), i -> scan(i, tables.get(i).size()));
      Answer expected = answer(literal, tables);
      Answer found = answer(scanning, tables);
      assertEquals(
          expected.rows, found.rows, "seed " + seed + ", round " + round + ", " + scanning);
      dropped += found.dropped;
    }
    assertTrue(dropped > 0, "seed " + seed);
  }

  private static List<List<@Nullable Object>> rows(Random random) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    int distinct = 2 + random.nextInt(12);
    for (int i = random.nextInt(4) == 0 ? 0 : random.nextInt(30); i > 0; i--) {
      List<@Nullable Object> row = new ArrayList<>();
      for (Type type : TYPES) {
        int value = random.nextInt(distinct);
        row.add(random.nextInt(8) == 0 ? null : type.equals(Type.INTEGER) ? value : (long) value);
      }
      rows.add(row);
    }
    return rows;
  }

  /** A join of all tables, each on the probing side of the next. */
  private static BatchPlan chain(Random random, IntFunction<BatchPlan> table) {
    BatchPlan left = table.apply(0);
    for (int i = 1; i < TABLES; i++) {
      left = projected(random, join(random, left, table.apply(i)));
    }
    return left;
  }

  private static BatchPlan join(Random random, BatchPlan left, BatchPlan right) {
    JoinKind[] kinds = {
      JoinKind.INNER,
      JoinKind.INNER,
      JoinKind.LEFT,
      JoinKind.RIGHT,
      JoinKind.FULL,
      JoinKind.SEMI,
      JoinKind.ANTI,
      JoinKind.LEFT_MARK
    };
    JoinKind kind = kinds[random.nextInt(kinds.length)];
    List<Integer> leftKeys = new ArrayList<>();
    List<Integer> rightKeys = new ArrayList<>();
    List<Boolean> nullsMatch = new ArrayList<>();
    for (int k = random.nextInt(2); k >= 0; k--) {
      int key = random.nextInt(left.columns().size());
      Type type = left.columns().get(key).type();
      leftKeys.add(key);
      rightKeys.add(type.equals(Type.INTEGER) ? 1 : random.nextBoolean() ? 0 : 2);
      nullsMatch.add(random.nextInt(5) == 0);
    }
    List<OutputColumn> columns = new ArrayList<>(left.columns());
    if (kind.givesRight()) {
      columns.addAll(right.columns());
    } else if (kind == JoinKind.LEFT_MARK) {
      columns.add(new OutputColumn("mark", Type.BOOLEAN, false));
    }
    return new HashJoinPlan(
        left,
        right,
        kind,
        leftKeys,
        rightKeys,
        nullsMatch,
        null,
        (kind == JoinKind.SEMI || kind == JoinKind.ANTI) && random.nextInt(3) == 0,
        columns,
        random.nextInt(4) > 0 ? Distribution.BROADCAST : Distribution.SHUFFLE,
        "",
        random.nextInt(60));
  }

  /** The columns that are no marks, some of them, in any order. */
  private static BatchPlan projected(Random random, BatchPlan input) {
    List<Expression> expressions = new ArrayList<>();
    List<OutputColumn> columns = new ArrayList<>();
    for (int i = 0; i < input.columns().size(); i++) {
      OutputColumn column = input.columns().get(i);
      if (!column.type().equals(Type.BOOLEAN) && random.nextInt(8) > 0 || expressions.isEmpty()) {
        int at = random.nextInt(expressions.size() + 1);
        expressions.add(at, new ColumnReference(i, column.type()));
        columns.add(at, column);
      }
    }
    return new ProjectPlan(input, expressions, columns);
  }

  private static List<OutputColumn> columns() {
    List<OutputColumn> columns = new ArrayList<>();
    for (int i = 0; i < TYPES.size(); i++) {
      columns.add(new OutputColumn("c" + i, TYPES.get(i), true));
    }
    return columns;
  }

  private static BatchPlan values(List<List<@Nullable Object>> rows) {
    List<List<Literal>> literals = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      List<Literal> values = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        values.add(new Literal(TYPES.get(i), row.get(i)));
      }
      literals.add(values);
    }
    return new ValuesPlan(columns(), literals);
  }

  private static BatchPlan scan(int table, int rows) {
    return new ScanPlan(TableReference.of("t" + table), columns(), List.of(), -1, rows);
  }

  /**
   * @param rows as texts, sorted
   * @param dropped rows that filters found at run time left out
   */
  private record Answer(List<String> rows, long dropped) {}

  private static Answer answer(BatchPlan plan, List<List<List<@Nullable Object>>> rows) {
    MemoryScope memory = MemoryScope.root("tables, which stay", MemoryScope.UNLIMITED);
    Map<TableReference, MemoryTable> tables = new HashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      tables.put(TableReference.of("t" + i), table(rows.get(i), memory));
    }
    List<String> found = new ArrayList<>();
    CompiledPlan compiled = CompiledPlan.compile(plan);
    try (MemoryScope query = memory.child("query")) {
      ExecutionContext context =
          ExecutionContext.builder(query).tables(TableSnapshot.pinning(tables::get)).build();
      long dropped;
      try (Run run = new Run(context, Crew.ALONE)) {
        ValuesOperator owner = new ValuesOperator(new ValuesPlan(plan.columns(), List.of()));
        run.connectRoot(compiled.root(), owner, worker -> new Collecting(found));
        run.execute();
        dropped = run.statistics().stream().mapToLong(JoinChainTest::dropped).sum();
      }
      Collections.sort(found);
      return new Answer(found, dropped);
    }
  }

  private static long dropped(OperatorStatistics statistics) {
    return statistics.reading().filteredRows();
  }

  private static MemoryTable table(List<List<@Nullable Object>> rows, MemoryScope memory) {
    List<Field> fields = new ArrayList<>();
    for (OutputColumn column : columns()) {
      fields.add(ArrowTypes.field(column.name(), column.type(), true));
    }
    MemoryTable table = new MemoryTable(new Schema(fields), InputKind.GROWING, memory);
    try (Batch batch = Batches.fromRows(TYPES, rows, memory);
        TableSink sink = table.sink("test");
        TableSink.StepWriter writer = sink.begin(0, SinkMode.APPEND, memory)) {
      writer.write(batch, RowOperation.INSERT);
      writer.commit();
    }
    return table;
  }

  private record Collecting(List<String> rows) implements BatchSink {
    @Override
    public boolean push(Batch batch) {
      Batches.toRows(batch).forEach(row -> rows.add(row.toString()));
      return true;
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
  }
}
