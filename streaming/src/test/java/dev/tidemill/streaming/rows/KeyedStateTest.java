package dev.tidemill.streaming.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.state.MemoryState;
import dev.tidemill.streaming.state.RandomSnapshots;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Rows by key against maps: thousands of rows that come and go, keys that are dropped, steps that
 * are undone, so that rows and keys are numbered anew on the way; and the same rows restored.
 */
class KeyedStateTest {
  private static final List<Type> TYPES =
      List.of(
          Type.INTEGER,
          Type.VARCHAR,
          new Type.Decimal(30, 2),
          Type.BOOLEAN,
          Type.DOUBLE,
          new Type.Array(Type.INTEGER));

  private static final KeyedSide.Shape ROWS =
      new KeyedSide.Shape(TYPES, List.of(0), true, true, true, true);
  private static final KeyedSide.Shape COUNTS =
      new KeyedSide.Shape(TYPES, List.of(0), false, true, true, false);

  private final MemoryScope scope = MemoryScope.root("test", 1L << 40);
  private final RandomSnapshots snapshots = new RandomSnapshots();
  private MemoryState whole = new MemoryState(scope);
  private KeyedState state = newState();

  private KeyedState newState() {
    KeyedState made =
        new KeyedState(List.of(Type.INTEGER), List.of(ROWS, COUNTS), whole.memory().child("rows"));
    whole.columns("rows", made);
    return made;
  }

  private static List<@Nullable Object> row(Random random, int keys) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(random.nextInt(50) == 0 ? null : random.nextInt(keys));
    row.add(random.nextInt(4) == 0 ? null : "a text of some length ".repeat(random.nextInt(3)));
    row.add(
        random.nextInt(4) == 0
            ? new BigDecimal("12345678901234567890123.45")
            : BigDecimal.valueOf(random.nextInt(5), 2));
    row.add(random.nextInt(3) == 0 ? null : random.nextBoolean());
    row.add(random.nextInt(3) == 0 ? Double.NaN : random.nextInt(2) / 2.0);
    row.add(random.nextInt(3) == 0 ? null : List.of(random.nextInt(2)));
    return row;
  }

  private void add(int side, List<List<@Nullable Object>> rows, long[] weights) {
    try (Batch batch = Batches.fromRows(TYPES, rows, scope)) {
      int count = rows.size();
      int[] which = IntStream.range(0, count).toArray();
      int[] keys = new int[count];
      int[] numbers = new int[count];
      state.keys(List.of(batch.column(0)), which, count, keys);
      state.side(side).add(batch, which, keys, weights, count, numbers);
    }
  }

  /** All rows by weight, found by way of the chains of their keys. */
  private Map<List<@Nullable Object>, Long> rows() {
    Map<List<@Nullable Object>, Long> found = new HashMap<>();
    KeyedRows rows = Objects.requireNonNull(state.side(0).rows());
    for (int key = 0; key < state.keyCount(); key++) {
      List<Integer> numbers = new ArrayList<>();
      for (int row = rows.first(key); row >= 0; row = rows.next(row)) {
        assertEquals(key, rows.key(row));
        if (rows.weight(row) != 0) {
          numbers.add(row);
        }
      }
      int[] ids = numbers.stream().mapToInt(Integer::intValue).toArray();
      List<Column> columns = rows.take(ids, ids.length, scope);
      try (Batch batch = new Batch(ids.length, columns)) {
        List<List<@Nullable Object>> values = Batches.toRows(batch);
        for (int i = 0; i < ids.length; i++) {
          found.merge(values.get(i), rows.weight(ids[i]), Long::sum);
        }
      }
    }
    return found;
  }

  private Map<@Nullable Object, Long> counts(int side) {
    Map<@Nullable Object, Long> counts = new HashMap<>();
    for (int key = 0; key < state.keyCount(); key++) {
      if (state.side(side).count(key) != 0) {
        List<Column> columns = state.keyColumns(new int[] {key}, 1);
        counts.put(columns.get(0).value(0), state.side(side).count(key));
        columns.forEach(Column::close);
      }
    }
    return counts;
  }

  private static void add(
      Map<List<@Nullable Object>, Long> model, List<@Nullable Object> row, long weight) {
    model.merge(row, weight, (a, b) -> a + b == 0 ? null : a + b);
  }

  private static Map<@Nullable Object, Long> counts(Map<List<@Nullable Object>, Long> model) {
    Map<@Nullable Object, Long> counts = new HashMap<>();
    model.forEach(
        (row, weight) -> counts.merge(row.get(0), weight, (a, b) -> a + b == 0 ? null : a + b));
    return counts;
  }

  /** The same rows, from snapshots. */
  private void restore(Random random) {
    MemoryState restored = snapshots.restored(whole, random, scope);
    whole.close();
    whole = restored;
    state = newState();
  }

  @Test
  void rowsComeAndGoAsInMaps() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<List<@Nullable Object>, Long> left = new HashMap<>();
    Map<List<@Nullable Object>, Long> right = new HashMap<>();
    int most = 0;
    for (int step = 0; step < 60; step++) {
      Map<List<@Nullable Object>, Long> leftThen = new HashMap<>(left);
      Map<List<@Nullable Object>, Long> rightThen = new HashMap<>(right);
      boolean shrinks = step % 10 > 6;
      for (int side = 0; side < 2; side++) {
        Map<List<@Nullable Object>, Long> model = side == 0 ? left : right;
        List<List<@Nullable Object>> there = new ArrayList<>(model.keySet());
        List<List<@Nullable Object>> rows = new ArrayList<>();
        int count = 1 + random.nextInt(shrinks ? 1500 : 1200);
        long[] weights = new long[count];
        for (int i = 0; i < count; i++) {
          boolean goes = !there.isEmpty() && random.nextInt(10) < (shrinks ? 9 : 2);
          List<@Nullable Object> row =
              goes ? there.remove(there.size() - 1) : row(random, 20 + step * 100);
          weights[i] = goes ? -model.get(row) : 1 + random.nextInt(2);
          rows.add(row);
          add(model, row, weights[i]);
        }
        add(side, rows, weights);
      }
      if (random.nextInt(5) == 0) {
        drop(random, left, right);
      }
      if (random.nextInt(5) == 0) {
        whole.rollback();
        left = leftThen;
        right = rightThen;
      } else {
        commit(step, random);
      }
      snapshots.betweenSteps(whole, random);
      most = Math.max(most, left.size());
      if (random.nextInt(8) == 0) {
        restore(random);
      }
      assertEquals(left, rows(), "seed " + seed + ", step " + step);
      assertEquals(counts(left), counts(0), "seed " + seed + ", step " + step);
      assertEquals(counts(right), counts(1), "seed " + seed + ", step " + step);
    }
    assertTrue(most > 2000, "seed " + seed + ", most " + most);
    whole.close();
    assertEquals(0, scope.used());
  }

  /** Sometimes without room for numbering anew. */
  private void commit(long step, Random random) {
    whole.prepare();
    long taken =
        random.nextInt(3) == 0 ? scope.available() - random.nextInt(2 << random.nextInt(20)) : 0;
    scope.reserve(taken);
    whole.commit(step);
    scope.release(taken);
  }

  private void drop(
      Random random,
      Map<List<@Nullable Object>, Long> left,
      Map<List<@Nullable Object>, Long> right) {
    int key = random.nextInt(state.keyCount());
    List<Column> columns = state.keyColumns(new int[] {key}, 1);
    Object value = columns.get(0).value(0);
    columns.forEach(Column::close);
    state.drop(new int[] {key});
    left.keySet().removeIf(row -> Objects.equals(row.get(0), value));
    right.keySet().removeIf(row -> Objects.equals(row.get(0), value));
  }
}
