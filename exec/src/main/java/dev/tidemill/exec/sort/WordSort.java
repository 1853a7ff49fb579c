package dev.tidemill.exec.sort;

import dev.tidemill.exec.pipeline.Team;
import java.util.Arrays;

/**
 * Sorts words, unsigned, with a number beside each; equal ones stay as they are. By radix: first,
 * where there are many, into a few hundred ranges of about as many words each, which then fit a
 * cache and are sorted side by side, digit by digit from the lowest.
 */
final class WordSort {
  private static final int DIGIT = 8;
  private static final int DIGITS = 1 << DIGIT;

  /** Below this many words each is put where it belongs among those before it. */
  private static final int INSERTION = 40;

  /** Below this many words ranges are not worth while. */
  private static final int RANGES = 1 << 15;

  /** Ranges are put together from this many times finer ones. */
  private static final int CELL_BITS = 12;

  private final long[] words;
  private final int[] rows;
  private final long[] spareWords;
  private final int[] spareRows;

  /** All arrays have the same length; the spare ones' content is of no matter. */
  WordSort(long[] words, int[] rows, long[] spareWords, int[] spareRows) {
    this.words = words;
    this.rows = rows;
    this.spareWords = spareWords;
    this.spareRows = spareRows;
  }

  /**
   * Sorts the first {@code count}.
   *
   * @param bits words have at most
   */
  void sortAll(int count, int bits, Team team) {
    if (count < RANGES || bits <= DIGIT) {
      sort(0, count);
      return;
    }
    int[] starts = intoRanges(count, Math.max(0, bits - CELL_BITS), team);
    team.each(
        DIGITS,
        range -> {
          int from = starts[range];
          int to = starts[range + 1];
          System.arraycopy(spareWords, from, words, from, to - from);
          System.arraycopy(spareRows, from, rows, from, to - from);
          sort(from, to);
        });
  }

  /**
   * Puts all words into ranges, in the spare arrays; gives where each starts, and behind them the
   * end.
   */
  private int[] intoRanges(int count, int shift, Team team) {
    int pieces = team.pieces(count, RANGES);
    int[][] places = new int[pieces][1 << CELL_BITS];
    team.each(
        pieces,
        piece -> {
          int[] cells = places[piece];
          int to = end(count, piece, pieces);
          for (int i = end(count, piece - 1, pieces); i < to; i++) {
            cells[(int) (words[i] >>> shift)]++;
          }
        });
    int[] starts = new int[DIGITS + 1];
    byte[] rangeOf = new byte[1 << CELL_BITS];
    int range = 0;
    int before = 0;
    for (int cell = 0; cell < rangeOf.length; cell++) {
      int size = 0;
      for (int[] cells : places) {
        size += cells[cell];
      }
      if (before > starts[range] && (long) before * DIGITS >= (range + 1L) * count) {
        range++;
        starts[range] = before;
      }
      rangeOf[cell] = (byte) range;
      before += size;
    }
    Arrays.fill(starts, range + 1, DIGITS + 1, count);
    int[][] targets = new int[pieces][DIGITS];
    for (int piece = 0; piece < pieces; piece++) {
      for (int cell = 0; cell < rangeOf.length; cell++) {
        targets[piece][rangeOf[cell] & 0xff] += places[piece][cell];
      }
    }
    for (int i = 0; i < DIGITS; i++) {
      int at = starts[i];
      for (int[] target : targets) {
        int size = target[i];
        target[i] = at;
        at += size;
      }
    }
    team.each(
        pieces,
        piece -> {
          int from = end(count, piece - 1, pieces);
          scatter(from, end(count, piece, pieces), shift, rangeOf, targets[piece]);
        });
    return starts;
  }

  private static int end(int count, int piece, int pieces) {
    return (int) ((long) count * (piece + 1) / pieces);
  }

  private void scatter(int from, int to, int shift, byte[] rangeOf, int[] targets) {
    for (int i = from; i < to; i++) {
      long word = words[i];
      int target = targets[rangeOf[(int) (word >>> shift)] & 0xff]++;
      spareWords[target] = word;
      spareRows[target] = rows[i];
    }
  }

  /** Sorts the words {@code from} up to {@code to}. */
  void sort(int from, int to) {
    if (to - from <= INSERTION) {
      insertion(from, to);
      return;
    }
    long different = 0;
    long first = words[from];
    for (int i = from + 1; i < to; i++) {
      different |= words[i] ^ first;
    }
    long[] fromWords = words;
    int[] fromRows = rows;
    long[] toWords = spareWords;
    int[] toRows = spareRows;
    int[] counts = new int[DIGITS];
    for (int shift = 0; shift < Long.SIZE; shift += DIGIT) {
      if ((different >>> shift & DIGITS - 1) == 0) {
        continue;
      }
      byDigit(fromWords, fromRows, toWords, toRows, from, to, shift, counts);
      long[] swapWords = fromWords;
      int[] swapRows = fromRows;
      fromWords = toWords;
      fromRows = toRows;
      toWords = swapWords;
      toRows = swapRows;
    }
    if (fromWords != words) {
      System.arraycopy(fromWords, from, words, from, to - from);
      System.arraycopy(fromRows, from, rows, from, to - from);
    }
  }

  private static void byDigit(
      long[] words,
      int[] rows,
      long[] toWords,
      int[] toRows,
      int from,
      int to,
      int shift,
      int[] counts) {
    Arrays.fill(counts, 0);
    for (int i = from; i < to; i++) {
      counts[(int) (words[i] >>> shift) & DIGITS - 1]++;
    }
    int at = from;
    for (int digit = 0; digit < DIGITS; digit++) {
      int size = counts[digit];
      counts[digit] = at;
      at += size;
    }
    for (int i = from; i < to; i++) {
      long word = words[i];
      int target = counts[(int) (word >>> shift) & DIGITS - 1]++;
      toWords[target] = word;
      toRows[target] = rows[i];
    }
  }

  private void insertion(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long word = words[i];
      int row = rows[i];
      int at = i;
      while (at > from && Long.compareUnsigned(words[at - 1], word) > 0) {
        words[at] = words[at - 1];
        rows[at] = rows[at - 1];
        at--;
      }
      words[at] = word;
      rows[at] = row;
    }
  }
}
