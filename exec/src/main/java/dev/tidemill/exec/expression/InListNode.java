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

  private static final int MAX_BITMAP = 1 << 16;

  private final Node operand;
  private final List<Scalar> values;
  private final long[] longs;
  private final long[] bitmap;

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
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= (contains(column.longAt(base + i)) ? 1L : 0) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  private boolean contains(long value) {
    if (bitmap.length > 0) {
      long at = value - longs[0];
      return at >= 0 && at >>> 6 < bitmap.length && ((bitmap[(int) (at >>> 6)] >>> at) & 1) != 0;
    }
    if (longs.length > FEW) {
      return Arrays.binarySearch(longs, value) >= 0;
    }
    boolean found = false;
    for (long candidate : longs) {
      found |= candidate == value;
    }
    return found;
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
