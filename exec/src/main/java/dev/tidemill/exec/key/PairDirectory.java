package dev.tidemill.exec.key;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;

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

  /** Pairs that are sought together: what a processor reads of them fits its cache. */
  private static final int TOGETHER = 256;

  /** So many slots do not fit it. */
  private static final int LARGE = 1 << 15;

  /** Odd numbers without a pattern in their bits. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private static final long MIX = 0xBF58476D1CE4E5B9L;

  private final MemoryScope memory;

  /** Two for each number. */
  private final Longs words;

  private Longs entries;
  private int slots;
  private int count;

  /** Hashes of the pairs that are sought together. */
  private final long[] hashes = new long[TOGETHER];

  /** Of {@link #readAhead}. */
  private long read;

  PairDirectory(MemoryScope memory) {
    this.memory = memory;
    this.words = new Longs(memory);
    this.entries = new Longs(memory);
  }

  /** Makes room for {@code length} pairs, where there are none yet. */
  void expect(int length) {
    int wanted = Integer.highestOneBit(Math.clamp(length * 4L, 1, MAX_CAPACITY));
    if (count == 0 && wanted > slots) {
      resize(wanted);
    }
  }

  /** How many numbers have been given. */
  int count() {
    return count;
  }

  long first(int number) {
    return words.get(number * 2);
  }

  long second(int number) {
    return words.get(number * 2 + 1);
  }

  /** Finds or gives the numbers of the first {@code length} pairs. */
  void numbers(long[] first, long[] second, int length, int[] numbers) {
    if (slots == 0) {
      resize(FIRST_CAPACITY);
    }
    for (int from = 0; from < length; from += TOGETHER) {
      numbers(first, second, from, Math.min(TOGETHER, length - from), numbers);
    }
  }

  private void numbers(long[] first, long[] second, int from, int length, int[] numbers) {
    for (int i = 0; i < length; i++) {
      hashes[i] = hash(first[from + i], second[from + i]);
    }
    if (slots >= LARGE) {
      read += readAhead(hashes, length, entries.address(), slots - 1, words.address());
    }
    long own = entries.address();
    long pairs = words.address();
    int mask = slots - 1;
    for (int i = 0; i < length; i++) {
      long a = first[from + i];
      long b = second[from + i];
      long hash = hashes[i];
      long at = own + slot(own, mask, pairs, hash, a, b);
      int number = (int) Memory.getLong(at) - 1;
      if (number < 0) {
        number = append(a, b);
        Memory.putLong(at, entry(hash, number));
        if (count * 2L > slots) {
          resize(enlarged());
          own = entries.address();
          mask = slots - 1;
        }
        pairs = words.address();
      }
      numbers[from + i] = number;
    }
  }

  /**
   * Reads what hashes lead to: one after the other in loops that do nothing else, so that a
   * processor waits for many of them at once.
   *
   * @return what was read, without which the reads would be left out
   */
  private static long readAhead(long[] hashes, int length, long own, int mask, long pairs) {
    long sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Memory.getLong(own + ((hashes[i] >>> 16 & mask) << 3));
    }
    for (int i = 0; i < length; i++) {
      long entry = Memory.getLong(own + ((hashes[i] >>> 16 & mask) << 3));
      if (entry != 0 && (entry ^ hashes[i]) >>> 32 == 0) {
        sum += Memory.getLong(pairs + ((long) ((int) entry - 1) << 4));
      }
    }
    return sum;
  }

  /** As {@link #numbers}, but -1 for a pair that has none. */
  void find(long[] first, long[] second, int length, int[] numbers) {
    if (slots == 0) {
      Arrays.fill(numbers, 0, length, -1);
      return;
    }
    long own = entries.address();
    long pairs = words.address();
    int mask = slots - 1;
    for (int i = 0; i < length; i++) {
      numbers[i] = known(own, mask, pairs, first[i], second[i]);
    }
  }

  /**
   * The number of a pair, or -1. What {@link #slot} does, but where most are known: the compiler
   * counts what is frequent by method, and what it has counted while a table fills is wrong here.
   */
  private static int known(long own, int mask, long pairs, long first, long second) {
    long hash = hash(first, second);
    long slot = hash >>> 16 & mask;
    while (true) {
      long entry = Memory.getLong(own + (slot << 3));
      if (entry == 0) {
        return -1;
      }
      if ((entry ^ hash) >>> 32 == 0) {
        int number = (int) entry - 1;
        long at = pairs + ((long) number << 4);
        if (Memory.getLong(at) == first && Memory.getLong(at + 8) == second) {
          return number;
        }
      }
      slot = slot + 1 & mask;
    }
  }

  private static long hash(long first, long second) {
    long mixed = (first ^ Long.rotateLeft(second * MIX, 31)) * SPREAD;
    return (mixed ^ mixed >>> 32) * MIX;
  }

  private static long entry(long hash, int number) {
    return hash & 0xFFFFFFFF00000000L | number + 1;
  }

  /** At which byte of the slots the pair stands, or the free slot where it belongs. */
  private static long slot(long own, int mask, long pairs, long hash, long first, long second) {
    long slot = hash >>> 16 & mask;
    while (true) {
      long entry = Memory.getLong(own + (slot << 3));
      if (entry == 0
          || (entry ^ hash) >>> 32 == 0
              && isPair(pairs + ((long) ((int) entry - 1) << 4), first, second)) {
        return slot << 3;
      }
      slot = slot + 1 & mask;
    }
  }

  /** In a method of its own, so that it is one call where the compiler takes it for rare. */
  private static boolean isPair(long at, long first, long second) {
    return Memory.getLong(at) == first && Memory.getLong(at + 8) == second;
  }

  private int append(long first, long second) {
    int number = count;
    words.ensure(number * 2 + 2);
    words.set(number * 2, first);
    words.set(number * 2 + 1, second);
    count = number + 1;
    return number;
  }

  private int enlarged() {
    if (slots > MAX_CAPACITY / 4) {
      throw ExecErrors.tooManyRows("a hash table", count);
    }
    return slots * 4;
  }

  private void resize(int capacity) {
    Longs larger = new Longs(memory, capacity);
    int mask = capacity - 1;
    for (int number = 0; number < count; number++) {
      long hash = hash(first(number), second(number));
      int slot = (int) (hash >>> 16) & mask;
      while (larger.get(slot) != 0) {
        slot = slot + 1 & mask;
      }
      larger.set(slot, entry(hash, number));
    }
    entries.close();
    entries = larger;
    slots = capacity;
  }

  /** Gives back its memory: it is empty and starts over. */
  void clear() {
    words.close();
    entries.close();
    slots = 0;
    count = 0;
  }
}
