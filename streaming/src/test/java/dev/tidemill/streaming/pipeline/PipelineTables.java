package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.Executor;
import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.delta.TableTraits;
import dev.tidemill.storage.table.InputKind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tables of random rows k, s, d, m, b, ts for the tests of pipelines, and what is in them. */
final class PipelineTables {
  static final Type TIME = new Type.Timestamp(3);

  static final List<OutputColumn> COLUMNS =
      List.of(
          new OutputColumn("k", Type.INTEGER, true),
          new OutputColumn("s", Type.VARCHAR, true),
          new OutputColumn("d", Type.DOUBLE, true),
          new OutputColumn("m", new Type.Decimal(10, 2), true),
          new OutputColumn("b", Type.BOOLEAN, true),
          new OutputColumn("ts", TIME, true));

  static final TableReference LEFT = TableReference.of("c", "s", "left_table");

  static final TableReference RIGHT = TableReference.of("c", "s", "right_table");

  static final TableReference FIXED = TableReference.of("c", "s", "fixed");

  static Object value(Random random, Type type) {
    int small = random.nextInt(7) - 3;
    return switch (type) {
      case Type.Bool t -> random.nextBoolean();
      case Type.Int t -> t.bits() == 32 ? (Object) small : (Object) (long) small;
      case Type.DoubleType t -> random.nextInt(25) == 0 ? Double.NaN : small / 4.0;
      case Type.Decimal t -> BigDecimal.valueOf(small * 25L, 2).setScale(t.scale());
      case Type.Varchar t -> small < 0 ? "a" + small : "a longer text, number " + small;
      case Type.Timestamp t -> LocalDateTime.of(2024, 1, 1, 0, 0).plusSeconds(small * 7L);
      default -> throw new IllegalArgumentException("no random " + type);
    };
  }

  static List<@Nullable Object> row(Random random, @Nullable Integer second) {
    List<@Nullable Object> row = new ArrayList<>();
    for (OutputColumn column : COLUMNS) {
      boolean isTime = column.type().equals(TIME) && second != null;
      row.add(
          random.nextInt(8) == 0
              ? null
              : isTime
                  ? LocalDateTime.of(2024, 1, 1, 0, 0).plusSeconds(second)
                  : value(random, column.type()));
    }
    return row;
  }

  static ColumnReference column(List<OutputColumn> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return new ColumnReference(i, columns.get(i).type());
      }
    }
    throw new IllegalArgumentException(name);
  }

  static TableTraits withWatermark(TableTraits traits) {
    ColumnReference time = column(COLUMNS, "ts");
    return traits.withWatermark(
        new TableTraits.Watermark(
            "ts",
            time,
            new Call(
                ScalarFunction.SUBTRACT,
                List.of(time, new Literal(new Type.TimeInterval(), Duration.ofSeconds(5))),
                TIME)));
  }

  static TableTraits growing(boolean changing) {
    return new TableTraits(InputKind.GROWING, changing, COLUMNS, null, List.of());
  }

  static final BigDecimal SHIFT = new BigDecimal("1.00000000003");

  /**
   * Floating point is compared to ten digits, shifted a little before: sums of binary fractions
   * often lie in the middle of two decimals, where an error in the last place would decide.
   */
  static List<@Nullable Object> plain(List<@Nullable Object> row) {
    List<@Nullable Object> plain = new ArrayList<>();
    for (Object value : row) {
      plain.add(
          value instanceof Double number && Double.isFinite(number)
              ? (Object)
                  (Math.abs(number) < 1e-9
                      ? 0.0
                      : new BigDecimal(number)
                          .multiply(SHIFT)
                          .round(new MathContext(10))
                          .doubleValue())
              : value);
    }
    return plain;
  }

  /** The batch result over some rows per table. */
  static Map<List<@Nullable Object>, Long> batch(
      BatchPlan plan,
      Map<TableReference, DeltaTable> tables,
      Map<TableReference, List<List<@Nullable Object>>> rows) {
    Map<List<@Nullable Object>, Long> result = new HashMap<>();
    try (MemoryScope scope = MemoryScope.root("oracle", MemoryScope.UNLIMITED)) {
      ExecutionContext context =
          ExecutionContext.builder(scope)
              .tables(
                  TableSnapshot.pinning(
                      reference -> {
                        DeltaTable table = tables.get(reference);
                        DeltaTable copy = new DeltaTable(table.columns(), table.inputKind());
                        rows.getOrDefault(reference, net(table))
                            .forEach(row -> copy.add(new DeltaTable.Change(row, 1)));
                        return copy;
                      }))
              .build();
      for (Batch batch : Executor.run(plan, context)) {
        try (batch) {
          Batches.toRows(batch).forEach(row -> result.merge(plain(row), 1L, Long::sum));
        }
      }
    }
    return result;
  }

  /** What is left of a table's changes. */
  static List<List<@Nullable Object>> net(DeltaTable table) {
    Map<List<@Nullable Object>, Long> weights = new LinkedHashMap<>();
    table.changes().forEach(change -> weights.merge(change.row(), change.weight(), Long::sum));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    weights.forEach(
        (row, weight) -> {
          for (long i = 0; i < weight; i++) {
            rows.add(row);
          }
        });
    return rows;
  }

  /** Adds random rows, and removes some of those that are there where the table allows it. */
  static void grow(DeltaTable table, Random random, int rows, boolean changing) {
    for (int i = 0; i < rows; i++) {
      List<List<@Nullable Object>> there = net(table);
      if (changing && !there.isEmpty() && random.nextInt(3) == 0) {
        table.add(new DeltaTable.Change(there.get(random.nextInt(there.size())), -1));
      } else if (!there.isEmpty() && random.nextInt(6) == 0) {
        table.add(new DeltaTable.Change(there.get(random.nextInt(there.size())), 1));
      } else {
        table.add(new DeltaTable.Change(row(random, null), 1));
      }
    }
  }

  static int stepRows(Random random) {
    return random.nextInt(3) == 0 ? random.nextInt(2) : random.nextInt(12);
  }

  static long seed() {
    return Long.getLong("tidemill.test.seed", System.nanoTime());
  }

  /** Some of the rows whose weights differ. */
  static String difference(
      Map<List<@Nullable Object>, Long> wanted, Map<List<@Nullable Object>, Long> found) {
    Map<List<@Nullable Object>, Long> difference = new LinkedHashMap<>();
    found.forEach((row, weight) -> difference.merge(row, weight, Long::sum));
    wanted.forEach((row, weight) -> difference.merge(row, -weight, Long::sum));
    return difference.entrySet().stream()
        .filter(entry -> entry.getValue() != 0)
        .sorted((a, b) -> a.getKey().toString().compareTo(b.getKey().toString()))
        .limit(12)
        .map(entry -> entry.getValue() + " of " + entry.getKey())
        .collect(Collectors.joining("\n"));
  }

  static long micros(LocalDateTime time) {
    return time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.getNano() / 1000;
  }

  private PipelineTables() {}
}
