package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.key.KeyWords;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Quantiles of values of a word, from how many values lie in each of at most 512 <em>cells</em>. At
 * first every value is a cell of its own and the answer exact. Whenever there are more cells than
 * that, all are made twice as wide: of numbers one significant bit less is looked at (a cell is
 * then as wide as a share of its values), of times the lowest bit is dropped. A cell keeps its
 * least and greatest value; where it has several, the answer is found between them by their ranks,
 * so that it is off by less than the width of a cell.
 *
 * <p>The answer depends on the values alone: how wide cells are follows from how many values there
 * are that differ in so many bits, and counts, least and greatest add up in any order. So all ways
 * to spread rows over threads, steps and files of spilled groups give the same.
 *
 * <p>New values wait in a list until there are 512, then they are sorted and merged into the cells;
 * from then on only those wait that no cell is there for.
 */
public final class QuantileSketch implements Sketch<QuantileSketch> {
  static final int MAX_CELLS = 512;

  private static final int MAX_WAITING = 512;

  private static final long[] NONE = new long[0];
  private static final int[] NOWHERE = new int[0];

  /** Of a cell: its least and greatest value, how many there are. */
  private static final int CELL_WORDS = 3;

  /** What the objects take beside their elements. */
  private static final int OBJECT_BYTES = 80;

  /** What words are: how they are ordered and made less exact. */
  private enum Kind {
    INTEGER,
    FLOATING,
    LINEAR
  }

  private final Type type;
  private final Kind kind;

  /** Bits dropped: of integers and floating point significant ones, else the lowest. */
  private int dropped;

  /** In the order of their values, as many as there is room. */
  private long[] cells = NONE;

  /** From the first merge on, by hash, open addressing: 1 + a place in the cells; else empty. */
  private int[] directory = NOWHERE;

  private long[] waiting = NONE;
  private int waitingCount;

  /**
   * @param type of the values; each fits a word ({@link KeyWords#fits})
   */
  public QuantileSketch(Type type) {
    this.type = type;
    this.kind =
        switch (type) {
          case Type.Int t -> Kind.INTEGER;
          case Type.Decimal t -> Kind.INTEGER;
          case Type.Real t -> Kind.FLOATING;
          case Type.DoubleType t -> Kind.FLOATING;
          default -> Kind.LINEAR;
        };
  }

  /** The word of one value. */
  public static long word(Column values, int row) {
    long[] word = new long[1];
    KeyWords.read(values, new int[] {row}, 1, word);
    return word[0];
  }

  /** Adds a value, as a word of {@link KeyWords}. */
  @Override
  public void add(long word) {
    keep(kind == Kind.FLOATING ? turned(word) : word);
  }

  /** Adds a value so many times. */
  public void add(long word, long times) {
    if (times == 1) {
      add(word);
    } else {
      long ordered = kind == Kind.FLOATING ? turned(word) : word;
      put(new long[] {ordered, ordered, times});
    }
  }

  /** Of the bits of floating point words in the order of the numbers; its own inverse. */
  private static long turned(long bits) {
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  private void keep(long ordered) {
    if (directory.length > 0 && counted(ordered)) {
      return;
    }
    if (waitingCount == waiting.length) {
      if (waitingCount == MAX_WAITING) {
        cells = all();
        waitingCount = 0;
        file();
      } else {
        waiting = Arrays.copyOf(waiting, Math.max(4, 2 * waitingCount));
      }
    }
    waiting[waitingCount++] = ordered;
  }

  /** Counts a value in its cell, if there is one. */
  private boolean counted(long ordered) {
    long cell = cell(ordered);
    int slot = slot(cell);
    while (directory[slot] != 0) {
      int place = directory[slot] - 1;
      if (cell(cells[place]) == cell) {
        cells[place] = Math.min(cells[place], ordered);
        cells[place + 1] = Math.max(cells[place + 1], ordered);
        cells[place + 2]++;
        return true;
      }
      slot = slot + 1 & directory.length - 1;
    }
    return false;
  }

  private int slot(long cell) {
    long mixed = cell * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 40 ^ mixed >>> 20) & directory.length - 1;
  }

  private void file() {
    if (directory.length == 0) {
      directory = new int[2 * MAX_CELLS];
    } else {
      Arrays.fill(directory, 0);
    }
    for (int place = 0; place < cells.length; place += CELL_WORDS) {
      int slot = slot(cell(cells[place]));
      while (directory[slot] != 0) {
        slot = slot + 1 & directory.length - 1;
      }
      directory[slot] = place + 1;
    }
  }

  private void put(long[] theirs) {
    cells = limited(merged(cells, theirs));
    if (directory.length > 0) {
      file();
    }
  }

  /** The cells with what waits in them. */
  private long[] all() {
    if (waitingCount == 0) {
      return cells;
    }
    long[] sorted = Arrays.copyOf(waiting, waitingCount);
    Arrays.sort(sorted);
    long[] single = new long[CELL_WORDS * waitingCount];
    for (int i = 0; i < waitingCount; i++) {
      single[CELL_WORDS * i] = sorted[i];
      single[CELL_WORDS * i + 1] = sorted[i];
      single[CELL_WORDS * i + 2] = 1;
    }
    return limited(merged(cells, single));
  }

  /** Cells in order, each as wide as is allowed now or narrower, as cells of that width. */
  private long[] merged(long[] a, long[] b) {
    long[] merged = new long[a.length + b.length];
    int size = 0;
    long last = 0;
    for (int i = 0, k = 0; i < a.length || k < b.length; ) {
      boolean first = k == b.length || i < a.length && a[i] <= b[k];
      long[] from = first ? a : b;
      int place = first ? i : k;
      long cell = cell(from[place]);
      if (size > 0 && cell == last) {
        merged[size - 2] = Math.max(merged[size - 2], from[place + 1]);
        merged[size - 1] += from[place + 2];
      } else {
        System.arraycopy(from, place, merged, size, CELL_WORDS);
        size += CELL_WORDS;
        last = cell;
      }
      if (first) {
        i += CELL_WORDS;
      } else {
        k += CELL_WORDS;
      }
    }
    return Arrays.copyOf(merged, size);
  }

  /** The word that stands for the cell that a word is in. */
  private long cell(long word) {
    if (dropped == 0) {
      return word;
    }
    return switch (kind) {
      case LINEAR -> word >> dropped << dropped;
      case FLOATING -> turned(turned(word) >> dropped << dropped);
      case INTEGER -> {
        // All bits but the first 63 - dropped significant ones are 0.
        long magnitude = Math.abs(word);
        int spare = Long.SIZE - Long.numberOfLeadingZeros(magnitude) - (63 - dropped);
        if (word == Long.MIN_VALUE || spare <= 0) {
          yield word;
        }
        long shorter = magnitude >>> spare << spare;
        yield word < 0 ? -shorter : shorter;
      }
    };
  }

  /** Drops as few more bits as bring the cells down to what is allowed. */
  private long[] limited(long[] merged) {
    int different = merged.length / CELL_WORDS;
    if (different <= MAX_CELLS) {
      return merged;
    }
    int[] joining = new int[Long.SIZE + 1];
    for (int i = CELL_WORDS; i < merged.length; i += CELL_WORDS) {
      joining[joinedAt(merged[i - CELL_WORDS], merged[i])]++;
    }
    int bits = 0;
    while (different > MAX_CELLS) {
      different -= joining[++bits];
    }
    dropped = bits;
    return merged(merged, NONE);
  }

  /** How many bits must be dropped for two words to be in the same cell. */
  private int joinedAt(long a, long b) {
    return switch (kind) {
      case LINEAR -> Long.SIZE - Long.numberOfLeadingZeros(a ^ b);
      case FLOATING -> Long.SIZE - Long.numberOfLeadingZeros(turned(a) ^ turned(b));
      case INTEGER -> {
        long low = Math.abs(a);
        long high = Math.abs(b);
        int length = Long.SIZE - Long.numberOfLeadingZeros(low);
        boolean alike = (a ^ b) >= 0 && length == Long.SIZE - Long.numberOfLeadingZeros(high);
        yield alike ? Long.SIZE - Long.numberOfLeadingZeros(low ^ high) + 63 - length : Long.SIZE;
      }
    };
  }

  /** Adds the values of another sketch of the same type, which stays as it is. */
  @Override
  public void merge(QuantileSketch other) {
    dropped = Math.max(dropped, other.dropped);
    if (other.cells.length > 0 || other.dropped > 0) {
      put(other.cells);
    }
    for (int i = 0; i < other.waitingCount; i++) {
      keep(other.waiting[i]);
    }
  }

  /** Appends the quantile, NULL of no values. */
  public void result(BigDecimal fraction, ColumnBuilder out) {
    QuantileSketch whole = new QuantileSketch(type);
    whole.merge(this);
    long[] all = whole.all();
    if (all.length == 0) {
      out.appendNull();
      return;
    }
    long count = 0;
    for (int i = 0; i < all.length; i += CELL_WORDS) {
      count += all[i + 2];
    }
    BigDecimal place = fraction.multiply(BigDecimal.valueOf(count));
    long before = Math.max(0, place.setScale(0, RoundingMode.CEILING).longValueExact() - 1);
    int cell = 0;
    while (before >= all[cell + 2]) {
      before -= all[cell + 2];
      cell += CELL_WORDS;
    }
    append(between(all[cell], all[cell + 1], before, all[cell + 2]), out);
  }

  /** Of so many values from {@code low} to {@code high} the one with {@code rank} before it. */
  private long between(long low, long high, long rank, long values) {
    if (low == high || rank == 0) {
      return low;
    }
    double share = (double) rank / (values - 1);
    if (kind == Kind.FLOATING) {
      double from = Double.longBitsToDouble(turned(low));
      double to = Double.longBitsToDouble(turned(high));
      double value = from + (to - from) * share;
      return Double.isFinite(value) ? turned(Double.doubleToLongBits(value)) : low;
    }
    return low + Math.min(high - low, Math.round((high - low) * share));
  }

  private void append(long ordered, ColumnBuilder out) {
    switch (type) {
      case Type.Bool t -> out.appendBoolean(ordered != 0);
      case Type.Real t -> out.appendDouble((float) Double.longBitsToDouble(turned(ordered)));
      case Type.DoubleType t -> out.appendDouble(Double.longBitsToDouble(turned(ordered)));
      default -> out.appendLong(ordered);
    }
  }

  /** The sketch as it is written. */
  @Override
  public byte[] bytes() {
    ByteBuffer buffer =
        ByteBuffer.allocate(8 + Long.BYTES * (cells.length + waitingCount))
            .putInt(dropped)
            .putInt(cells.length);
    for (long word : cells) {
      buffer.putLong(word);
    }
    for (int i = 0; i < waitingCount; i++) {
      buffer.putLong(waiting[i]);
    }
    return buffer.array();
  }

  /** Adds what {@link #bytes} wrote of a sketch of the same type. */
  @Override
  public void merge(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    dropped = Math.max(dropped, buffer.getInt());
    long[] theirs = new long[buffer.getInt()];
    for (int i = 0; i < theirs.length; i++) {
      theirs[i] = buffer.getLong();
    }
    put(theirs);
    while (buffer.hasRemaining()) {
      keep(buffer.getLong());
    }
  }

  @Override
  public int heapBytes() {
    return OBJECT_BYTES + Long.BYTES * (cells.length + waiting.length) + 4 * directory.length;
  }
}
