package dev.tidemill.exec.key;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.HeapMemory;

/**
 * Gives each distinct pair of words a dense number, from 0 on: open addressing, at most half full,
 * with the upper half of the hash and the number + 1 in one word, so that hardly any other pair is
 * looked at.
 *
 * <pre>
 *   by slot     (hash, 2) ( , 0) ( , 0) (hash, 1) …
 *   by number   (7, -3) (7, 4)
 * </pre>
 *
 * <p>One thread at a time; any number may {@link #find} once no more pairs come.
 */
final class PairDirectory {
  private static final int FIRST_CAPACITY = 64;
  private static final int MAX_CAPACITY = 1 << 29;

  /** Odd numbers without a pattern in their bits. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private static final long MIX = 0xBF58476D1CE4E5B9L;

  private final HeapMemory heap;

  /** Two for each number. */
  private long[] words = new long[FIRST_CAPACITY * 2];

  private long[] entries = new long[FIRST_CAPACITY];
  private int count;

  PairDirectory(HeapMemory heap) {
    this.heap = heap;
  }

  /** Makes room for {@code length} pairs, where there are none yet. */
  void expect(int length) {
    int slots = Integer.highestOneBit(Math.clamp(length * 4L, 1, MAX_CAPACITY));
    if (count == 0 && slots > entries.length) {
      resize(slots);
    }
  }

  /** How many numbers have been given. */
  int count() {
    return count;
  }

  long first(int number) {
    return words[number * 2];
  }

  long second(int number) {
    return words[number * 2 + 1];
  }

  /** Finds or gives the numbers of the first {@code length} pairs. */
  void numbers(long[] first, long[] second, int length, int[] numbers) {
    for (int i = 0; i < length; i++) {
      long a = first[i];
      long b = second[i];
      long hash = hash(a, b);
      int slot = slot(hash, a, b);
      int number = (int) entries[slot] - 1;
      if (number < 0) {
        number = append(a, b);
        entries[slot] = entry(hash, number);
        if (count * 2L > entries.length) {
          resize(enlarged());
        }
      }
      numbers[i] = number;
    }
  }

  /** As {@link #numbers}, but -1 for a pair that has none. */
  void find(long[] first, long[] second, int length, int[] numbers) {
    for (int i = 0; i < length; i++) {
      int slot = slot(hash(first[i], second[i]), first[i], second[i]);
      numbers[i] = (int) entries[slot] - 1;
    }
  }

  private static long hash(long first, long second) {
    long mixed = (first ^ Long.rotateLeft(second * MIX, 31)) * SPREAD;
    return (mixed ^ mixed >>> 32) * MIX;
  }

  private static long entry(long hash, int number) {
    return hash & 0xFFFFFFFF00000000L | number + 1;
  }

  /** Where the pair stands, or the free slot where it belongs. */
  private int slot(long hash, long first, long second) {
    long[] slots = entries;
    long[] pairs = words;
    int mask = slots.length - 1;
    int slot = (int) (hash >>> 16) & mask;
    while (true) {
      long entry = slots[slot];
      if (entry == 0) {
        return slot;
      }
      if ((entry ^ hash) >>> 32 == 0) {
        int at = ((int) entry - 1) * 2;
        if (pairs[at] == first && pairs[at + 1] == second) {
          return slot;
        }
      }
      slot = slot + 1 & mask;
    }
  }

  private int append(long first, long second) {
    int number = count;
    words = heap.grow(words, number * 2 + 2);
    words[number * 2] = first;
    words[number * 2 + 1] = second;
    count = number + 1;
    return number;
  }

  private int enlarged() {
    if (entries.length > MAX_CAPACITY / 4) {
      throw ExecErrors.tooManyRows("a hash table", count);
    }
    return entries.length * 4;
  }

  private void resize(int slots) {
    heap.reserve(slots * 8L);
    long[] larger = new long[slots];
    int mask = slots - 1;
    for (int number = 0; number < count; number++) {
      long hash = hash(first(number), second(number));
      int slot = (int) (hash >>> 16) & mask;
      while (larger[slot] != 0) {
        slot = slot + 1 & mask;
      }
      larger[slot] = entry(hash, number);
    }
    heap.release(entries.length == FIRST_CAPACITY ? 0 : entries.length * 8L);
    entries = larger;
  }

  /** Starts over, empty. */
  void clear() {
    heap.release((words.length - FIRST_CAPACITY * 2) * 8L);
    heap.release(entries.length == FIRST_CAPACITY ? 0 : entries.length * 8L);
    words = new long[FIRST_CAPACITY * 2];
    entries = new long[FIRST_CAPACITY];
    count = 0;
  }
}
