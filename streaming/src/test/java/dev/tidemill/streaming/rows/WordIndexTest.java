package dev.tidemill.streaming.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Beside a sorted list. */
class WordIndexTest {
  private record Entry(long word, int row) {}

  private static int[] read(WordIndex index, long first, long last, Random random) {
    WordIndex.Range range = index.range(first, last);
    int[] all = new int[0];
    int[] part = new int[1 + random.nextInt(400)];
    for (int count = range.next(part); count > 0; count = range.next(part)) {
      int before = all.length;
      all = Arrays.copyOf(all, before + count);
      System.arraycopy(part, 0, all, before, count);
    }
    return all;
  }

  private static void check(WordIndex index, List<Entry> wanted, int spread, Random random) {
    wanted.sort(Comparator.comparingLong(Entry::word).thenComparingInt(Entry::row));
    for (int i = 0; i < 6; i++) {
      long a = i == 0 ? Long.MIN_VALUE : random.nextInt(spread);
      long b = i == 0 ? Long.MAX_VALUE : a + random.nextInt(spread) - spread / 8;
      assertArrayEquals(
          wanted.stream().filter(e -> e.word >= a && e.word <= b).mapToInt(Entry::row).toArray(),
          read(index, a, b, random));
    }
  }

  @Test
  void rangesAreThoseOfASortedList() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    for (int round = 0; round < 60; round++) {
      Random random = new Random(seed * 31 + round);
      int spread = 1 << (1 + random.nextInt(12));
      boolean ascending = random.nextInt(4) == 0;
      try (MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED)) {
        try (WordIndex index = new WordIndex(memory)) {
          List<Entry> wanted = new ArrayList<>();
          int next = 0;
          for (int step = 0; step < 12; step++) {
            for (int n = random.nextInt(1500); n > 0; n--) {
              long word = ascending ? next : random.nextInt(spread);
              index.add(word, next);
              wanted.add(new Entry(word, next++));
            }
            check(index, wanted, spread, random);
            if (random.nextInt(3) == 0) {
              int length = next - random.nextInt(next / 3 + 1);
              index.truncate(length);
              wanted.removeIf(entry -> entry.row >= length);
              next = length;
            } else if (random.nextInt(3) == 0) {
              boolean few = random.nextBoolean();
              int[] live =
                  wanted.stream()
                      .mapToInt(Entry::row)
                      .filter(row -> random.nextInt(10) < (few ? 1 : 7))
                      .sorted()
                      .toArray();
              index.renumber(live, live.length);
              List<Entry> left = new ArrayList<>();
              for (Entry entry : wanted) {
                int number = Arrays.binarySearch(live, entry.row);
                if (number >= 0) {
                  left.add(new Entry(entry.word, number));
                }
              }
              wanted = left;
              next = live.length;
            }
            check(index, wanted, spread, random);
          }
        }
        assertEquals(0, memory.used(), "seed " + seed + ", round " + round);
      }
    }
  }
}
