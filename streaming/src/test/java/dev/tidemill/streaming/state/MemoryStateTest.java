package dev.tidemill.streaming.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
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
  void pinnedVersionsNeverChange() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    MemoryState state = new MemoryState(scope);
    OrderedMultisetState rows = state.orderedMultiset("m");
    KeyedValueState values = state.keyedValue("v");
    TreeMap<String, Long> model = new TreeMap<>();
    TreeMap<String, String> valueModel = new TreeMap<>();
    Deque<MemoryStateVersion> pinned = new ArrayDeque<>();
    Deque<TreeMap<String, Long>> expected = new ArrayDeque<>();
    for (long step = 0; step < 300; step++) {
      TreeMap<String, Long> before = new TreeMap<>(model);
      TreeMap<String, String> valuesBefore = new TreeMap<>(valueModel);
      for (int i = random.nextInt(20); i > 0; i--) {
        String key = "k" + random.nextInt(5);
        String row = "r" + random.nextInt(8);
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
    assertSnapshotHolds(state, model, valueModel, seed);
    state.close();
    assertEquals(0, scope.used());
  }

  private void assertSnapshotHolds(
      MemoryState state, TreeMap<String, Long> rows, TreeMap<String, String> values, long seed)
      throws IOException {
    byte[] snapshot = snapshot(state);
    try (MemoryState restored =
            StateSnapshot.read(new ByteArrayInputStream(snapshot), "snapshot", scope);
        MemoryStateVersion version = restored.read()) {
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

  private static byte[] snapshot(MemoryState state) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryStateVersion version = state.read()) {
      StateSnapshot.write(version, out);
    }
    return out.toByteArray();
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
  void damagedSnapshotsAreRefused() throws IOException {
    byte[] snapshot;
    try (MemoryState state = new MemoryState(scope)) {
      state.keyedValue("v").put(bytes("a"), bytes("some value"));
      state.commit(3);
      snapshot = snapshot(state);
    }
    for (int at = 0; at < snapshot.length; at++) {
      byte[] damaged = snapshot.clone();
      damaged[at] ^= 0x10;
      ByteArrayInputStream in = new ByteArrayInputStream(damaged);
      assertThrows(
          TidemillException.class, () -> StateSnapshot.read(in, "snapshot", scope).close());
      ByteArrayInputStream truncated = new ByteArrayInputStream(snapshot, 0, at);
      assertThrows(
          TidemillException.class, () -> StateSnapshot.read(truncated, "snapshot", scope).close());
    }
  }
}
