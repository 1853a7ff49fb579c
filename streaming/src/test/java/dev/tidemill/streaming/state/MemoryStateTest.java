package dev.tidemill.streaming.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MemoryStateTest {
  private final MemoryScope scope = MemoryScope.root("test", MemoryScope.UNLIMITED);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static TreeMap<String, Long> content(StateVersion version) {
    TreeMap<String, Long> content = new TreeMap<>();
    version.forEach(
        "m", (key, row, weight) -> content.put(new String(key) + "/" + new String(row), weight));
    return content;
  }

  /**
   * Random steps, some rolled back, with readers that pin versions and let go of them in any order.
   */
  @Test
  void pinnedVersionsNeverChange() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    MemoryState state = new MemoryState(scope);
    OrderedMultisetState rows = state.orderedMultiset("m");
    KeyedValueState values = state.keyedValue("v");
    TreeMap<String, Long> model = new TreeMap<>();
    TreeMap<String, String> valueModel = new TreeMap<>();
    Deque<MemoryStateVersion> pinned = new ArrayDeque<>();
    Deque<TreeMap<String, Long>> expected = new ArrayDeque<>();
    RandomSnapshots snapshots = new RandomSnapshots();
    for (long step = 0; step < 300; step++) {
      TreeMap<String, Long> before = new TreeMap<>(model);
      TreeMap<String, String> valuesBefore = new TreeMap<>(valueModel);
      for (int i = random.nextInt(step % 10 == 0 ? 300 : 20); i > 0; i--) {
        String key = "k" + random.nextInt(5);
        String row = "r" + random.nextInt(step % 100 > 60 ? 500 : 8);
        if (random.nextInt(15) == 0) {
          rows.remove(bytes(key));
          model.keySet().removeIf(k -> k.startsWith(key + "/"));
          values.remove(bytes(key));
          valueModel.remove(key);
        } else {
          long weight = random.nextInt(5) - 2;
          rows.add(bytes(key), bytes(row), weight);
          model.merge(key + "/" + row, weight, Long::sum);
          model.values().removeIf(w -> w == 0);
          values.put(bytes(key), bytes(row));
          valueModel.put(key, row);
        }
      }
      if (random.nextInt(4) == 0) {
        state.rollback();
        model = before;
        valueModel = valuesBefore;
      } else {
        state.commit(step);
      }
      snapshots.betweenSteps(state, random);
      if (random.nextInt(3) == 0) {
        pinned.add(state.read());
        expected.add(new TreeMap<>(model));
      }
      if (random.nextInt(4) == 0 && !pinned.isEmpty()) {
        boolean first = random.nextBoolean();
        MemoryStateVersion version = first ? pinned.removeFirst() : pinned.removeLast();
        assertEquals(
            first ? expected.removeFirst() : expected.removeLast(),
            content(version),
            "seed " + seed);
        version.close();
      }
    }
    for (MemoryStateVersion version : pinned) {
      assertEquals(expected.removeFirst(), content(version), "seed " + seed);
      version.close();
    }
    TreeMap<String, String> valuesNow = new TreeMap<>();
    values.forEach((key, value) -> valuesNow.put(new String(key), new String(value)));
    assertEquals(valueModel, valuesNow, "seed " + seed);
    try (MemoryState restored = snapshots.restored(state, random, scope)) {
      assertHolds(restored, state, model, valueModel, seed);
    }
    state.close();
    assertEquals(0, scope.used());
  }

  private static void assertHolds(
      MemoryState restored,
      MemoryState state,
      TreeMap<String, Long> rows,
      TreeMap<String, String> values,
      long seed) {
    try (MemoryStateVersion version = restored.read()) {
      assertEquals(state.version(), restored.version());
      assertEquals(rows, content(version), "seed " + seed);
      TreeMap<String, String> restoredValues = new TreeMap<>();
      restored
          .keyedValue("v")
          .forEach((key, value) -> restoredValues.put(new String(key), new String(value)));
      assertEquals(values, restoredValues, "seed " + seed);
      assertEquals(state.bytes(), restored.bytes());
    }
  }

  @Test
  void rowsComeInTheOrderOfTheirBytes() {
    try (MemoryState state = new MemoryState(scope)) {
      OrderedMultisetState rows = state.orderedMultiset("m");
      rows.add(bytes("k"), new byte[] {(byte) 0x80}, 1);
      rows.add(bytes("k"), new byte[] {0x7f}, 2);
      rows.add(bytes("k"), new byte[] {0x7f, 0}, 3);
      StringBuilder seen = new StringBuilder();
      rows.forEachAscending(bytes("k"), (row, weight) -> seen.append(weight).length() < 2);
      rows.forEachDescending(bytes("k"), (row, weight) -> seen.append(weight).length() < 9);
      assertEquals("23132", seen.toString());
    }
  }

  @Test
  void damagedSnapshotsAreRefused() {
    byte[] snapshot;
    try (MemoryState state = new MemoryState(scope)) {
      state.keyedValue("v").put(bytes("a"), bytes("some value"));
      state.commit(3);
      snapshot = RandomSnapshots.whole(state);
    }
    for (int at = 0; at < snapshot.length; at++) {
      byte[] damaged = snapshot.clone();
      damaged[at] ^= 0x10;
      assertThrows(TidemillException.class, () -> RandomSnapshots.read(damaged, scope).close());
      byte[] truncated = Arrays.copyOf(snapshot, at);
      assertThrows(TidemillException.class, () -> RandomSnapshots.read(truncated, scope).close());
    }
  }

  /** Rows that get other numbers at every step, as those of windows that close do. */
  private static final class Renumbered implements ColumnState {
    private static final int LENGTH = 20_000;

    private final ChangedNumbers changes = new ChangedNumbers();
    private final MemoryScope memory;

    Renumbered(MemoryScope memory) {
      this.memory = memory;
    }

    @Override
    public void commit() {
      changes.renumbered();
    }

    @Override
    public void rollback() {}

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public long keysHeld() {
      return LENGTH;
    }

    @Override
    public long rowsHeld() {
      return LENGTH;
    }

    @Override
    public int parts() {
      return 1;
    }

    @Override
    public List<Type> types(int part) {
      return List.of(Type.BIGINT);
    }

    @Override
    public int length(int part) {
      return LENGTH;
    }

    @Override
    public ChangedNumbers changes(int part) {
      return changes;
    }

    @Override
    public boolean isThere(int part, int number) {
      return true;
    }

    @Override
    public Batch rows(int part, int[] numbers, int count) {
      return new Batch(count, List.of(Columns.constant(Type.BIGINT, 1L, count, memory)));
    }

    @Override
    public void restore(int part, int[] numbers, Batch rows) {}

    @Override
    public void close() {}
  }

  @Test
  void aSnapshotEndsThoughStepsNumberRowsAnewWhileItIsTaken() {
    try (MemoryState state = new MemoryState(scope)) {
      state.columns("rows", new Renumbered(scope));
      state.commit(1);
      StateImage image = new StateImage(state, StateImage.FULL);
      int slices = 0;
      while (image.advance(1)) {
        assertTrue(++slices < 1000);
        state.commit(slices + 1);
      }
      image.finish(-1);
      assertTrue(image.take().length > 0);
    }
    assertEquals(0, scope.used());
  }
}
