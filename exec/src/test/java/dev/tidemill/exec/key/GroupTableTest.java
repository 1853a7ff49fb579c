package dev.tidemill.exec.key;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Group ids against a map: words that lie close together, grow upwards and downwards, turn out to
 * be scattered, close up again, and lie at the ends of their type; short texts and wide keys.
 */
class GroupTableTest {
  private final MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);

  @Test
  void numbersKeysInOrderOfArrival() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      try {
        check(random, List.of(Type.BIGINT), words(random));
        check(random, List.of(Type.INTEGER, Type.VARCHAR, Type.DATE), mixed(random, 0, 1, 2));
        check(random, List.of(Type.DATE, Type.INTEGER), mixed(random, 2, 0));
        check(random, List.of(Type.VARCHAR), mixed(random, 1));
        check(random, List.of(Type.BIGINT, Type.VARCHAR, Type.DOUBLE), wide(random, 0, 1, 2));
        check(random, List.of(Type.DOUBLE, Type.BIGINT), wide(random, 2, 0));
        check(random, List.of(Type.BIGINT, Type.DATE, Type.BIGINT), wide(random, 0, 3, 4));
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + e.getMessage(), e);
      }
      assertEquals(0, memory.used());
    }
  }

  @Test
  void mergesTables() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      try {
        checkMerge(random, List.of(Type.INTEGER, Type.VARCHAR, Type.DATE), mixed(random, 0, 1, 2));
        checkMerge(random, List.of(Type.DATE, Type.INTEGER), mixed(random, 2, 0));
        checkMerge(random, List.of(Type.VARCHAR), mixed(random, 1));
        checkMerge(random, List.of(Type.BIGINT, Type.VARCHAR, Type.DOUBLE), wide(random, 0, 1, 2));
        checkMerge(random, List.of(Type.DOUBLE, Type.BIGINT), wide(random, 2, 0));
        checkMerge(random, List.of(Type.BIGINT, Type.DATE, Type.BIGINT), wide(random, 0, 3, 4));
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + e.getMessage(), e);
      }
      assertEquals(0, memory.used());
    }
  }

  private static List<List<@Nullable Object>> words(Random random) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    long base = random.nextInt(4) == 0 ? random.nextLong() : 0;
    for (int phase = 0; phase < 5; phase++) {
      long center = base + (long) (random.nextGaussian() * 3000);
      int kind = random.nextInt(6);
      for (int i = random.nextInt(600); i >= 0; i--) {
        Long word =
            switch (kind) {
              case 0 -> center + i;
              case 1 -> center - i;
              case 2 -> center + random.nextInt(2000);
              case 3 -> random.nextLong();
              case 4 -> random.nextBoolean() ? Long.MIN_VALUE + i : Long.MAX_VALUE - i;
              default -> center + 4096L * random.nextInt(500);
            };
        rows.add(Arrays.asList(random.nextInt(50) == 0 ? null : word));
      }
    }
    return rows;
  }

  private static List<List<@Nullable Object>> mixed(Random random, int... columns) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    int texts = 1 << random.nextInt(9);
    int numbers = 1 << random.nextInt(31);
    for (int i = random.nextInt(900); i >= 0; i--) {
      int text = random.nextInt(texts);
      List<@Nullable Object> all =
          Arrays.asList(
              random.nextInt(9) == 0 ? null : random.nextInt(numbers) - numbers / 2,
              random.nextInt(9) == 0 ? null : text % 2 == 0 ? "t" + text : "a long text, " + text,
              random.nextInt(9) == 0 ? null : LocalDate.ofEpochDay(random.nextInt(numbers) % 9000));
      List<@Nullable Object> row = new ArrayList<>();
      for (int column : columns) {
        row.add(all.get(column));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Keys that need two words from the start, or at some row, or more than two. */
  private static List<List<@Nullable Object>> wide(Random random, int... columns) {
    int oneIn = 1 + random.nextInt(40);
    int nulls = random.nextBoolean() ? Integer.MAX_VALUE : 40;
    int distinct = 1 << random.nextInt(9);
    int lateFrom = random.nextInt(900);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = random.nextInt(900); i >= 0; i--) {
      long spread = new Random(random.nextInt(distinct)).nextLong();
      boolean isFar = i < lateFrom && random.nextInt(oneIn) == 0;
      List<@Nullable Object> all =
          Arrays.asList(
              isFar ? spread : spread >> 40,
              "t" + random.nextInt(20),
              isFar ? Double.MAX_VALUE / spread : (double) (spread >> 60),
              LocalDate.ofEpochDay(spread & 1023),
              isFar ? ~spread : spread >> 30);
      List<@Nullable Object> row = new ArrayList<>();
      for (int column : columns) {
        row.add(random.nextInt(nulls) == 0 ? null : all.get(column));
      }
      rows.add(row);
    }
    return rows;
  }

  private void check(Random random, List<Type> types, List<List<@Nullable Object>> all) {
    List<List<@Nullable Object>> rows = all.subList(0, all.size() * 3 / 4);
    List<List<@Nullable Object>> others = all.subList(rows.size(), all.size());
    Map<List<@Nullable Object>, Integer> expected = new HashMap<>();
    List<List<@Nullable Object>> keys = new ArrayList<>();
    try (GroupTable table = GroupTable.of(types, memory);
        GroupTable without = GroupTable.forLookup(types, memory)) {
      int at = 0;
      while (at < rows.size()) {
        int count = Math.min(rows.size() - at, 1 + random.nextInt(1000));
        List<List<@Nullable Object>> part = rows.subList(at, at + count);
        try (Batch batch = batch(random, types, part)) {
          int[] groups = groups(table, batch);
          int[] groupsWithout = groups(without, batch);
          for (int i = 0; i < count; i++) {
            Integer known = expected.putIfAbsent(part.get(i), keys.size());
            if (known == null) {
              keys.add(part.get(i));
            }
            assertEquals(expected.get(part.get(i)), groups[i]);
            assertEquals(expected.get(part.get(i)), groupsWithout[i]);
          }
        }
        at += count;
      }
      assertEquals(keys.size(), table.groupCount());
      List<List<@Nullable Object>> sought = new ArrayList<>(rows);
      sought.addAll(others);
      try (Batch batch = Batches.fromRows(types, sought, memory)) {
        int[] found = new int[batch.length()];
        without.find(columns(batch), all(batch), batch.length(), found, new GroupTable.Lookup());
        for (int i = 0; i < found.length; i++) {
          assertEquals(expected.getOrDefault(sought.get(i), -1), found[i]);
        }
      }
      try (Batch batch = new Batch(table.groupCount(), table.keys())) {
        assertEquals(keys, Batches.toRows(batch));
      }
    }
  }

  /** Tables of parts of the rows, merged key by key: the groups are those of all rows. */
  private void checkMerge(Random random, List<Type> types, List<List<@Nullable Object>> all) {
    List<GroupTable> parts = new ArrayList<>();
    Map<List<@Nullable Object>, Integer> expected = new HashMap<>();
    Map<String, Long> hashes = new HashMap<>();
    try (GroupTable merged = GroupTable.of(types, memory)) {
      for (int at = 0; at < all.size(); ) {
        int count = Math.min(all.size() - at, 1 + random.nextInt(600));
        GroupTable part = GroupTable.of(types, memory);
        parts.add(part);
        try (Batch batch = batch(random, types, all.subList(at, at + count))) {
          groups(part, batch);
        }
        at += count;
      }
      if (random.nextBoolean()) {
        merged.expect(1 + random.nextInt(all.size()));
      }
      for (GroupTable part : parts) {
        part.freeze();
        int count = part.groupCount();
        List<List<@Nullable Object>> keys;
        try (Batch batch = new Batch(count, part.keys())) {
          keys = Batches.toRows(batch);
        }
        if (part.form() == GroupTable.Form.PACKED) {
          long[] own = new long[count];
          part.hashes(own);
          for (int i = 0; i < count; i++) {
            Long known = hashes.putIfAbsent(keys.get(i).toString(), own[i]);
            assertEquals(known == null ? own[i] : known, own[i]);
          }
        }
        int[] others = new int[count];
        Arrays.setAll(others, group -> count - 1 - group);
        int[] groups = new int[count];
        merged.merge(part, others, count, groups);
        for (int i = 0; i < count; i++) {
          List<@Nullable Object> key = keys.get(others[i]);
          Integer known = expected.putIfAbsent(key, expected.size());
          assertEquals(known == null ? expected.size() - 1 : known, groups[i]);
        }
      }
      assertEquals(expected.size(), merged.groupCount());
      try (Batch batch = new Batch(merged.groupCount(), merged.keys())) {
        List<List<@Nullable Object>> keys = Batches.toRows(batch);
        for (int i = 0; i < keys.size(); i++) {
          assertEquals(i, expected.get(keys.get(i)));
        }
      }
    } finally {
      parts.forEach(GroupTable::close);
    }
  }

  private Batch batch(Random random, List<Type> types, List<List<@Nullable Object>> rows) {
    Batch plain = Batches.fromRows(types, rows, memory);
    if (random.nextBoolean()) {
      return plain;
    }
    try (plain) {
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i < plain.columnCount(); i++) {
        columns.add(Dictionaries.of(plain.column(i), random, memory));
      }
      return new Batch(plain.length(), columns);
    }
  }

  private static int[] groups(GroupTable table, Batch batch) {
    int[] groups = new int[batch.length()];
    table.groups(columns(batch), all(batch), batch.length(), groups);
    return groups;
  }

  private static List<Column> columns(Batch batch) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < batch.columnCount(); i++) {
      columns.add(batch.column(i));
    }
    return columns;
  }

  private static int[] all(Batch batch) {
    int[] rows = new int[batch.length()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i;
    }
    return rows;
  }
}
