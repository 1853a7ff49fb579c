package dev.tidemill.exec.key;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.HeapMemory;

/**
 * Gives each distinct word a dense number, from 0 on, and finds it again by one cache line.
 *
 * <p>While the words lie close together, an array over their range has the number of each. When
 * they turn out not to, the directory is open addressing, at most half full, with word and number
 * side by side; and it goes back when the words have filled their range:
 *
 * <pre>
 *   words 1002 1000 1007     direct   base 1000:  2 0 1 0 0 0 0 3         number + 1
 *                            hashed   (1007, 3) ( , 0) (1002, 1) (1000, 2) ( , 0) …
 *   by number   1002 1000 1007
 * </pre>
 *
 * <p>A number may also be given to nothing ({@link #addNothing}): NULL has no word. One thread at a
 * time; any number may {@link #find} once no more words come.
 */
final class WordDirectory {
  private static final int FIRST_CAPACITY = 64;
  private static final int MAX_CAPACITY = 1 << 29;

  /** A range may be this large whatever is in it, if enough rows came to be worth it. */
  private static final int FREE_RANGE = 1 << 18;

  private static final int FREE_RANGE_PER_ROW = 256;

  /** A direct array takes at most this many places for each word in it. */
  private static final int RANGE_PER_WORD = 16;

  /** The odd number next to 2^64 over the golden ratio. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final HeapMemory heap;
  private long[] words = new long[FIRST_CAPACITY];
  private int count;
  private int expected;
  private int nothing = -1;

  /** Least and greatest word; meaningless before the first. */
  private long least = Long.MAX_VALUE;

  private long greatest = Long.MIN_VALUE;

  /** Number + 1 by word - base; empty while hashed. */
  private int[] direct = new int[0];

  private long base;

  /** Word and number + 1 by slot, 0 where it is free; empty while direct. */
  private long[] entries = new long[0];

  private int shift;

  WordDirectory(HeapMemory heap) {
    this.heap = heap;
  }

  /** Makes room for {@code length} words at the first one. */
  void expect(int length) {
    expected = length;
  }

  /** How many numbers have been given. */
  int count() {
    return count;
  }

  /** The word of a number. */
  long word(int number) {
    return words[number];
  }

  /** The words by number; only the first {@link #count} mean something. */
  long[] words() {
    return words;
  }

  /** The number that was given to nothing, or -1. */
  int nothing() {
    return nothing;
  }

  /** The number of what has no word; it is given at the first call. */
  int addNothing() {
    if (nothing < 0) {
      nothing = append(0);
    }
    return nothing;
  }

  /** Finds or gives the numbers of the first {@code length} of {@code sought}. */
  void numbers(long[] sought, int length, int[] numbers) {
    if (length == 0) {
      return;
    }
    long low = sought[0];
    long high = low;
    for (int i = 1; i < length; i++) {
      low = Math.min(low, sought[i]);
      high = Math.max(high, sought[i]);
    }
    least = Math.min(least, low);
    greatest = Math.max(greatest, high);
    if (count == 0) {
      words = heap.grow(words, expected);
    }
    if (entries.length == 0 && !cover(length)) {
      hash(Integer.highestOneBit(Math.clamp(expected * 4L, FIRST_CAPACITY, MAX_CAPACITY)));
    }
    if (entries.length == 0) {
      numbersDirect(sought, 0, length, numbers);
    } else {
      numbersHashed(sought, length, numbers);
    }
  }

  /** As {@link #numbers}, but -1 for a word that has none. */
  void find(long[] sought, int length, int[] numbers) {
    if (entries.length == 0) {
      findDirect(sought, length, numbers);
    } else {
      findHashed(sought, length, numbers);
    }
  }

  /** The words from {@code from} on; the array covers them. */
  private void numbersDirect(long[] sought, int from, int length, int[] numbers) {
    int[] places = direct;
    long first = base;
    for (int i = from; i < length; i++) {
      int place = (int) (sought[i] - first);
      int number = places[place] - 1;
      if (number < 0) {
        number = append(sought[i]);
        places[place] = number + 1;
      }
      numbers[i] = number;
    }
  }

  private void findDirect(long[] sought, int length, int[] numbers) {
    int[] places = direct;
    long first = base;
    for (int i = 0; i < length; i++) {
      long place = sought[i] - first;
      numbers[i] = place >= 0 && place < places.length ? places[(int) place] - 1 : -1;
    }
  }

  private void numbersHashed(long[] sought, int length, int[] numbers) {
    long[] pairs = entries;
    int mask = pairs.length - 2;
    int bits = shift;
    for (int i = 0; i < length; i++) {
      long word = sought[i];
      int at = slot(word, bits);
      while (pairs[at + 1] != 0 && pairs[at] != word) {
        at = at + 2 & mask;
      }
      int number = (int) pairs[at + 1] - 1;
      if (number < 0) {
        number = append(word);
        pairs[at] = word;
        pairs[at + 1] = number + 1;
        if (count * 4L > pairs.length) {
          enlarge();
          if (entries.length == 0) {
            numbers[i] = number;
            numbersDirect(sought, i + 1, length, numbers);
            return;
          }
          pairs = entries;
          mask = pairs.length - 2;
          bits = shift;
        }
      }
      numbers[i] = number;
    }
  }

  private void findHashed(long[] sought, int length, int[] numbers) {
    long[] pairs = entries;
    int mask = pairs.length - 2;
    int bits = shift;
    for (int i = 0; i < length; i++) {
      long word = sought[i];
      int at = slot(word, bits);
      while (pairs[at + 1] != 0 && pairs[at] != word) {
        at = at + 2 & mask;
      }
      numbers[i] = (int) pairs[at + 1] - 1;
    }
  }

  /** Where in the pairs the search for a word begins. */
  private static int slot(long word, int shift) {
    return (int) ((word ^ word >>> 32) * SPREAD >>> shift) << 1;
  }

  private int append(long word) {
    int number = count;
    if (number == words.length) {
      words = heap.grow(words, number + 1);
    }
    words[number] = word;
    count = number + 1;
    return number;
  }

  /**
   * Makes the direct array cover all words from the least to the greatest, if it may be so large.
   *
   * @param rows how many words may be new
   */
  private boolean cover(int rows) {
    long from = direct.length == 0 ? least : Math.min(least, base);
    long range = greatest - from + 1;
    if (range > 0 && from == base && range <= direct.length) {
      return true;
    }
    long known = (long) count + rows;
    long allowed =
        Math.max(
            Math.min(FREE_RANGE, known * FREE_RANGE_PER_ROW),
            Math.min(MAX_CAPACITY, known * RANGE_PER_WORD));
    if (range <= 0 || range > allowed) {
      return false;
    }
    int length = (int) Math.max(range, Math.min(allowed, direct.length * 2L));
    long lowest = greatest - (length - 1);
    boolean downwards = direct.length > 0 && from < base && lowest < from;
    place(downwards ? lowest : from, length);
    return true;
  }

  /** Makes a direct array of all words. */
  private void place(long from, int length) {
    heap.reserve(length * 4L);
    int[] places = new int[length];
    int[] old = direct;
    if (old.length > 0 && base >= from && base - from + old.length <= length) {
      System.arraycopy(old, 0, places, (int) (base - from), old.length);
    } else {
      for (int number = 0; number < count; number++) {
        if (number != nothing) {
          places[(int) (words[number] - from)] = number + 1;
        }
      }
    }
    direct = places;
    base = from;
    heap.release(old.length * 4L);
  }

  /** Makes open addressing of all words with room for twice as many. */
  private void hash(int atLeast) {
    int capacity = Math.max(atLeast, Integer.highestOneBit(Math.max(1, count)) * 4);
    if (capacity > MAX_CAPACITY) {
      throw ExecErrors.tooManyRows("a hash table", count);
    }
    heap.reserve(capacity * 16L);
    long[] pairs = new long[capacity * 2];
    int mask = pairs.length - 2;
    int bits = Long.numberOfLeadingZeros(capacity) + 1;
    for (int number = 0; number < count; number++) {
      if (number != nothing) {
        long word = words[number];
        int at = slot(word, bits);
        while (pairs[at + 1] != 0) {
          at = at + 2 & mask;
        }
        pairs[at] = word;
        pairs[at + 1] = number + 1;
      }
    }
    heap.release(entries.length * 8L + direct.length * 4L);
    entries = pairs;
    shift = bits;
    direct = new int[0];
  }

  /** Makes a direct array, where that is no larger, else twice the capacity. */
  private void enlarge() {
    long range = greatest - least + 1;
    if (range > 0 && range <= count * 8L) {
      place(least, (int) range);
      heap.release(entries.length * 8L);
      entries = new long[0];
    } else {
      hash(entries.length);
    }
  }

  /** Starts over, empty. */
  void clear() {
    heap.release((words.length - FIRST_CAPACITY) * 8L + direct.length * 4L + entries.length * 8L);
    words = new long[FIRST_CAPACITY];
    direct = new int[0];
    entries = new long[0];
    count = 0;
    nothing = -1;
    least = Long.MAX_VALUE;
    greatest = Long.MIN_VALUE;
  }
}
