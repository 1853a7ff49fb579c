package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.Type;

/**
 * A compiled expression: immutable, shared by threads and by the expressions that have it in
 * common. A value is computed for the rows asked for; what it says of other rows is undefined, but
 * safe to compute with.
 */
abstract sealed class Node
    permits ColumnNode,
        ConstantNode,
        ParameterNode,
        FoldedNode,
        DictionaryNode,
        CallNode,
        CastNode,
        LogicNode,
        RangeNode,
        CaseNode,
        InListNode,
        FieldNode,
        TryNode,
        LambdaNode {
  final int id;
  final Type type;

  Node(int id, Type type) {
    this.id = id;
    this.type = type;
  }

  /** The value for {@code rows}, found once per evaluation. */
  final Value value(Evaluation evaluation, Rows rows) {
    Value known = evaluation.found(id, rows);
    if (known == null) {
      known = compute(evaluation, rows);
      evaluation.remember(id, rows, known);
    }
    return known;
  }

  abstract Value compute(Evaluation evaluation, Rows rows);

  /** Whether it raises no errors and costs little for rows that do not need it. */
  abstract boolean isCheap();

  /** Those of {@code rows} for which a BOOLEAN is TRUE. */
  Rows filter(Evaluation evaluation, Rows rows) {
    return switch (value(evaluation, rows)) {
      case Scalar scalar -> scalar.isTrue() ? rows : rows.narrow(new int[0], 0);
      case Vector vector -> {
        Column column = evaluation.column(vector);
        long validity = column.validityAddress();
        yield selectOnes(((BooleanColumn) column).address(), validity, rows);
      }
    };
  }

  /** The rows whose bit is 1 in both bitmaps ({@code validity} may be 0: all ones). */
  static Rows selectOnes(long bits, long validity, Rows rows) {
    int[] kept = new int[rows.count];
    int n = 0;
    int[] selected = rows.selected();
    if (selected == null) {
      int words = (rows.length + 63) >>> 6;
      for (int w = 0; w < words; w++) {
        long word = Bits.word(bits, w) & Bits.mask(rows.length, w);
        if (validity != 0) {
          word &= Bits.word(validity, w);
        }
        int base = w << 6;
        while (word != 0) {
          kept[n++] = base + Long.numberOfTrailingZeros(word);
          word &= word - 1;
        }
      }
    } else {
      for (int i = 0; i < rows.count; i++) {
        int row = selected[i];
        if (Bits.get(bits, row) && (validity == 0 || Bits.get(validity, row))) {
          kept[n++] = row;
        }
      }
    }
    return rows.narrow(kept, n);
  }
}
