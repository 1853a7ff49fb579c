package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call at one row after the other, for functions that are computed row by row.
 */
final class RowArguments {
  private final Column[] columns;
  private final int[] strides;

  /** Of lists that come as codes, which are not copied: the columns are their dictionaries then. */
  private final @Nullable DictionaryColumn[] codes;

  private int row;

  RowArguments(Evaluation evaluation, Value[] arguments) {
    columns = new Column[arguments.length];
    strides = new int[arguments.length];
    codes = new DictionaryColumn[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      codes[i] = listCodes(arguments[i]);
      columns[i] = codes[i] == null ? evaluation.column(arguments[i]) : codes[i].dictionary();
      strides[i] = arguments[i] instanceof Scalar ? 0 : 1;
    }
  }

  private static @Nullable DictionaryColumn listCodes(Value argument) {
    return argument instanceof Vector vector
            && vector.column() instanceof DictionaryColumn column
            && column.dictionary() instanceof ListColumn
        ? column
        : null;
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
    DictionaryColumn list = codes[index];
    return list == null ? row * strides[index] : list.codeAt(row);
  }

  Type type(int index) {
    return columns[index].type();
  }

  boolean isNull(int index) {
    DictionaryColumn list = codes[index];
    return list == null ? columns[index].isNull(row(index)) : list.isNull(row);
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
