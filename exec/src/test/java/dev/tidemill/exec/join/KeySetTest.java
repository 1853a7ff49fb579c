package dev.tidemill.exec.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A set of keys lets every key pass, no NULL, and of other values none (a bitmap) or few (a bloom
 * filter).
 */
class KeySetTest {
  private final MemoryScope scope = MemoryScope.root("test", MemoryScope.UNLIMITED);

  @Test
  void letsKeysPass() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (Type type : List.of(Type.BIGINT, Type.INTEGER, Type.SMALLINT, Type.DATE)) {
      for (int shift : new int[] {0, 8, 30, 62}) {
        for (int count : new int[] {0, 1, 100, 5000}) {
          check(
              random, type, shift, count, "seed " + seed + " " + type + " " + shift + " " + count);
        }
      }
    }
    assertEquals(0, scope.used());
  }

  private void check(Random random, Type type, int shift, int count, String what) {
    List<@Nullable Long> keys = values(random, type, shift, count);
    List<@Nullable Long> probes = values(random, type, shift, 6000);
    probes.addAll(keys);
    Set<@Nullable Long> wanted = new HashSet<>(keys);
    wanted.remove(null);
    try (Column first = column(type, keys.subList(0, keys.size() / 2));
        Column second = column(type, keys.subList(keys.size() / 2, keys.size()));
        Column probe = column(type, probes);
        HeapMemory memory = new HeapMemory(scope)) {
      KeySet set =
          Objects.requireNonNull(KeySet.of(List.of(first, second), Long.MAX_VALUE, memory), what);
      assertEquals(wanted.isEmpty(), set.isEmpty(), what);
      int[] rows = IntStream.range(0, probes.size()).filter(i -> i % 7 != 3).toArray();
      int[] passed = new int[rows.length];
      int n = set.select(probe, rows, rows.length, passed);
      Set<Integer> let = new HashSet<>();
      for (int i = 0; i < n; i++) {
        assertTrue(i == 0 || passed[i - 1] < passed[i], what);
        assertTrue(probes.get(passed[i]) != null, what);
        let.add(passed[i]);
      }
      long wrong = 0;
      for (int row : rows) {
        if (wanted.contains(probes.get(row))) {
          assertTrue(let.contains(row), what + ": row " + row);
        } else {
          wrong += let.contains(row) ? 1 : 0;
        }
      }
      assertTrue(wrong <= rows.length / 20, what + ": " + wrong + " others pass");
    }
  }

  private static List<@Nullable Long> values(Random random, Type type, int shift, int count) {
    int bits = type instanceof Type.Int t ? t.bits() : 20;
    List<@Nullable Long> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long value = random.nextLong() >> Math.max(63 - shift, 65 - bits);
      values.add(random.nextInt(10) == 0 ? null : value);
    }
    return values;
  }

  private Column column(Type type, List<@Nullable Long> values) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, values.size())) {
      for (Long value : values) {
        if (value == null) {
          builder.appendNull();
        } else {
          builder.appendLong(value);
        }
      }
      return builder.build();
    }
  }
}
