package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.type.Type;

/**
 * The arguments of a call at one row after the other, for functions that are computed row by row.
 */
final class RowArguments {
  private final Column[] columns;
  private final int[] strides;
  private int row;

  RowArguments(Evaluation evaluation, Value[] arguments) {
    columns = new Column[arguments.length];
    strides = new int[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      columns[i] = evaluation.column(arguments[i]);
      strides[i] = arguments[i] instanceof Scalar ? 0 : 1;
    }
  }

  void moveTo(int newRow) {
    row = newRow;
  }

  int count() {
    return columns.length;
  }

  Column column(int index) {
    return columns[index];
  }

  /** The row of the argument's column that stands for the current row. */
  int row(int index) {
    return row * strides[index];
  }

  Type type(int index) {
    return columns[index].type();
  }

  boolean isNull(int index) {
    return columns[index].isNull(row(index));
  }

  boolean anyNull() {
    for (int i = 0; i < columns.length; i++) {
      if (isNull(i)) {
        return true;
      }
    }
    return false;
  }

  String text(int index) {
    return ((BytesColumn) columns[index]).stringAt(row(index));
  }

  byte[] bytes(int index) {
    return ((BytesColumn) columns[index]).bytesAt(row(index));
  }

  long integer(int index) {
    return ((FixedColumn) columns[index]).longAt(row(index));
  }

  int intAt(int index) {
    return (int) integer(index);
  }

  double real(int index) {
    return ((FixedColumn) columns[index]).doubleAt(row(index));
  }

  boolean truth(int index) {
    return ((BooleanColumn) columns[index]).booleanAt(row(index));
  }
}
