package dev.tidemill.streaming.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which numbers of a part of a {@link ColumnState} snapshots of each level have not seen yet. A
 * step marks bits of level 0 only; who writes a snapshot of a level takes the bits up to that level
 * and leaves them for the next:
 *
 * <pre>
 *   level 0   changed since the last snapshot           ──┐ a snapshot of level 0 moves these down
 *   level 1   … since the last of level 1 or above      ◀─┘ ──┐
 *   level 2   … since the last of level 2 or above          ◀─┘
 * </pre>
 *
 * <p>At first, and when rows get other numbers, all of them are to be written.
 */
public final class ChangedNumbers {
  static final int LEVELS = 3;

  private final long[][] changed = new long[LEVELS][1];
  private final boolean[] all = new boolean[LEVELS];

  public ChangedNumbers() {
    Arrays.fill(all, true);
  }

  /** A step has changed a number. */
  public void mark(int number) {
    int word = number >>> 6;
    long[] bits = changed[0];
    if (word >= bits.length) {
      bits = Arrays.copyOf(bits, Math.max(word + 1, bits.length * 2));
      changed[0] = bits;
    }
    bits[word] |= 1L << number;
  }

  /** A step has changed the numbers from one up to, without, another. */
  public void mark(int from, int to) {
    for (int number = from; number < to; number++) {
      mark(number);
    }
  }

  /** The rows have other numbers. */
  public void renumbered() {
    Arrays.fill(all, true);
    for (long[] bits : changed) {
      Arrays.fill(bits, 0);
    }
  }

  /** Whether all numbers are new since something was taken last. */
  boolean isRenumbered() {
    return all[0];
  }

  /**
   * Takes what a snapshot of a level is to write.
   *
   * @param level one above all others leaves nothing for another
   * @return by number a bit, or null where that is all
   */
  long @Nullable [] take(int level) {
    boolean whole = false;
    long[] taken = {};
    for (int i = 0; i <= Math.min(level, LEVELS - 1); i++) {
      whole |= all[i];
      all[i] = false;
      taken = or(taken, changed[i]);
      Arrays.fill(changed[i], 0);
    }
    if (level + 1 < LEVELS) {
      all[level + 1] |= whole;
      changed[level + 1] = or(changed[level + 1], taken);
    }
    return whole ? null : taken;
  }

  /** What was taken, was not written: it counts as changed. */
  void putBack(long @Nullable [] taken) {
    if (taken == null) {
      all[0] = true;
    } else {
      changed[0] = or(changed[0], taken);
    }
  }

  /** How many numbers have changed since something was taken last, where they are not all new. */
  int count() {
    int count = 0;
    for (long word : changed[0]) {
      count += Long.bitCount(word);
    }
    return count;
  }

  /** The bits of both; the first may be used for it. */
  static long[] or(long[] first, long[] second) {
    long[] both = first.length < second.length ? Arrays.copyOf(first, second.length) : first;
    for (int i = 0; i < second.length; i++) {
      both[i] |= second[i];
    }
    return both;
  }
}
