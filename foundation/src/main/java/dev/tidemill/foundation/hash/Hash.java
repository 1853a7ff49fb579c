package dev.tidemill.foundation.hash;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;

/**
 * The 64-bit hash of values, columns and keys. Values that SQL calls not distinct hash alike,
 * whatever their layout. Stored state is cut into {@link KeyGroups} by it, so it never changes;
 * {@value #VERSION} is its version.
 *
 * <ul>
 *   <li>{@code mix(v)}: the first output of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) seeded
 *       with v: {@code z = v + 0x9E3779B97F4A7C15; z = (z ^ z>>>30) * 0xBF58476D1CE4E5B9; z = (z ^
 *       z>>>27) * 0x94D049BB133111EB; z ^ z>>>31}.
 *   <li>{@code combine(a, b) = mix(rotateLeft(a, 23) + b)}.
 *   <li>NULL, of any type: {@link #NULL}.
 *   <li>Integers of all widths, DATE, TIME, TIMESTAMP, intervals: mix of the number in the column,
 *       sign-extended. BOOLEAN: mix(0) or mix(1).
 *   <li>DECIMAL: the unscaled value; mix(low) where the 128-bit value fits 64 bits, else
 *       combine(mix(high), low). So 7 as BIGINT and as DECIMAL(38,0) hash alike.
 *   <li>REAL, DOUBLE: mix of the bits of the value as a double, -0.0 as 0.0, every NaN as
 *       0x7ff8000000000000.
 *   <li>VARCHAR, VARBINARY: XXH64 of the bytes, seed 0.
 *   <li>ROW: mix(number of fields), combined with each field's hash in order. ARRAY: mix(number of
 *       elements), combined with each element's in order. MAP: combine(mix(number of entries), s),
 *       s the sum over its entries of combine(hash of the key, hash of the value).
 *   <li>A key of several columns: the hash of the first, combined with each further one in order. A
 *       key of no columns: mix(0).
 * </ul>
 */
public final class Hash {
  public static final int VERSION = 1;

  /** The hash of NULL: mix of the bytes of "NULL" as a number. */
  public static final long NULL = mix(0x4E554C4CL);

  private static final long NAN_BITS = 0x7ff8000000000000L;

  private Hash() {}

  /** The hash of a number; a bijection. */
  public static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  public static long combine(long first, long second) {
    return mix(Long.rotateLeft(first, 23) + second);
  }

  public static long ofDouble(double value) {
    return mix(Double.isNaN(value) ? NAN_BITS : Double.doubleToRawLongBits(value + 0.0));
  }

  /** The hash of a 128-bit decimal's unscaled value. */
  public static long ofDecimal(long low, long high) {
    return high == low >> 63 ? mix(low) : combine(mix(high), low);
  }

  /** XXH64 of a range of memory. */
  public static long ofBytes(long address, int length) {
    return XxHash64.hash(address, length);
  }

  /** XXH64 of a range of an array. */
  public static long ofBytes(byte[] bytes, int offset, int length) {
    return XxHash64.hash(bytes, offset, length);
  }

  /** Hashes of keys made of {@code columns} of a batch, for all its standing rows. */
  public static void keys(Batch batch, int[] columns, long[] hashes) {
    if (columns.length == 0) {
      Arrays.fill(hashes, 0, batch.length(), mix(0));
      return;
    }
    hash(batch.column(columns[0]), batch.length(), hashes);
    for (int i = 1; i < columns.length; i++) {
      combine(batch.column(columns[i]), batch.length(), hashes);
    }
  }

  /** Sets {@code hashes[row]} for the first {@code length} rows. */
  public static void hash(Column column, int length, long[] hashes) {
    switch (column) {
      case FixedColumn fixed -> hashFixed(fixed, length, hashes);
      case BooleanColumn booleans -> {
        for (int row = 0; row < length; row++) {
          hashes[row] = mix(booleans.booleanAt(row) ? 1 : 0);
        }
      }
      case BytesColumn bytes -> {
        for (int row = 0; row < length; row++) {
          hashes[row] =
              bytes.isNull(row) ? NULL : ofBytes(bytes.addressAt(row), bytes.lengthAt(row));
        }
        return;
      }
      case DictionaryColumn codes -> {
        hashCodes(codes, length, hashes);
        return;
      }
      case ListColumn lists -> hashLists(lists, length, hashes);
      case RowColumn row -> hashRows(row, length, hashes);
    }
    setNulls(column, length, hashes);
  }

  /** Combines the hash of the value into {@code hashes[row]} for the first {@code length} rows. */
  public static void combine(Column column, int length, long[] hashes) {
    long[] own = new long[length];
    hash(column, length, own);
    for (int row = 0; row < length; row++) {
      hashes[row] = combine(hashes[row], own[row]);
    }
  }

  private static void setNulls(Column column, int length, long[] hashes) {
    if (!column.mayHaveNulls()) {
      return;
    }
    for (int start = 0; start < length; start += 64) {
      long nulls =
          ~Bits.word(column.validityAddress(), start >>> 6) & Bits.mask(length, start >>> 6);
      while (nulls != 0) {
        hashes[start + Long.numberOfTrailingZeros(nulls)] = NULL;
        nulls &= nulls - 1;
      }
    }
  }

  private static void hashFixed(FixedColumn column, int length, long[] hashes) {
    long address = column.address();
    if (column.type() instanceof Type.DoubleType) {
      for (int row = 0; row < length; row++) {
        hashes[row] = ofDouble(Memory.getDouble(address + ((long) row << 3)));
      }
    } else if (column.type() instanceof Type.Real) {
      for (int row = 0; row < length; row++) {
        hashes[row] = ofDouble(Memory.getFloat(address + ((long) row << 2)));
      }
    } else {
      switch (column.width()) {
        case 1 -> hash1(address, length, hashes);
        case 2 -> hash2(address, length, hashes);
        case 4 -> hash4(address, length, hashes);
        case 8 -> hash8(address, length, hashes);
        default -> hash16(address, length, hashes);
      }
    }
  }

  private static void hash1(long address, int length, long[] hashes) {
    for (int row = 0; row < length; row++) {
      hashes[row] = mix(Memory.getByte(address + row));
    }
  }

  private static void hash2(long address, int length, long[] hashes) {
    for (int row = 0; row < length; row++) {
      hashes[row] = mix(Memory.getShort(address + ((long) row << 1)));
    }
  }

  private static void hash4(long address, int length, long[] hashes) {
    for (int row = 0; row < length; row++) {
      hashes[row] = mix(Memory.getInt(address + ((long) row << 2)));
    }
  }

  private static void hash8(long address, int length, long[] hashes) {
    for (int row = 0; row < length; row++) {
      hashes[row] = mix(Memory.getLong(address + ((long) row << 3)));
    }
  }

  private static void hash16(long address, int length, long[] hashes) {
    for (int row = 0; row < length; row++) {
      long at = address + ((long) row << 4);
      hashes[row] = ofDecimal(Memory.getLong(at), Memory.getLong(at + 8));
    }
  }

  /** Each dictionary entry once, where there are not more entries than rows. */
  private static void hashCodes(DictionaryColumn column, int length, long[] hashes) {
    Column dictionary = column.dictionary();
    if (dictionary.length() <= length) {
      long[] entries = new long[dictionary.length()];
      hash(dictionary, entries.length, entries);
      for (int row = 0; row < length; row++) {
        hashes[row] = column.isNull(row) ? NULL : entries[column.codeAt(row)];
      }
    } else {
      for (int row = 0; row < length; row++) {
        hashes[row] = column.isNull(row) ? NULL : ofValue(dictionary, column.codeAt(row));
      }
    }
  }

  private static long ofValue(Column column, int row) {
    if (column.isNull(row)) {
      return NULL;
    }
    return switch (column) {
      case BytesColumn bytes -> ofBytes(bytes.addressAt(row), bytes.lengthAt(row));
      case BooleanColumn booleans -> mix(booleans.booleanAt(row) ? 1 : 0);
      case DictionaryColumn codes -> ofValue(codes.dictionary(), codes.codeAt(row));
      case FixedColumn fixed ->
          fixed.type() instanceof Type.DoubleType || fixed.type() instanceof Type.Real
              ? ofDouble(fixed.doubleAt(row))
              : ofDecimal(fixed.longAt(row), fixed.highAt(row));
      case ListColumn lists -> ofList(lists, row);
      case RowColumn rows -> {
        long hash = mix(rows.fieldCount());
        for (int i = 0; i < rows.fieldCount(); i++) {
          hash = combine(hash, ofValue(rows.field(i), row));
        }
        yield hash;
      }
    };
  }

  private static long ofList(ListColumn column, int row) {
    int start = column.startAt(row);
    int end = column.endAt(row);
    long hash = mix(end - start);
    if (column.type() instanceof Type.MapType && column.elements() instanceof RowColumn entries) {
      long sum = 0;
      for (int i = start; i < end; i++) {
        sum += combine(ofValue(entries.field(0), i), ofValue(entries.field(1), i));
      }
      return combine(hash, sum);
    }
    for (int i = start; i < end; i++) {
      hash = combine(hash, ofValue(column.elements(), i));
    }
    return hash;
  }

  private static void hashLists(ListColumn column, int length, long[] hashes) {
    for (int row = 0; row < length; row++) {
      hashes[row] = column.isNull(row) ? NULL : ofList(column, row);
    }
  }

  private static void hashRows(RowColumn column, int length, long[] hashes) {
    Arrays.fill(hashes, 0, length, mix(column.fieldCount()));
    for (int i = 0; i < column.fieldCount(); i++) {
      combine(column.field(i), length, hashes);
    }
  }
}
