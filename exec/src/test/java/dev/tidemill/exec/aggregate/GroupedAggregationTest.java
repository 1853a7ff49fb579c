package dev.tidemill.exec.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.exec.key.Dictionaries;
import dev.tidemill.exec.key.SharedTexts;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.hash.KeyGroups;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Rows spread over several tables, whose partitions are merged range by range, give what one table
 * gives; with all kinds of calls, shared states and DISTINCT among them.
 */
class GroupedAggregationTest {
  private static final Type DECIMAL = new Type.Decimal(12, 2);
  private static final List<Type> TYPES =
      List.of(Type.BIGINT, Type.VARCHAR, DECIMAL, Type.BOOLEAN, Type.INTEGER);
  private static final List<Call> CALLS =
      List.of(
          call(AggregateFunction.COUNT, false, -1, Type.BIGINT),
          call(AggregateFunction.SUM, false, -1, new Type.Decimal(38, 2), 2),
          call(AggregateFunction.AVG, false, -1, new Type.Decimal(16, 6), 2),
          call(AggregateFunction.COUNT, false, -1, Type.BIGINT, 2),
          call(AggregateFunction.SUM, false, 3, new Type.Decimal(38, 2), 2),
          call(AggregateFunction.AVG, false, 3, new Type.Decimal(38, 6), 2),
          call(AggregateFunction.SUM, false, -1, Type.BIGINT, 4),
          call(AggregateFunction.MIN, false, -1, Type.VARCHAR, 1),
          call(AggregateFunction.MAX, false, -1, Type.INTEGER, 4),
          call(AggregateFunction.COUNT, true, -1, Type.BIGINT, 1),
          call(AggregateFunction.SUM, true, 3, Type.BIGINT, 4),
          call(AggregateFunction.APPROX_COUNT_DISTINCT, false, 3, Type.BIGINT, 1),
          call(AggregateFunction.APPROX_COUNT_DISTINCT, false, -1, Type.BIGINT, 2),
          Call.of(
              new AggregateCall(
                  AggregateFunction.APPROX_QUANTILE,
                  List.of(2),
                  false,
                  -1,
                  DECIMAL,
                  List.of(new Literal(Type.DOUBLE, 0.3)),
                  null),
              TYPES));

  /** Of the last two, some keys are known to decide the others: they are the same column. */
  private static final int[][] KEYS = {
    {0}, {0, 1}, {1, 3}, {4}, {3, 4}, {1}, {1, 0, 1, 0}, {4, 4, 3, 3}
  };

  private static final int[] REPEATED_DECIDING = {1, 2};

  /** Of a round: all, or those without DISTINCT, whose tables are merged by what the keys are. */
  private List<Call> calls = CALLS;

  private final MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);

  private static Call call(
      AggregateFunction function, boolean distinct, int filter, Type type, Integer... arguments) {
    return Call.of(new AggregateCall(function, List.of(arguments), distinct, filter, type), TYPES);
  }

  @Test
  void partitionsOfSeveralTables() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      try {
        check(random);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + e.getMessage(), e);
      }
      assertEquals(0, memory.used());
    }
  }

  private void check(Random random) {
    calls =
        random.nextBoolean()
            ? CALLS
            : CALLS.stream().filter(call -> !call.call().distinct()).toList();
    boolean hasDictionaries = random.nextBoolean();
    int[] columns = KEYS[random.nextInt(KEYS.length)];
    int[] all = IntStream.range(0, columns.length).toArray();
    boolean repeats = Arrays.stream(columns).distinct().count() < columns.length;
    GroupKeys oneKeys = GroupKeys.of(columns, all);
    GroupKeys keys = repeats ? GroupKeys.of(columns, REPEATED_DECIDING) : oneKeys;
    int distinct = 1 + random.nextInt(random.nextBoolean() ? 8 : 5000);
    List<List<@Nullable Object>> expected = new ArrayList<>();
    List<List<@Nullable Object>> actual = new ArrayList<>();
    List<GroupedAggregation> tables = new ArrayList<>();
    SharedTexts texts = null;
    try (GroupedAggregation one = aggregation(oneKeys)) {
      tables.add(aggregation(keys));
      for (int i = random.nextInt(8); i >= 0; i--) {
        try (Batch batch = batch(random, distinct, hasDictionaries)) {
          one.add(batch);
          tables.getLast().add(batch);
        }
        if (random.nextInt(3) == 0) {
          tables.add(aggregation(keys));
        }
      }
      one.finish();
      expected.addAll(rows(one, columns.length));
      tables.forEach(GroupedAggregation::freeze);
      if (tables.stream().map(GroupedAggregation::form).distinct().count() > 1) {
        tables.forEach(GroupedAggregation::freezeByColumns);
      }
      texts = random.nextBoolean() ? GroupedAggregation.sharedTexts(tables, memory) : null;
      int step = KeyGroups.COUNT >> random.nextInt(9);
      for (int first = 0; first < KeyGroups.COUNT; first += step) {
        try (GroupedAggregation merged = aggregation(keys)) {
          for (GroupedAggregation table : tables) {
            merged.merge(table, first, first + step);
          }
          merged.finish();
          actual.addAll(rows(merged, columns.length));
        }
      }
    } finally {
      tables.forEach(GroupedAggregation::close);
      if (texts != null) {
        texts.close();
      }
    }
    assertEquals(sorted(expected), sorted(actual));
  }

  private GroupedAggregation aggregation(GroupKeys keys) {
    return new GroupedAggregation(keys, TYPES, calls, memory);
  }

  private Batch batch(Random random, int distinct, boolean hasDictionaries) {
    Batch plain = Batches.fromRows(TYPES, rows(random, distinct), memory);
    if (!hasDictionaries) {
      return plain;
    }
    try (plain) {
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i < plain.columnCount(); i++) {
        Column column = plain.column(i);
        columns.add(
            TYPES.get(i) == Type.VARCHAR
                ? Dictionaries.of(column, random, memory)
                : column.retain());
      }
      return new Batch(plain.length(), columns);
    }
  }

  private static List<List<@Nullable Object>> rows(Random random, int distinct) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    boolean huge = random.nextInt(4) == 0;
    for (int i = random.nextInt(1500); i >= 0; i--) {
      int key = random.nextInt(distinct);
      long unscaled = huge ? 999_999_999_999L - key : random.nextInt(100_000) - 50_000;
      rows.add(
          Arrays.asList(
              random.nextInt(40) == 0 ? null : (long) key * 3,
              random.nextInt(40) == 0 ? null : "name " + key % 100 + (key % 2 == 0 ? "" : " long"),
              random.nextInt(20) == 0 ? null : BigDecimal.valueOf(unscaled, 2),
              random.nextInt(3) == 0 ? null : key % 2 == 0,
              random.nextInt(40) == 0 ? null : key - distinct / 2));
    }
    return rows;
  }

  private List<List<@Nullable Object>> rows(GroupedAggregation groups, int keys) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      columns.add(groups.key(i, 0, groups.groupCount(), memory));
    }
    for (int i = 0; i < calls.size(); i++) {
      columns.add(groups.result(i, 0, groups.groupCount(), memory));
    }
    try (Batch batch = new Batch(groups.groupCount(), columns)) {
      return Batches.toRows(batch);
    }
  }

  private static List<String> sorted(List<List<@Nullable Object>> rows) {
    return rows.stream().map(Object::toString).sorted().toList();
  }
}
