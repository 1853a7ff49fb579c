package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * TRY: an expression's value, NULL in the rows where it is an error. All rows are computed at once
 * first; only where that fails, one by one.
 */
final class TryNode extends Node {
  private static final Rows ONE = Rows.all(1);

  private final Node operand;
  private final Set<Integer> columns;

  /**
   * @param columns that the operand reads
   */
  TryNode(int id, Node operand, Set<Integer> columns) {
    super(id, operand.type);
    this.operand = operand;
    this.columns = Set.copyOf(columns);
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    try (Evaluation again = evaluation.again()) {
      return switch (operand.value(again, rows)) {
        case Scalar scalar -> scalar;
        case Vector vector -> new Vector(evaluation.own(vector.column().retain()));
      };
    } catch (TidemillException failure) {
      if (failure.kind() != ErrorKind.USER) {
        throw failure;
      }
    }
    return RowByRow.build(
        evaluation,
        rows,
        type,
        (builder, row) -> {
          @Nullable Column[] slices = new Column[evaluation.columns()];
          try (Evaluation one = new Evaluation(evaluation.context, slices, 1, evaluation.nodes())) {
            for (int column : columns) {
              slices[column] =
                  one.own(Columns.slice(evaluation.input(column), row, 1, evaluation.memory));
            }
            builder.appendFrom(one.column(operand.value(one, ONE)), 0);
          } catch (TidemillException failure) {
            if (failure.kind() != ErrorKind.USER) {
              throw failure;
            }
          }
        });
  }

  @Override
  boolean isCheap() {
    return false;
  }
}
