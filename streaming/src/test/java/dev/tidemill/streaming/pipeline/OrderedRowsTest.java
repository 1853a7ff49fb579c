package dev.tidemill.streaming.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Lists of rows beside lists of the JDK, where rows come, and the first of a list go. */
class OrderedRowsTest {
  private static final int KEYS = 3;

  @Test
  void listsThatAreEmptiedBeginAnew() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    for (int round = 0; round < 200; round++) {
      check(new Random(seed + round));
    }
  }

  private static void check(Random random) {
    try (MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);
        HeapMemory heap = new HeapMemory(memory)) {
      OrderedRows lists =
          new OrderedRows(
              () -> {
                throw new AssertionError("words differ");
              },
              List.of(),
              heap);
      List<List<Integer>> expected = new ArrayList<>();
      for (int key = 0; key < KEYS; key++) {
        expected.add(new ArrayList<>());
      }
      int rows = 0;
      for (int step = 0; step < 30; step++) {
        int key = random.nextInt(KEYS);
        int count = random.nextInt(4) == 0 ? random.nextInt(400) : random.nextInt(8);
        lists.ensure(KEYS, rows + count);
        int[] added = new int[count];
        for (int i = 0; i < count; i++) {
          added[i] = rows;
          lists.setWord(rows, word(rows));
          expected.get(key).add(rows++);
        }
        lists.add(key, added, count);
        expected.get(key).sort(Comparator.comparing(OrderedRowsTest::word));
        int from = random.nextInt(KEYS);
        int length = expected.get(from).size();
        int gone = random.nextBoolean() ? length : random.nextInt(length + 1);
        lists.removeFirst(from, gone);
        expected.get(from).subList(0, gone).clear();
        for (int of = 0; of < KEYS; of++) {
          assertEquals(expected.get(of), rows(lists, of));
        }
      }
    }
  }

  /** Of each row another, in no order of the rows. */
  private static long word(int row) {
    return row * 0x9E3779B97F4A7C15L;
  }

  private static List<Integer> rows(OrderedRows lists, int key) {
    List<Integer> rows = new ArrayList<>();
    for (int place = 0; place < lists.length(key); place++) {
      rows.add(lists.row(key, place));
    }
    return rows;
  }
}
