package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/** Comparison of two values of one type: which loop of {@link ComparisonKernels} it takes. */
final class Comparison {
  /** What the loops know; the other three are their negations. */
  enum Operator {
    EQUAL,
    LESS,
    GREATER;

    Operator mirrored() {
      return switch (this) {
        case EQUAL -> EQUAL;
        case LESS -> GREATER;
        case GREATER -> LESS;
      };
    }
  }

  /** An operator, or its negation. */
  record Test(Operator operator, boolean negated) {}

  private Comparison() {}

  /** NULL where an argument is. */
  static Kernel kernel(Test test) {
    return (evaluation, rows, arguments) -> {
      Buffer bits = evaluation.allocate(Bits.bytes(evaluation.length));
      compare(evaluation, rows, test.operator, arguments[0], arguments[1], bits.address());
      if (test.negated) {
        negate(bits.address(), evaluation.length);
      }
      return evaluation.bool(bits, evaluation.validity(arguments));
    };
  }

  /**
   * Those of the rows for which a column of integers compares to a scalar as asked; null where
   * there is no loop for that.
   */
  static @Nullable Rows filter(Test test, Value a, Value b, Rows rows) {
    if (a instanceof Scalar && b instanceof Vector) {
      return filter(new Test(test.operator.mirrored(), test.negated), b, a, rows);
    }
    FixedColumn column = integers(a);
    if (column == null || !(b instanceof Scalar scalar) || scalar.isNull() || !scalar.isNarrow()) {
      return null;
    }
    int[] kept = new int[rows.count];
    int[] selected = rows.numbers();
    int count = rows.count;
    if (column.mayHaveNulls()) {
      count = SelectionKernels.ones(column.validityAddress(), selected, count, kept);
      selected = kept;
    }
    long address = column.address();
    long value = scalar.low();
    int flip = test.negated ? 1 : 0;
    boolean isInt = column.width() == 4;
    int n =
        switch (test.operator) {
          case EQUAL ->
              isInt
                  ? SelectionKernels.equalInt(address, value, selected, count, flip, kept)
                  : SelectionKernels.equalLong(address, value, selected, count, flip, kept);
          case LESS ->
              isInt
                  ? SelectionKernels.lessInt(address, value, selected, count, flip, kept)
                  : SelectionKernels.lessLong(address, value, selected, count, flip, kept);
          case GREATER ->
              isInt
                  ? SelectionKernels.greaterInt(address, value, selected, count, flip, kept)
                  : SelectionKernels.greaterLong(address, value, selected, count, flip, kept);
        };
    return rows.narrow(kept, n);
  }

  /**
   * Those of the rows whose value is from {@code low} to {@code high}, both included, {@code high -
   * low} not negative and not too large; null where there is no loop for that.
   */
  static @Nullable Rows range(Value value, long low, long high, Rows rows) {
    FixedColumn column = integers(value);
    if (column == null) {
      return null;
    }
    int[] kept = new int[rows.count];
    int[] selected = rows.numbers();
    int count = rows.count;
    if (column.mayHaveNulls()) {
      count = SelectionKernels.ones(column.validityAddress(), selected, count, kept);
      selected = kept;
    }
    int n =
        column.width() == 4
            ? SelectionKernels.rangeInt(column.address(), low, high, selected, count, kept)
            : SelectionKernels.rangeLong(column.address(), low, high, selected, count, kept);
    return rows.narrow(kept, n);
  }

  /** The column, if its values are integers of 4 or 8 bytes. */
  private static @Nullable FixedColumn integers(Value value) {
    return value instanceof Vector vector
            && vector.column() instanceof FixedColumn column
            && (column.width() == 4 || column.width() == 8)
            && !(column.type() instanceof Type.Real)
            && !(column.type() instanceof Type.DoubleType)
        ? column
        : null;
  }

  /** IS NOT DISTINCT FROM if {@code wantsSame}, else IS DISTINCT FROM. */
  static Kernel distinct(boolean wantsSame) {
    return (evaluation, rows, arguments) -> {
      if (arguments[0] instanceof Scalar scalar && scalar.isNull()) {
        return nulls(evaluation, evaluation.fullColumn(arguments[1]), wantsSame);
      }
      if (arguments[1] instanceof Scalar scalar && scalar.isNull()) {
        return nulls(evaluation, evaluation.fullColumn(arguments[0]), wantsSame);
      }
      Buffer bits = evaluation.allocate(Bits.bytes(evaluation.length));
      compare(evaluation, rows, Operator.EQUAL, arguments[0], arguments[1], bits.address());
      long a = validity(arguments[0]);
      long b = validity(arguments[1]);
      for (int w = 0; w < (evaluation.length + 63) >>> 6; w++) {
        long inA = a == 0 ? -1L : Bits.word(a, w);
        long inB = b == 0 ? -1L : Bits.word(b, w);
        long same = (Bits.word(bits.address(), w) & inA & inB) | (~inA & ~inB);
        Memory.putLong(bits.address() + ((long) w << 3), wantsSame ? same : ~same);
      }
      return evaluation.bool(bits, null);
    };
  }

  private static long validity(Value value) {
    return value instanceof Vector vector ? vector.column().validityAddress() : 0;
  }

  /** Whether the column is NULL ({@code wanted}) or is not. */
  static Value nulls(Evaluation evaluation, Column column, boolean wanted) {
    if (!column.mayHaveNulls()) {
      return new Scalar(Type.BOOLEAN, !wanted);
    }
    Buffer bits = evaluation.allocate(Bits.bytes(evaluation.length));
    Memory.copy(column.validityAddress(), bits.address(), Bits.bytes(evaluation.length));
    if (wanted) {
      negate(bits.address(), evaluation.length);
    }
    return evaluation.bool(bits, null);
  }

  private static void negate(long bits, int length) {
    for (long at = bits, end = bits + Bits.bytes(length); at < end; at += 8) {
      Memory.putLong(at, ~Memory.getLong(at));
    }
  }

  /** Writes {@code a operator b} for the rows where neither is NULL. Not both are scalars. */
  static void compare(
      Evaluation evaluation, Rows rows, Operator operator, Value a, Value b, long out) {
    if (a instanceof Scalar) {
      compare(evaluation, rows, operator.mirrored(), b, a, out);
      return;
    }
    Column column = ((Vector) a).column();
    switch (column) {
      case FixedColumn fixed -> {
        if (b instanceof Scalar scalar) {
          compareFixed(evaluation, operator, fixed, scalar, out);
        } else {
          compareFixed(evaluation, operator, fixed, (FixedColumn) ((Vector) b).column(), out);
        }
      }
      case BooleanColumn booleans -> compareBooleans(operator, booleans, b, evaluation.length, out);
      case BytesColumn bytes -> {
        BytesColumn other = (BytesColumn) evaluation.column(b);
        compareBytes(operator, bytes, other, b instanceof Scalar ? 0 : 1, rows, out);
      }
      default ->
          compareNested(
              operator, column, evaluation.column(b), b instanceof Scalar ? 0 : 1, rows, out);
    }
  }

  private static void compareFixed(
      Evaluation evaluation, Operator operator, FixedColumn a, FixedColumn b, long out) {
    if (a.width() != b.width()) {
      FixedColumn wideA = (FixedColumn) evaluation.own(Columns.widenDecimal(a, evaluation.memory));
      FixedColumn wideB = (FixedColumn) evaluation.own(Columns.widenDecimal(b, evaluation.memory));
      compareFixed(evaluation, operator, wideA, wideB, out);
      return;
    }
    if (operator == Operator.GREATER) {
      compareFixed(evaluation, Operator.LESS, b, a, out);
      return;
    }
    boolean isEqual = operator == Operator.EQUAL;
    int length = evaluation.length;
    if (a.type() instanceof Type.Real) {
      if (isEqual) {
        ComparisonKernels.equalFloat(a.address(), b.address(), out, length);
      } else {
        ComparisonKernels.lessFloat(a.address(), b.address(), out, length);
      }
    } else if (a.type() instanceof Type.DoubleType) {
      if (isEqual) {
        ComparisonKernels.equalDouble(a.address(), b.address(), out, length);
      } else {
        ComparisonKernels.lessDouble(a.address(), b.address(), out, length);
      }
    } else if (isEqual) {
      switch (a.width()) {
        case 1 -> ComparisonKernels.equalByte(a.address(), b.address(), out, length);
        case 2 -> ComparisonKernels.equalShort(a.address(), b.address(), out, length);
        case 4 -> ComparisonKernels.equalInt(a.address(), b.address(), out, length);
        case 8 -> ComparisonKernels.equalLong(a.address(), b.address(), out, length);
        default -> ComparisonKernels.equalWide(a.address(), b.address(), out, length);
      }
    } else {
      switch (a.width()) {
        case 1 -> ComparisonKernels.lessByte(a.address(), b.address(), out, length);
        case 2 -> ComparisonKernels.lessShort(a.address(), b.address(), out, length);
        case 4 -> ComparisonKernels.lessInt(a.address(), b.address(), out, length);
        case 8 -> ComparisonKernels.lessLong(a.address(), b.address(), out, length);
        default -> ComparisonKernels.lessWide(a.address(), b.address(), out, length);
      }
    }
  }

  private static void compareFixed(
      Evaluation evaluation, Operator operator, FixedColumn a, Scalar b, long out) {
    int length = evaluation.length;
    long address = a.address();
    if (a.width() == 16) {
      compareFixed(evaluation, operator, a, (FixedColumn) evaluation.fullColumn(b), out);
    } else if (a.type() instanceof Type.Decimal && !b.isNarrow()) {
      boolean holds =
          switch (operator) {
            case EQUAL -> false;
            // The high word of a number from 2^63 to 2^64 is 0.
            case LESS -> b.high() >= 0;
            case GREATER -> b.high() < 0;
          };
      Memory.fill(out, Bits.bytes(length), holds ? (byte) 0xff : 0);
    } else if (a.type() instanceof Type.Real) {
      float scalar = (float) b.real();
      switch (operator) {
        case EQUAL -> ComparisonKernels.equalFloatScalar(address, scalar, out, length);
        case LESS -> ComparisonKernels.lessFloatScalar(address, scalar, out, length);
        case GREATER -> ComparisonKernels.greaterFloatScalar(address, scalar, out, length);
      }
    } else if (a.type() instanceof Type.DoubleType) {
      switch (operator) {
        case EQUAL -> ComparisonKernels.equalDoubleScalar(address, b.real(), out, length);
        case LESS -> ComparisonKernels.lessDoubleScalar(address, b.real(), out, length);
        case GREATER -> ComparisonKernels.greaterDoubleScalar(address, b.real(), out, length);
      }
    } else {
      compareIntegers(operator, a.width(), address, b.low(), out, length);
    }
  }

  private static void compareIntegers(
      Operator operator, int width, long address, long scalar, long out, int length) {
    switch (operator) {
      case EQUAL -> {
        switch (width) {
          case 1 -> ComparisonKernels.equalByteScalar(address, scalar, out, length);
          case 2 -> ComparisonKernels.equalShortScalar(address, scalar, out, length);
          case 4 -> ComparisonKernels.equalIntScalar(address, scalar, out, length);
          default -> ComparisonKernels.equalLongScalar(address, scalar, out, length);
        }
      }
      case LESS -> {
        switch (width) {
          case 1 -> ComparisonKernels.lessByteScalar(address, scalar, out, length);
          case 2 -> ComparisonKernels.lessShortScalar(address, scalar, out, length);
          case 4 -> ComparisonKernels.lessIntScalar(address, scalar, out, length);
          default -> ComparisonKernels.lessLongScalar(address, scalar, out, length);
        }
      }
      case GREATER -> {
        switch (width) {
          case 1 -> ComparisonKernels.greaterByteScalar(address, scalar, out, length);
          case 2 -> ComparisonKernels.greaterShortScalar(address, scalar, out, length);
          case 4 -> ComparisonKernels.greaterIntScalar(address, scalar, out, length);
          default -> ComparisonKernels.greaterLongScalar(address, scalar, out, length);
        }
      }
    }
  }

  private static void compareBooleans(
      Operator operator, BooleanColumn a, Value b, int length, long out) {
    for (int w = 0; w < (length + 63) >>> 6; w++) {
      long x = Bits.word(a.address(), w);
      long y =
          switch (b) {
            case Scalar scalar -> scalar.isTrue() ? -1L : 0;
            case Vector vector -> Bits.word(((BooleanColumn) vector.column()).address(), w);
          };
      long holds =
          switch (operator) {
            case EQUAL -> ~(x ^ y);
            case LESS -> ~x & y;
            case GREATER -> x & ~y;
          };
      Memory.putLong(out + ((long) w << 3), holds);
    }
  }

  private static void compareBytes(
      Operator operator, BytesColumn a, BytesColumn b, int stride, Rows rows, long out) {
    if (operator == Operator.EQUAL && stride == 0 && b.lengthAt(0) <= BytesColumn.INLINE) {
      equalShort(
          a.address(),
          Memory.getLong(b.address()),
          Memory.getLong(b.address() + 8),
          out,
          rows.length);
      return;
    }
    Memory.fill(out, Bits.bytes(rows.length), (byte) 0);
    boolean nullable = a.mayHaveNulls() || b.mayHaveNulls();
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      int other = row * stride;
      if (nullable && (a.isNull(row) || b.isNull(other))) {
        continue;
      }
      boolean holds =
          switch (operator) {
            case EQUAL -> a.equalAt(row, b, other);
            case LESS -> compareAt(a, row, b, other) < 0;
            case GREATER -> compareAt(a, row, b, other) > 0;
          };
      if (holds) {
        Bits.set(out, row);
      }
    }
  }

  /** Whether views equal the view of a short value, whose two words are all there is to it. */
  private static void equalShort(long views, long first, long second, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        long at = views + ((long) (base + i) << 4);
        long difference = (Memory.getLong(at) ^ first) | (Memory.getLong(at + 8) ^ second);
        word |= (((difference | -difference) >>> 63) ^ 1) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  static int compareAt(BytesColumn a, int row, BytesColumn b, int other) {
    int prefix = Integer.reverseBytes(Memory.getInt(a.address() + ((long) row << 4) + 4));
    int otherPrefix = Integer.reverseBytes(Memory.getInt(b.address() + ((long) other << 4) + 4));
    if (prefix != otherPrefix && a.lengthAt(row) >= 4 && b.lengthAt(other) >= 4) {
      return Integer.compareUnsigned(prefix, otherPrefix);
    }
    return Memory.compare(a.addressAt(row), a.lengthAt(row), b.addressAt(other), b.lengthAt(other));
  }

  private static void compareNested(
      Operator operator, Column a, Column b, int stride, Rows rows, long out) {
    Memory.fill(out, Bits.bytes(rows.length), (byte) 0);
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      int other = row * stride;
      if (a.isNull(row) || b.isNull(other)) {
        continue;
      }
      int order = NestedOrder.compare(a, row, b, other);
      boolean holds =
          switch (operator) {
            case EQUAL -> order == 0;
            case LESS -> order < 0;
            case GREATER -> order > 0;
          };
      if (holds) {
        Bits.set(out, row);
      }
    }
  }
}
