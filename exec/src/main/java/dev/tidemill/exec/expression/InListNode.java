package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a value is one of a set. Integers are searched in a sorted array or bitmap, strings in a
 * {@link ByteStringSet}.
 */
final class InListNode extends Node {
  /** Up to so many values a scan of all of them is fastest. */
  private static final int FEW = 8;

  private static final int MAX_BITMAP = 1 << 18;

  /** Bits of the filter before a search for each value, a power of two; at least so many. */
  private static final int FILTER_BITS_PER_VALUE = 16;

  /** Values looked for side by side: a word of results. */
  private static final int BLOCK = 64;

  private final Node operand;
  private final List<Scalar> values;
  private final long[] longs;
  private final long[] bitmap;

  /** A bit for each {@link #place} of a value; empty where there is a bitmap or few values. */
  private final long[] filter;

  /** Of text and binary values, where they are more than a few. */
  private final @Nullable ByteStringSet strings;

  InListNode(int id, Node operand, List<Literal> literals) {
    super(id, Type.BOOLEAN);
    this.operand = operand;
    this.values =
        literals.stream()
            .filter(v -> !v.isNull())
            .map(v -> new Scalar(v.type(), v.value()))
            .toList();
    this.longs =
        isInteger(operand.type)
            ? values.stream()
                .filter(Scalar::isNarrow)
                .mapToLong(Scalar::low)
                .sorted()
                .distinct()
                .toArray()
            : new long[0];
    this.bitmap = bitmap(longs);
    this.filter = bitmap.length > 0 || longs.length <= FEW ? new long[0] : filter(longs);
    this.strings =
        values.size() > FEW && isBytes(operand.type)
            ? new ByteStringSet(values.stream().map(Scalar::bytes).toList())
            : null;
  }

  private static boolean isBytes(Type type) {
    return type instanceof Type.Varchar || type instanceof Type.Varbinary;
  }

  private static boolean isInteger(Type type) {
    return switch (type) {
      case Type.Int t -> true;
      case Type.Decimal t -> true;
      case Type.Date t -> true;
      case Type.Time t -> true;
      case Type.Timestamp t -> true;
      case Type.ZonedTimestamp t -> true;
      case Type.MonthInterval t -> true;
      case Type.TimeInterval t -> true;
      default -> false;
    };
  }

  /** A bit per value from the least on, where that is not long. */
  private static long[] bitmap(long[] sorted) {
    if (sorted.length <= FEW) {
      return new long[0];
    }
    long range = sorted[sorted.length - 1] - sorted[0];
    if (range < 0 || range >= MAX_BITMAP) {
      return new long[0];
    }
    long[] bits = new long[(int) (range >>> 6) + 1];
    for (long value : sorted) {
      long at = value - sorted[0];
      bits[(int) (at >>> 6)] |= 1L << at;
    }
    return bits;
  }

  private static long[] filter(long[] values) {
    int words = Integer.highestOneBit(values.length) * 2 * FILTER_BITS_PER_VALUE / 64;
    long[] bits = new long[Math.max(1, words)];
    for (long value : values) {
      long place = place(value);
      bits[(int) (place >>> 6) & (bits.length - 1)] |= 1L << place;
    }
    return bits;
  }

  private static long place(long value) {
    return value * 0x9E3779B97F4A7C15L >>> 32;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    Value value = operand.value(evaluation, rows);
    if (value instanceof Scalar scalar && scalar.isNull()) {
      return Evaluation.nullOf(type);
    }
    Column column = evaluation.fullColumn(value);
    Buffer bits = evaluation.allocate(Bits.bytes(evaluation.length));
    switch (column) {
      case FixedColumn fixed when isInteger(type(fixed)) && fixed.width() <= 8 ->
          findLongs(fixed, bits.address(), evaluation.length);
      case FixedColumn fixed when isInteger(type(fixed)) -> findWide(fixed, rows, bits.address());
      case BytesColumn bytes when strings != null -> strings.find(bytes, rows, bits.address());
      case FixedColumn fixed -> findOneByOne(evaluation, rows, fixed, bits.address());
      case BytesColumn bytes -> findOneByOne(evaluation, rows, bytes, bits.address());
      case BooleanColumn booleans -> findOneByOne(evaluation, rows, booleans, bits.address());
      default -> throw new IllegalStateException("IN over " + column.type());
    }
    return evaluation.bool(bits, evaluation.validity(column));
  }

  private static Type type(Column column) {
    return column.type();
  }

  private void findLongs(FixedColumn column, long out, int length) {
    long[] block = new long[BLOCK];
    for (int base = 0; base < length; base += BLOCK) {
      int n = Math.min(BLOCK, length - base);
      read(column, base, n, block);
      long word = 0;
      if (bitmap.length > 0) {
        word = findInBitmap(block, n);
      } else if (filter.length > 0) {
        word = findBehindFilter(block, n);
      } else {
        for (long candidate : longs) {
          word |= findOne(block, n, candidate);
        }
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  private static void read(FixedColumn column, int base, int n, long[] block) {
    long from = column.address() + (long) base * column.width();
    switch (column.width()) {
      case 4 -> {
        for (int i = 0; i < n; i++) {
          block[i] = Memory.getInt(from + ((long) i << 2));
        }
      }
      case 8 -> {
        for (int i = 0; i < n; i++) {
          block[i] = Memory.getLong(from + ((long) i << 3));
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          block[i] = column.longAt(base + i);
        }
      }
    }
  }

  private long findInBitmap(long[] block, int n) {
    long[] bits = bitmap;
    long least = longs[0];
    long count = (long) bits.length << 6;
    long word = 0;
    for (int i = 0; i < n; i++) {
      long at = block[i] - least;
      boolean within = Long.compareUnsigned(at, count) < 0;
      word |= (within ? bits[(int) (at >>> 6)] >>> at & 1 : 0) << i;
    }
    return word;
  }

  private long findBehindFilter(long[] block, int n) {
    long[] bits = filter;
    long word = 0;
    for (int i = 0; i < n; i++) {
      long place = place(block[i]);
      word |= (bits[(int) (place >>> 6) & (bits.length - 1)] >>> place & 1) << i;
    }
    for (long left = word; left != 0; left &= left - 1) {
      int i = Long.numberOfTrailingZeros(left);
      if (Arrays.binarySearch(longs, block[i]) < 0) {
        word ^= 1L << i;
      }
    }
    return word;
  }

  private static long findOne(long[] block, int n, long candidate) {
    long word = 0;
    for (int i = 0; i < n; i++) {
      word |= (block[i] == candidate ? 1L : 0) << i;
    }
    return word;
  }

  private void findWide(FixedColumn column, Rows rows, long out) {
    Set<BigInteger> wanted = new HashSet<>();
    for (Scalar value : values) {
      wanted.add(Int128.toBigInteger(value.low(), value.high()));
    }
    Memory.fill(out, Bits.bytes(rows.length), (byte) 0);
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (wanted.contains(column.unscaledAt(row))) {
        Bits.set(out, row);
      }
    }
  }

  private void findOneByOne(Evaluation evaluation, Rows rows, Column column, long out) {
    int bytes = (int) Bits.bytes(evaluation.length);
    long one = evaluation.temporary(bytes).address();
    Memory.fill(out, bytes, (byte) 0);
    Vector vector = new Vector(column);
    for (Scalar value : values) {
      Comparison.compare(evaluation, rows, Comparison.Operator.EQUAL, vector, value, one);
      for (int at = 0; at < bytes; at += 8) {
        Memory.putLong(out + at, Memory.getLong(out + at) | Memory.getLong(one + at));
      }
    }
  }

  @Override
  boolean isCheap() {
    return operand.isCheap();
  }
}
