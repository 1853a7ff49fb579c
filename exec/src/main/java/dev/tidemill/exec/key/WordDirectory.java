package dev.tidemill.exec.key;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;

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

  private final MemoryScope memory;
  private final Longs words;
  private int count;
  private int expected;
  private int nothing = -1;

  /** Least and greatest word; meaningless before the first. */
  private long least = Long.MAX_VALUE;

  private long greatest = Long.MIN_VALUE;

  /** Number + 1 by word - base; empty while hashed. */
  private Ints direct;

  private int directLength;

  private long base;

  /** Word and number + 1 by slot, 0 where it is free; empty while direct. */
  private Longs entries;

  /** How many words these are. */
  private int entriesLength;

  private int shift;

  WordDirectory(MemoryScope memory) {
    this.memory = memory;
    this.words = new Longs(memory);
    this.direct = new Ints(memory);
    this.entries = new Longs(memory);
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
    return words.get(number);
  }

  /** The words by number; only the first {@link #count} mean something. Borrowed. */
  Longs words() {
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
      words.ensure(expected);
    }
    if (entriesLength == 0 && !cover(length)) {
      hash(Integer.highestOneBit(Math.clamp(expected * 4L, FIRST_CAPACITY, MAX_CAPACITY)));
    }
    if (entriesLength == 0) {
      numbersDirect(sought, 0, length, numbers);
    } else {
      numbersHashed(sought, length, numbers);
    }
  }

  /** As {@link #numbers}, but -1 for a word that has none. */
  void find(long[] sought, int length, int[] numbers) {
    if (entriesLength == 0) {
      findDirect(sought, length, numbers);
    } else {
      findHashed(sought, length, numbers);
    }
  }

  /** The words from {@code from} on; the array covers them. */
  private void numbersDirect(long[] sought, int from, int length, int[] numbers) {
    long places = direct.address();
    long first = base;
    for (int i = from; i < length; i++) {
      long at = places + (sought[i] - first << 2);
      int number = Memory.getInt(at) - 1;
      if (number < 0) {
        number = append(sought[i]);
        Memory.putInt(at, number + 1);
      }
      numbers[i] = number;
    }
  }

  private void findDirect(long[] sought, int length, int[] numbers) {
    long places = direct.address();
    long range = directLength;
    long first = base;
    for (int i = 0; i < length; i++) {
      long place = sought[i] - first;
      numbers[i] = place >= 0 && place < range ? Memory.getInt(places + (place << 2)) - 1 : -1;
    }
  }

  private void numbersHashed(long[] sought, int length, int[] numbers) {
    long pairs = entries.address();
    long mask = mask(entriesLength);
    int bits = shift;
    for (int i = 0; i < length; i++) {
      long word = sought[i];
      long at = slot(word, bits);
      long number = Memory.getLong(pairs + at + 8);
      while (number != 0 && Memory.getLong(pairs + at) != word) {
        at = at + 16 & mask;
        number = Memory.getLong(pairs + at + 8);
      }
      if (number == 0) {
        number = append(word) + 1;
        Memory.putLong(pairs + at, word);
        Memory.putLong(pairs + at + 8, number);
        if (count * 4L > entriesLength) {
          enlarge();
          if (entriesLength == 0) {
            numbers[i] = (int) number - 1;
            numbersDirect(sought, i + 1, length, numbers);
            return;
          }
          pairs = entries.address();
          mask = mask(entriesLength);
          bits = shift;
        }
      }
      numbers[i] = (int) number - 1;
    }
  }

  private void findHashed(long[] sought, int length, int[] numbers) {
    long pairs = entries.address();
    long mask = mask(entriesLength);
    int bits = shift;
    for (int i = 0; i < length; i++) {
      long word = sought[i];
      long at = slot(word, bits);
      long number = Memory.getLong(pairs + at + 8);
      while (number != 0 && Memory.getLong(pairs + at) != word) {
        at = at + 16 & mask;
        number = Memory.getLong(pairs + at + 8);
      }
      numbers[i] = (int) number - 1;
    }
  }

  /** At which byte of the pairs the search for a word begins. */
  private static long slot(long word, int shift) {
    return (word ^ word >>> 32) * SPREAD >>> shift << 4;
  }

  /** Of bytes where pairs begin, for so many words. */
  private static long mask(int length) {
    return length * 8L - 16;
  }

  private int append(long word) {
    int number = count;
    words.ensure(number + 1);
    words.set(number, word);
    count = number + 1;
    return number;
  }

  /**
   * Makes the direct array cover all words from the least to the greatest, if it may be so large.
   *
   * @param rows how many words may be new
   */
  private boolean cover(int rows) {
    long from = directLength == 0 ? least : Math.min(least, base);
    long range = greatest - from + 1;
    if (range > 0 && from == base && range <= directLength) {
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
    int length = (int) Math.max(range, Math.min(allowed, directLength * 2L));
    long lowest = greatest - (length - 1);
    boolean downwards = directLength > 0 && from < base && lowest < from;
    place(downwards ? lowest : from, length);
    return true;
  }

  /** Makes a direct array of all words. */
  private void place(long from, int length) {
    Ints places = new Ints(memory, length);
    if (directLength > 0 && base >= from && base - from + directLength <= length) {
      Memory.copy(direct.address(), places.address() + (base - from) * 4, directLength * 4L);
    } else {
      for (int number = 0; number < count; number++) {
        if (number != nothing) {
          places.set((int) (words.get(number) - from), number + 1);
        }
      }
    }
    direct.close();
    direct = places;
    directLength = length;
    base = from;
  }

  /** Makes open addressing of all words with room for twice as many. */
  private void hash(int atLeast) {
    int capacity = Math.max(atLeast, Integer.highestOneBit(Math.max(1, count)) * 4);
    if (capacity > MAX_CAPACITY) {
      throw ExecErrors.tooManyRows("a hash table", count);
    }
    Longs made = new Longs(memory, capacity * 2);
    long pairs = made.address();
    long mask = mask(capacity * 2);
    int bits = Long.numberOfLeadingZeros(capacity) + 1;
    for (int number = 0; number < count; number++) {
      if (number != nothing) {
        long word = words.get(number);
        long at = slot(word, bits);
        while (Memory.getLong(pairs + at + 8) != 0) {
          at = at + 16 & mask;
        }
        Memory.putLong(pairs + at, word);
        Memory.putLong(pairs + at + 8, number + 1);
      }
    }
    entries.close();
    entries = made;
    entriesLength = capacity * 2;
    shift = bits;
    direct.close();
    directLength = 0;
  }

  /** Makes a direct array, where that is no larger, else twice the capacity. */
  private void enlarge() {
    long range = greatest - least + 1;
    if (range > 0 && range <= count * 8L) {
      place(least, (int) range);
      entries.close();
      entriesLength = 0;
    } else {
      hash(entriesLength);
    }
  }

  /** Gives back its memory: it is empty and starts over. */
  void clear() {
    words.close();
    direct.close();
    directLength = 0;
    entries.close();
    entriesLength = 0;
    count = 0;
    nothing = -1;
    least = Long.MAX_VALUE;
    greatest = Long.MIN_VALUE;
  }
}
