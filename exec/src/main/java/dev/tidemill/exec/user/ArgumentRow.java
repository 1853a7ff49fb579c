package dev.tidemill.exec.user;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.format.ValueFormat;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call at one row after the other. Borrows the columns, which have no
 * dictionaries; one of one row stands for all rows where its stride is 0. One thread.
 */
public final class ArgumentRow {
  private static final int SHOWN = 60;

  private final Column[] columns;
  private final int[] strides;
  private int row;

  public ArgumentRow(List<Column> columns, int[] strides) {
    this.columns = columns.toArray(Column[]::new);
    this.strides = strides;
  }

  /** Columns of as many rows each. */
  public static ArgumentRow of(List<Column> columns) {
    int[] strides = new int[columns.size()];
    Arrays.fill(strides, 1);
    return new ArgumentRow(columns, strides);
  }

  public void moveTo(int newRow) {
    row = newRow;
  }

  /** Whether an argument of these may be NULL in some row. */
  boolean mayHaveNulls(int[] arguments) {
    for (int argument : arguments) {
      if (columns[argument].mayHaveNulls()) {
        return true;
      }
    }
    return false;
  }

  /** Whether an argument of these is NULL. */
  boolean anyNull(int[] arguments) {
    for (int argument : arguments) {
      if (columns[argument].isNull(row * strides[argument])) {
        return true;
      }
    }
    return false;
  }

  boolean booleanAt(int argument) {
    return ((BooleanColumn) columns[argument]).booleanAt(row * strides[argument]);
  }

  byte byteAt(int argument) {
    return (byte) longAt(argument);
  }

  short shortAt(int argument) {
    return (short) longAt(argument);
  }

  int intAt(int argument) {
    return (int) longAt(argument);
  }

  long longAt(int argument) {
    return ((FixedColumn) columns[argument]).longAt(row * strides[argument]);
  }

  float floatAt(int argument) {
    return (float) doubleAt(argument);
  }

  double doubleAt(int argument) {
    return ((FixedColumn) columns[argument]).doubleAt(row * strides[argument]);
  }

  @Nullable Object valueAt(int argument) {
    return columns[argument].value(row * strides[argument]);
  }

  /** The arguments for an error. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < columns.length; i++) {
      String value = ValueFormat.format(columns[i].type(), valueAt(i));
      if (value.length() > SHOWN) {
        value = value.substring(0, SHOWN) + "…";
      }
      boolean isText = valueAt(i) instanceof String;
      text.append(i == 0 ? "" : ", ").append(isText ? "'" + value.replace("'", "''") + "'" : value);
    }
    return text.append(')').toString();
  }
}
