package dev.tidemill.streaming.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.streaming.state.MemoryState;
import dev.tidemill.streaming.state.RandomSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Groups against maps: thousands that come and go, so that groups and values are numbered anew, in
 * steps that fail for want of memory anywhere, are undone, or are committed where there is no room
 * for numbering anew.
 */
class StandingGroupsTest {
  private static final List<Type> TYPES = List.of(Type.INTEGER, Type.VARCHAR, Type.DOUBLE);

  private static final List<AggregateCall> CALLS =
      List.of(
          new AggregateCall(AggregateFunction.COUNT, List.of(), false, -1, Type.BIGINT),
          new AggregateCall(AggregateFunction.COUNT, List.of(1), true, -1, Type.BIGINT),
          new AggregateCall(AggregateFunction.MIN, List.of(1), false, -1, Type.VARCHAR),
          new AggregateCall(AggregateFunction.MAX, List.of(1), false, -1, Type.VARCHAR),
          new AggregateCall(AggregateFunction.MAX, List.of(2), false, -1, Type.DOUBLE),
          new AggregateCall(AggregateFunction.VAR_POP, List.of(2), false, -1, Type.DOUBLE));

  private final MemoryScope scope = MemoryScope.root("test", 1L << 40);
  private final RandomSnapshots snapshots = new RandomSnapshots();
  private MemoryState whole = new MemoryState(scope);
  private StandingGroups groups = newGroups();

  private StandingGroups newGroups() {
    StandingGroups made = new StandingGroups(TYPES, List.of(0), CALLS, true, whole, "groups");
    whole.columns("groups", made);
    return made;
  }

  /** A row: key, text, number. */
  private record Row(int key, String text, double number) {}

  private static Row row(Random random, int keys) {
    int value = random.nextInt(400);
    return new Row(
        random.nextInt(keys),
        (value % 2 == 0 ? "t" : "a text of some length that goes on for a while ") + value,
        value % 7);
  }

  private void add(List<Row> rows, long[] weights) {
    for (int from = 0; from < rows.size(); from += 500) {
      int to = Math.min(rows.size(), from + 500);
      List<List<@Nullable Object>> values = new ArrayList<>();
      rows.subList(from, to).forEach(row -> values.add(List.of(row.key, row.text, row.number)));
      try (Batch plain = Batches.fromRows(TYPES, values, whole.memory());
          ColumnBuilder builder = ColumnBuilder.of(Type.BIGINT, whole.memory(), to - from)) {
        for (int i = from; i < to; i++) {
          builder.appendLong(weights[i]);
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < TYPES.size(); i++) {
          columns.add(plain.column(i).retain());
        }
        try (Batch delta = new Batch(to - from, columns, null, (FixedColumn) builder.build())) {
          groups.add(delta, (count, parts) -> parts.forEach(Runnable::run), whole.memory());
        }
      }
    }
  }

  /** By key the results of the calls. */
  private Map<Integer, List<@Nullable Object>> results() {
    Map<Integer, List<@Nullable Object>> results = new TreeMap<>();
    int[] live = groups.live();
    for (int from = 0; from < live.length; from += 1000) {
      int[] part = Arrays.copyOfRange(live, from, Math.min(live.length, from + 1000));
      List<Column> columns = new ArrayList<>(groups.keys(part, part.length));
      columns.addAll(groups.now(part, part.length, scope));
      try (Batch batch = new Batch(part.length, columns)) {
        for (List<@Nullable Object> row : Batches.toRows(batch)) {
          results.put((Integer) row.get(0), row.subList(1, row.size()));
        }
      }
    }
    return results;
  }

  private static Map<Integer, List<@Nullable Object>> results(Map<Row, Long> model) {
    Map<Integer, Map<Row, Long>> byKey = new TreeMap<>();
    model.forEach(
        (row, weight) -> byKey.computeIfAbsent(row.key, k -> new HashMap<>()).put(row, weight));
    Map<Integer, List<@Nullable Object>> results = new TreeMap<>();
    byKey.forEach(
        (key, rows) -> {
          long count = rows.values().stream().mapToLong(Long::longValue).sum();
          double sum = 0;
          double squares = 0;
          for (Map.Entry<Row, Long> row : rows.entrySet()) {
            sum += row.getKey().number * row.getValue();
            squares += row.getKey().number * row.getKey().number * row.getValue();
          }
          List<@Nullable Object> result = new ArrayList<>();
          result.add(count);
          result.add(rows.keySet().stream().map(Row::text).distinct().count());
          result.add(rows.keySet().stream().map(Row::text).sorted().findFirst().orElseThrow());
          result.add(rows.keySet().stream().map(Row::text).max(String::compareTo).orElseThrow());
          result.add(rows.keySet().stream().mapToDouble(Row::number).max().orElseThrow());
          result.add((squares - sum * sum / count) / count);
          results.put(key, result);
        });
    return results;
  }

  private static void equal(
      Map<Integer, List<@Nullable Object>> expected,
      Map<Integer, List<@Nullable Object>> actual,
      String what) {
    assertEquals(expected.keySet(), actual.keySet(), what);
    expected.forEach(
        (key, row) -> {
          List<@Nullable Object> other = actual.get(key);
          assertEquals(row.subList(0, row.size() - 1), other.subList(0, row.size() - 1), what);
          assertEquals((double) row.getLast(), (double) other.getLast(), 1e-9, what);
        });
  }

  private void withLittleMemory(Random random, int bits, Runnable work) {
    long taken = scope.available() - random.nextInt(2 << random.nextInt(bits));
    scope.reserve(taken);
    try {
      work.run();
    } finally {
      scope.release(taken);
    }
  }

  @Test
  void groupsAreAsInMapsWhateverFails() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<Row, Long> model = new HashMap<>();
    int failed = 0;
    int most = 0;
    for (int step = 0; step < 30; step++) {
      String what = "seed " + seed + ", step " + step;
      boolean shrinks = step % 10 > 5;
      List<Row> there = new ArrayList<>(model.keySet());
      List<Row> rows = new ArrayList<>();
      int count = 1 + random.nextInt(shrinks ? 6000 : 3000);
      long[] weights = new long[count];
      Map<Row, Long> then = new HashMap<>(model);
      for (int i = 0; i < count; i++) {
        boolean goes = !there.isEmpty() && random.nextInt(10) < (shrinks ? 9 : 2);
        Row row = goes ? there.removeLast() : row(random, 3000 + step * 200);
        weights[i] = goes ? -model.getOrDefault(row, 1L) : 1;
        rows.add(row);
        model.merge(row, weights[i], (a, b) -> a + b == 0 ? null : a + b);
      }
      boolean[] failing = new boolean[1];
      while (random.nextInt(2) == 0) {
        withLittleMemory(
            random,
            23,
            () -> {
              try {
                add(rows, weights);
                whole.prepare();
              } catch (TidemillException e) {
                assertEquals("MEMORY_LIMIT_EXCEEDED", e.code().name());
                failing[0] = true;
              }
              whole.rollback();
            });
        failed += failing[0] ? 1 : 0;
      }
      add(rows, weights);
      if (random.nextInt(6) == 0) {
        whole.rollback();
        model = then;
      } else {
        equal(results(model), results(), what);
        whole.prepare();
        long number = step;
        if (random.nextInt(3) == 0) {
          withLittleMemory(random, 19, () -> whole.commit(number));
        } else {
          whole.commit(number);
        }
      }
      equal(results(model), results(), what);
      snapshots.betweenSteps(whole, random);
      if (random.nextInt(8) == 0) {
        MemoryState restored = snapshots.restored(whole, random, scope);
        whole.close();
        whole = restored;
        groups = newGroups();
        equal(results(model), results(), what);
      }
      most = Math.max(most, model.size());
    }
    assertTrue(most > 5000 && failed > 0, "seed " + seed + ": " + most + ", " + failed);
    whole.close();
    assertEquals(0, scope.used());
  }
}
