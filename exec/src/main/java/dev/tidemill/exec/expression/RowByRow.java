package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Columns of any type built row by row, from objects or from other columns: the slow road, for rare
 * cases.
 */
final class RowByRow {
  private RowByRow() {}

  /**
   * The value of a row that counts and has no NULL argument, of the class that {@link Type} names,
   * or null.
   */
  interface Function {
    @Nullable Object apply(int row);
  }

  /** Appends the value of a row that counts, or nothing, which makes it NULL. */
  interface Appender {
    void append(ColumnBuilder builder, int row);
  }

  static Value compute(
      Evaluation evaluation, Rows rows, Type type, Value[] arguments, Function function) {
    return build(
        evaluation,
        rows,
        type,
        (builder, row) -> {
          boolean anyNull = false;
          for (Value argument : arguments) {
            anyNull |= Arithmetic.isNull(argument, row);
          }
          if (!anyNull) {
            builder.appendValue(function.apply(row));
          }
        });
  }

  /** Rows that do not count are NULL. */
  static Value build(Evaluation evaluation, Rows rows, Type type, Appender appender) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, evaluation.memory, evaluation.length)) {
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        fill(builder, row);
        appender.append(builder, row);
        fill(builder, row + 1);
      }
      fill(builder, evaluation.length);
      Column column = builder.build();
      return new Vector(evaluation.own(column));
    }
  }

  private static void fill(ColumnBuilder builder, int length) {
    while (builder.length() < length) {
      builder.appendNull();
    }
  }
}
