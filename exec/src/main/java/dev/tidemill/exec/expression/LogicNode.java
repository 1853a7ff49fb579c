package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/**
 * Three-valued AND or OR. An operand that may fail or is dear is asked only for the rows that are
 * not decided: not FALSE so far for AND, not TRUE so far for OR.
 */
final class LogicNode extends Node {
  private final boolean isAnd;
  private final List<Node> operands;

  LogicNode(int id, boolean isAnd, List<Node> operands) {
    super(id, Type.BOOLEAN);
    this.isAnd = isAnd;
    this.operands = operands;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    int bytes = (int) Bits.bytes(evaluation.length);
    // What is decided so far: a row is in neither bitmap while it is NULL.
    long trues = evaluation.temporary(bytes).address();
    long falses = evaluation.temporary(bytes).address();
    Memory.fill(trues, bytes, isAnd ? (byte) 0xff : 0);
    Memory.fill(falses, bytes, isAnd ? 0 : (byte) 0xff);
    Rows open = rows;
    for (int i = 0; i < operands.size(); i++) {
      Node operand = operands.get(i);
      if (i > 0 && !operand.isCheap()) {
        open = undecided(isAnd ? falses : trues, rows);
        if (open.isEmpty()) {
          break;
        }
      }
      combine(
          evaluation,
          operand.value(evaluation, operand.isCheap() ? rows : open),
          trues,
          falses,
          bytes);
    }
    return result(evaluation, trues, falses, bytes);
  }

  private void combine(Evaluation evaluation, Value value, long trues, long falses, int bytes) {
    if (value instanceof Scalar scalar) {
      long isTrue = scalar.isTrue() ? -1L : 0;
      long isFalse = scalar.isNull() || scalar.isTrue() ? 0 : -1L;
      for (int at = 0; at < bytes; at += 8) {
        combineWord(trues + at, falses + at, isTrue, isFalse);
      }
      return;
    }
    BooleanColumn column = (BooleanColumn) evaluation.column(value);
    long values = column.address();
    long validity = column.validityAddress();
    for (int at = 0; at < bytes; at += 8) {
      long word = Memory.getLong(values + at);
      long valid = validity == 0 ? -1L : Memory.getLong(validity + at);
      combineWord(trues + at, falses + at, word & valid, ~word & valid);
    }
  }

  private void combineWord(long trues, long falses, long isTrue, long isFalse) {
    if (isAnd) {
      Memory.putLong(trues, Memory.getLong(trues) & isTrue);
      Memory.putLong(falses, Memory.getLong(falses) | isFalse);
    } else {
      Memory.putLong(trues, Memory.getLong(trues) | isTrue);
      Memory.putLong(falses, Memory.getLong(falses) & isFalse);
    }
  }

  private static Rows undecided(long decided, Rows rows) {
    int[] kept = new int[rows.count];
    int n = 0;
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (!Bits.get(decided, row)) {
        kept[n++] = row;
      }
    }
    return rows.narrow(kept, n);
  }

  private static Value result(Evaluation evaluation, long trues, long falses, int bytes) {
    long nulls = 0;
    Buffer values = evaluation.allocate(bytes);
    for (int at = 0; at < bytes; at += 8) {
      long word = Memory.getLong(trues + at);
      Memory.putLong(values.address() + at, word);
      nulls |= ~(word | Memory.getLong(falses + at));
    }
    Buffer validity = null;
    if (nulls != 0) {
      validity = evaluation.allocate(bytes);
      for (int at = 0; at < bytes; at += 8) {
        Memory.putLong(
            validity.address() + at, Memory.getLong(trues + at) | Memory.getLong(falses + at));
      }
    }
    return evaluation.bool(values, validity);
  }

  @Override
  Rows filter(Evaluation evaluation, Rows rows) {
    return isAnd ? filterAnd(evaluation, rows) : filterOr(evaluation, rows);
  }

  private Rows filterAnd(Evaluation evaluation, Rows rows) {
    Rows left = rows;
    for (Node operand : operands) {
      if (left.isEmpty()) {
        break;
      }
      left = operand.filter(evaluation, left);
    }
    return left;
  }

  private Rows filterOr(Evaluation evaluation, Rows rows) {
    Rows open = rows;
    long[] taken = new long[(rows.length + 63) >>> 6];
    for (Node operand : operands) {
      if (open.isEmpty()) {
        break;
      }
      Rows found = operand.filter(evaluation, open);
      for (int i = 0; i < found.count; i++) {
        int row = found.row(i);
        taken[row >>> 6] |= 1L << row;
      }
      open = select(taken, open, false);
    }
    return select(taken, rows, true);
  }

  private static Rows select(long[] taken, Rows rows, boolean wanted) {
    int[] kept = new int[rows.count];
    int n = 0;
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (((taken[row >>> 6] >>> row) & 1) == (wanted ? 1 : 0)) {
        kept[n++] = row;
      }
    }
    return rows.narrow(kept, n);
  }

  @Override
  boolean isCheap() {
    return operands.stream().allMatch(Node::isCheap);
  }
}
