package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.type.Type;

/**
 * The order of two values of one type, whatever their layouts: ARRAYs by their first different
 * element, the shorter first; ROWs by their first different field. Inside, NULLs equal each other
 * and are the greatest. Row by row.
 */
final class NestedOrder {
  private NestedOrder() {}

  /** Negative, zero or positive; NULL is the greatest. */
  static int compare(Column a, int i, Column b, int j) {
    boolean isNull = a.isNull(i);
    boolean otherIsNull = b.isNull(j);
    if (isNull || otherIsNull) {
      return Boolean.compare(isNull, otherIsNull);
    }
    if (a instanceof DictionaryColumn codes) {
      return compare(codes.dictionary(), codes.codeAt(i), b, j);
    }
    if (b instanceof DictionaryColumn codes) {
      return compare(a, i, codes.dictionary(), codes.codeAt(j));
    }
    return switch (a) {
      case FixedColumn x -> compareFixed(x, i, (FixedColumn) b, j);
      case BooleanColumn x -> Boolean.compare(x.booleanAt(i), ((BooleanColumn) b).booleanAt(j));
      case BytesColumn x -> Comparison.compareAt(x, i, (BytesColumn) b, j);
      case ListColumn x -> compareLists(x, i, (ListColumn) b, j);
      case RowColumn x -> compareRows(x, i, (RowColumn) b, j);
      case DictionaryColumn x -> throw new IllegalStateException("a dictionary of codes");
    };
  }

  private static int compareFixed(FixedColumn a, int i, FixedColumn b, int j) {
    if (a.type() instanceof Type.Real || a.type() instanceof Type.DoubleType) {
      double x = a.doubleAt(i);
      double y = b.doubleAt(j);
      return x == y ? 0 : Double.compare(x, y);
    }
    int high = Long.compare(a.highAt(i), b.highAt(j));
    return high != 0 ? high : Long.compareUnsigned(a.longAt(i), b.longAt(j));
  }

  private static int compareLists(ListColumn a, int i, ListColumn b, int j) {
    int start = a.startAt(i);
    int otherStart = b.startAt(j);
    int length = a.endAt(i) - start;
    int otherLength = b.endAt(j) - otherStart;
    for (int k = 0; k < Math.min(length, otherLength); k++) {
      int order = compare(a.elements(), start + k, b.elements(), otherStart + k);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(length, otherLength);
  }

  private static int compareRows(RowColumn a, int i, RowColumn b, int j) {
    for (int k = 0; k < a.fieldCount(); k++) {
      int order = compare(a.field(k), i, b.field(k), j);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
