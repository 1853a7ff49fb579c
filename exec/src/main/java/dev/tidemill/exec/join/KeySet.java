package dev.tidemill.exec.join;

import dev.tidemill.exec.key.KeyWords;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.ValueBits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of a key column of a join's built side, so that scans on the other side can leave out
 * rows without a match. Exact as a bitmap where the values lie close together, else a bloom filter
 * (four bits of one word a value, at least 16 bits a value: 1 of 100 others passes). Immutable.
 */
final class KeySet {
  /** A bitmap this small is always made; a larger one has at most so many bytes a value. */
  private static final long SMALL_BITMAP_BYTES = 4 << 20;

  private static final int BITMAP_BYTES_PER_VALUE = 16;
  private static final long MAX_BYTES = 1L << 28;
  private static final int BLOOM_BITS_PER_VALUE = 16;

  private final @Nullable Object least;
  private final @Nullable Object greatest;
  private final long min;
  private final long max;

  /** All values; null of an empty set and where there is a bloom filter. */
  private final @Nullable ValueBits bits;

  /** Words of the bloom filter, a power of two. */
  private final long[] bloom;

  private KeySet(
      @Nullable Object least,
      @Nullable Object greatest,
      long min,
      long max,
      @Nullable ValueBits bits,
      long[] bloom) {
    this.least = least;
    this.greatest = greatest;
    this.min = min;
    this.max = max;
    this.bits = bits;
    this.bloom = bloom;
  }

  /** Whether columns of the type have sets: values of one word whose order is that of the word. */
  static boolean fits(Type type) {
    return KeyWords.fits(type)
        && !(type instanceof Type.Bool)
        && !(type instanceof Type.Real)
        && !(type instanceof Type.DoubleType);
  }

  /**
   * The set of the values of a column that lies in pieces, or null where there are too many.
   *
   * @param mostBytes how large it may be
   * @param memory charged for as long as it is open
   */
  static @Nullable KeySet of(List<Column> pieces, long mostBytes, HeapMemory memory) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    Object least = null;
    Object greatest = null;
    long count = 0;
    int[] rows = new int[Batch.MAX_ROWS];
    long[] words = new long[Batch.MAX_ROWS];
    for (Column column : pieces) {
      for (int from = 0; from < column.length(); from += Batch.MAX_ROWS) {
        int n = present(column, from, rows);
        KeyWords.read(column, rows, n, words);
        count += n;
        int minAt = -1;
        int maxAt = -1;
        for (int i = 0; i < n; i++) {
          if (words[i] < min) {
            min = words[i];
            minAt = rows[i];
          }
          if (words[i] > max) {
            max = words[i];
            maxAt = rows[i];
          }
        }
        least = minAt < 0 ? least : column.value(minAt);
        greatest = maxAt < 0 ? greatest : column.value(maxAt);
      }
    }
    if (count == 0) {
      return new KeySet(null, null, 0, -1, null, new long[0]);
    }
    long range = max - min;
    boolean dense =
        range >= 0
            && range / 8 <= Math.max(SMALL_BITMAP_BYTES, count * BITMAP_BYTES_PER_VALUE)
            && range / 8 <= Math.min(MAX_BYTES, mostBytes);
    long bloomWords = Long.highestOneBit(count * BLOOM_BITS_PER_VALUE / 64 + 1) * 2;
    if (!dense && bloomWords * 8 > Math.min(MAX_BYTES, mostBytes)) {
      return null;
    }
    long[] bitmap = memory.longs(dense ? (int) (range >>> 6) + 1 : 0);
    long[] bloom = memory.longs(dense ? 0 : (int) bloomWords);
    for (Column column : pieces) {
      for (int from = 0; from < column.length(); from += Batch.MAX_ROWS) {
        int n = present(column, from, rows);
        KeyWords.read(column, rows, n, words);
        if (dense) {
          for (int i = 0; i < n; i++) {
            long bit = words[i] - min;
            bitmap[(int) (bit >>> 6)] |= 1L << bit;
          }
        } else {
          for (int i = 0; i < n; i++) {
            long hash = Hash.mix(words[i]);
            bloom[(int) hash & (bloom.length - 1)] |= bits(hash);
          }
        }
      }
    }
    ValueBits values = dense ? new ValueBits(min, range, bitmap) : null;
    return new KeySet(least, greatest, min, max, values, bloom);
  }

  private static int present(Column column, int from, int[] rows) {
    int end = Math.min(column.length(), from + Batch.MAX_ROWS);
    int n = 0;
    for (int row = from; row < end; row++) {
      rows[n] = row;
      n += column.mayHaveNulls() && column.isNull(row) ? 0 : 1;
    }
    return n;
  }

  private static long bits(long hash) {
    return 1L << (hash >>> 40) | 1L << (hash >>> 46) | 1L << (hash >>> 52) | 1L << (hash >>> 58);
  }

  boolean isEmpty() {
    return max < min;
  }

  /** The values, where they are kept as bits. */
  @Nullable ValueBits bits() {
    return bits;
  }

  /** The least value, of the class that {@code Type} names; null of an empty set. */
  @Nullable Object least() {
    return least;
  }

  @Nullable Object greatest() {
    return greatest;
  }

  /**
   * Copies the rows whose value may be in the set.
   *
   * @param passed may be {@code rows}
   */
  int select(Column values, int[] rows, int count, int[] passed) {
    int n = count;
    int[] from = rows;
    if (values.mayHaveNulls()) {
      n = 0;
      for (int i = 0; i < count; i++) {
        int row = rows[i];
        passed[n] = row;
        n += values.isNull(row) ? 0 : 1;
      }
      from = passed;
    }
    if (isEmpty()) {
      return 0;
    }
    if (values instanceof FixedColumn fixed && fixed.width() == 8) {
      return bits != null
          ? bitmap8(bits, fixed.address(), from, n, passed)
          : bloom8(fixed.address(), from, n, passed);
    }
    if (values instanceof FixedColumn fixed && fixed.width() == 4) {
      return bits != null
          ? bitmap4(bits, fixed.address(), from, n, passed)
          : bloom4(fixed.address(), from, n, passed);
    }
    long[] words = new long[n];
    KeyWords.read(values, from, n, words);
    int kept = 0;
    for (int i = 0; i < n; i++) {
      int row = from[i];
      passed[kept] = row;
      kept += contains(words[i]) ? 1 : 0;
    }
    return kept;
  }

  private boolean contains(long word) {
    if (word < min || word > max) {
      return false;
    }
    if (bits != null) {
      return bits.contains(word);
    }
    long hash = Hash.mix(word);
    long wanted = bits(hash);
    return (bloom[(int) hash & (bloom.length - 1)] & wanted) == wanted;
  }

  /**
   * Rows are taken 64 at a time: what passes is a mask, so that only the bits that are set cost a
   * branch that may be guessed wrong.
   */
  private static int bitmap8(ValueBits values, long address, int[] rows, int count, int[] passed) {
    long[] words = values.words();
    long low = values.least();
    long span = values.span();
    int n = 0;
    for (int start = 0; start < count; start += Long.SIZE) {
      int end = Math.min(count, start + Long.SIZE);
      long kept = 0;
      for (int i = start; i < end; i++) {
        long bit = Memory.getLong(address + ((long) rows[i] << 3)) - low;
        if (bit >= 0 && bit <= span) {
          kept |= (words[(int) (bit >>> 6)] >>> bit & 1) << i;
        }
      }
      for (; kept != 0; kept &= kept - 1) {
        passed[n++] = rows[start + Long.numberOfTrailingZeros(kept)];
      }
    }
    return n;
  }

  private static int bitmap4(ValueBits values, long address, int[] rows, int count, int[] passed) {
    long[] words = values.words();
    long low = values.least();
    long span = values.span();
    int n = 0;
    for (int start = 0; start < count; start += Long.SIZE) {
      int end = Math.min(count, start + Long.SIZE);
      long kept = 0;
      for (int i = start; i < end; i++) {
        long bit = Memory.getInt(address + ((long) rows[i] << 2)) - low;
        if (bit >= 0 && bit <= span) {
          kept |= (words[(int) (bit >>> 6)] >>> bit & 1) << i;
        }
      }
      for (; kept != 0; kept &= kept - 1) {
        passed[n++] = rows[start + Long.numberOfTrailingZeros(kept)];
      }
    }
    return n;
  }

  private int bloom8(long address, int[] rows, int count, int[] passed) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      if (contains(Memory.getLong(address + ((long) row << 3)))) {
        passed[n++] = row;
      }
    }
    return n;
  }

  private int bloom4(long address, int[] rows, int count, int[] passed) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      if (contains(Memory.getInt(address + ((long) row << 2)))) {
        passed[n++] = row;
      }
    }
    return n;
  }
}
