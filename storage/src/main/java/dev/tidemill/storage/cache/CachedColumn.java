package dev.tidemill.storage.cache;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.ValueBits;
import org.jspecify.annotations.Nullable;

/**
 * A column of some rows as a cached table keeps it: in fewer bytes where that is easily undone.
 *
 * <pre>
 *   BIGINT     1000007  1000003  ∅  1000011    base 1000003, one byte each:  4  0  0  8
 *   DATE       all the same                    base, no bytes
 *   codes      of a dictionary of 200 entries  one byte each
 *   the rest   as it came
 * </pre>
 */
sealed interface CachedColumn extends AutoCloseable {
  /** Rows. */
  int length();

  /**
   * The values, the caller's to close.
   *
   * @param rows which; null for all
   * @param scope charged with what is made for it
   */
  Column read(@Nullable Selection rows, MemoryScope scope);

  @Override
  void close();

  /**
   * Keeps {@code column}, which is borrowed.
   *
   * @param bounds of the column's words, or null where they have no order
   * @param scope charged with what is made anew; what is kept as it came stays charged as it is
   */
  static CachedColumn of(Column column, @Nullable WordBounds bounds, MemoryScope scope) {
    if (column instanceof FixedColumn fixed && bounds != null && fixed.width() >= Integer.BYTES) {
      int width = bounds.isEmpty() ? 0 : PackedWords.width(bounds.greatest() - bounds.least());
      if (width < fixed.width()) {
        return OfOffsets.of(fixed, bounds.isEmpty() ? 0 : bounds.least(), width, scope);
      }
    }
    if (column instanceof DictionaryColumn codes) {
      int width = PackedWords.width(Math.max(0, codes.dictionary().length() - 1));
      if (width < Integer.BYTES) {
        return OfCodes.of(codes, width, scope);
      }
    }
    return new AsItCame(column.retain());
  }

  private static int count(int length, @Nullable Selection rows) {
    return rows == null ? length : rows.count();
  }

  private static @Nullable Buffer retained(@Nullable Buffer buffer) {
    return buffer == null ? null : buffer.retain();
  }

  private static void close(@Nullable Buffer buffer) {
    if (buffer != null) {
      buffer.close();
    }
  }

  /** Owns the column. */
  record AsItCame(Column column) implements CachedColumn {
    @Override
    public int length() {
      return column.length();
    }

    @Override
    public Column read(@Nullable Selection rows, MemoryScope scope) {
      return rows == null
          ? column.retain()
          : Columns.take(column, rows.rows(), 0, rows.count(), scope);
    }

    @Override
    public void close() {
      column.close();
    }
  }

  /**
   * Integers, decimals of one word, dates and times as unsigned distances from the least. Owns the
   * buffers.
   *
   * @param width of the values that are read: 4 or 8
   * @param packedWidth of a distance: 0, 1, 2 or 4
   * @param packed null where {@code packedWidth} is 0
   */
  record OfOffsets(
      Type type,
      int length,
      int width,
      long base,
      int packedWidth,
      @Nullable Buffer packed,
      @Nullable Buffer validity)
      implements CachedColumn {
    private static CachedColumn of(FixedColumn column, long base, int width, MemoryScope scope) {
      Buffer packed = null;
      if (width > 0) {
        packed = scope.allocate((long) column.length() * width);
        PackedWords.pack(column, base, width, packed.address());
      }
      return new OfOffsets(
          column.type(),
          column.length(),
          column.width(),
          base,
          width,
          packed,
          retained(column.validityBuffer()));
    }

    @Override
    public Column read(@Nullable Selection rows, MemoryScope scope) {
      int count = count(length, rows);
      Buffer values = scope.allocate((long) count * width);
      try {
        long from = packed == null ? 0 : packed.address();
        if (rows == null) {
          PackedWords.unpack(from, packedWidth, base, values.address(), width, count);
        } else {
          PackedWords.unpack(from, packedWidth, base, rows.rows(), values.address(), width, count);
        }
        return new FixedColumn(
            type, count, width, values, CachedColumn.validity(validity, rows, scope));
      } catch (RuntimeException | Error e) {
        values.close();
        throw e;
      }
    }

    /**
     * As {@link dev.tidemill.storage.table.StagedReader#between}, where no row is NULL: asked of
     * the distances, between the bounds' own as far as there are such.
     */
    int between(long low, long high, int @Nullable [] rows, int count, int[] found) {
      long most = PackedWords.greatest(packedWidth);
      if (high < base || low > high || low > base && PackedWords.isBeyond(low - base, most)) {
        return 0;
      }
      int from = low <= base ? 0 : (int) (low - base);
      int to = PackedWords.isBeyond(high - base, most) ? (int) most : (int) (high - base);
      if (from == 0 && to == (int) most) {
        return PackedWords.all(count, found);
      }
      return PackedWords.between(
          packed == null ? 0 : packed.address(), packedWidth, from, to, rows, count, found);
    }

    /** As {@link dev.tidemill.storage.table.StagedReader#among}, where no row is NULL. */
    int among(ValueBits values, int @Nullable [] rows, int count, int[] found) {
      if (packed == null) {
        return values.contains(base) ? PackedWords.all(count, found) : 0;
      }
      return PackedWords.among(packed.address(), packedWidth, base, values, rows, count, found);
    }

    @Override
    public void close() {
      CachedColumn.close(packed);
      CachedColumn.close(validity);
    }
  }

  /**
   * Codes. Owns the buffers and the dictionary.
   *
   * @param packedWidth of a code: 0, 1 or 2
   * @param packed null where {@code packedWidth} is 0
   */
  record OfCodes(
      int length,
      int packedWidth,
      @Nullable Buffer packed,
      Column dictionary,
      @Nullable Buffer validity)
      implements CachedColumn {
    private static CachedColumn of(DictionaryColumn codes, int width, MemoryScope scope) {
      Buffer packed = null;
      if (width > 0) {
        packed = scope.allocate((long) codes.length() * width);
        for (int row = 0; row < codes.length(); row++) {
          PackedWords.put(packed.address(), width, row, codes.codeAt(row));
        }
      }
      return new OfCodes(
          codes.length(),
          width,
          packed,
          codes.dictionary().retain(),
          retained(codes.validityBuffer()));
    }

    @Override
    public Column read(@Nullable Selection rows, MemoryScope scope) {
      int count = count(length, rows);
      Buffer values = scope.allocate((long) count * Integer.BYTES);
      try {
        long from = packed == null ? 0 : packed.address();
        if (rows == null) {
          PackedWords.unpack(from, packedWidth, 0, values.address(), Integer.BYTES, count);
        } else {
          PackedWords.unpack(
              from, packedWidth, 0, rows.rows(), values.address(), Integer.BYTES, count);
        }
        Buffer valid = CachedColumn.validity(validity, rows, scope);
        return new DictionaryColumn(count, values, dictionary.retain(), valid);
      } catch (RuntimeException | Error e) {
        values.close();
        throw e;
      }
    }

    @Override
    public void close() {
      CachedColumn.close(packed);
      CachedColumn.close(validity);
      dictionary.close();
    }
  }

  /** The bits of {@code rows}, null where all are valid. */
  private static @Nullable Buffer validity(
      @Nullable Buffer bits, @Nullable Selection rows, MemoryScope scope) {
    if (bits == null || rows == null) {
      return retained(bits);
    }
    Buffer chosen = scope.allocate(Math.max(Bits.bytes(rows.count()), Long.BYTES));
    boolean full = true;
    for (int start = 0; start < rows.count(); start += Long.SIZE) {
      int end = Math.min(Long.SIZE, rows.count() - start);
      long word = 0;
      for (int bit = 0; bit < end; bit++) {
        word |= Bits.get(bits.address(), rows.row(start + bit)) ? 1L << bit : 0;
      }
      full &= Long.bitCount(word) == end;
      Memory.putLong(chosen.address() + (start >>> 3), word);
    }
    if (full) {
      chosen.close();
      return null;
    }
    return chosen;
  }
}
