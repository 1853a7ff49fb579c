package dev.tidemill.exec.sort;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.exec.Executor;
import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.storage.memory.MemoryTable;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A top-N whose bound reaches the scan, against all rows sorted. */
class TopNBoundTest {
  private static final List<Type> TYPES =
      List.of(Type.BIGINT, Type.VARCHAR, Type.DOUBLE, Type.INTEGER);

  private static final List<OutputColumn> COLUMNS =
      List.of(
          new OutputColumn("a", Type.BIGINT, true),
          new OutputColumn("b", Type.VARCHAR, true),
          new OutputColumn("c", Type.DOUBLE, true),
          new OutputColumn("d", Type.INTEGER, true));

  @Test
  void isTheBeginningOfTheWholeOrder() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    MemoryScope memory = MemoryScope.root("tables, which stay", MemoryScope.UNLIMITED);
    List<List<@Nullable Object>> rows = rows(random);
    MemoryTable table = table(rows, memory);
    for (int round = 0; round < 12; round++) {
      List<SortKey> keys =
          List.of(new SortKey(random.nextInt(4), random.nextBoolean(), random.nextBoolean()));
      int limit = 1 + random.nextInt(round % 2 == 0 ? 10 : 3000);
      int offset = random.nextInt(3) == 0 ? random.nextInt(500) : 0;
      try (MemoryScope query = memory.child("query")) {
        ExecutionContext context =
            ExecutionContext.builder(query).tables(TableSnapshot.pinning(r -> table)).build();
        ScanPlan scan = new ScanPlan(TableReference.of("t"), COLUMNS, List.of(), -1, -1);
        List<List<@Nullable Object>> found = new ArrayList<>();
        for (Batch batch : Executor.run(new TopNPlan(scan, keys, limit, offset), context)) {
          found.addAll(Batches.toRows(batch));
          batch.close();
        }
        List<List<@Nullable Object>> wanted = sorted(rows, keys, memory);
        assertEquals(
            wanted.subList(offset, offset + limit),
            found,
            "seed %d, %s, %d from %d".formatted(seed, keys, limit, offset));
      }
    }
  }

  private static List<List<@Nullable Object>> rows(Random random) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    double[] special = {Double.NaN, Double.POSITIVE_INFINITY, -0.5};
    for (int i = 0; i < 40_000; i++) {
      rows.add(
          Arrays.asList(
              random.nextInt(100) == 0 ? null : random.nextLong() >> random.nextInt(40),
              random.nextInt(100) == 0 ? null : "name " + random.nextInt(5_000),
              random.nextInt(100) == 0
                  ? special[random.nextInt(3)]
                  : (Object) (double) random.nextInt(),
              random.nextInt(100) == 0 ? null : random.nextInt(20)));
    }
    return rows;
  }

  private static List<List<@Nullable Object>> sorted(
      List<List<@Nullable Object>> rows, List<SortKey> keys, MemoryScope memory) {
    RowKeys codec = RowKeys.withTieBreak(keys, TYPES);
    try (Batch all = Batches.fromRows(TYPES, rows, memory)) {
      byte[][] bytes = new byte[rows.size()][];
      Integer[] order = new Integer[rows.size()];
      for (int i = 0; i < order.length; i++) {
        bytes[i] = codec.key(all, i);
        order[i] = i;
      }
      Arrays.sort(order, Comparator.comparing(i -> bytes[i], Arrays::compareUnsigned));
      List<List<@Nullable Object>> sorted = new ArrayList<>();
      for (int row : order) {
        sorted.add(rows.get(row));
      }
      return sorted;
    }
  }

  private static MemoryTable table(List<List<@Nullable Object>> rows, MemoryScope memory) {
    Schema schema =
        new Schema(
            COLUMNS.stream()
                .map(column -> ArrowTypes.field(column.name(), column.type(), true))
                .toList());
    MemoryTable table = new MemoryTable(schema, InputKind.GROWING, memory);
    try (TableSink sink = table.sink("test");
        TableSink.StepWriter writer = sink.begin(0, SinkMode.APPEND, memory)) {
      for (int from = 0; from < rows.size(); from += 4_000) {
        try (Batch batch = Batches.fromRows(TYPES, rows.subList(from, from + 4_000), memory)) {
          writer.write(batch, RowOperation.INSERT);
        }
      }
      writer.commit();
    }
    return table;
  }
}
