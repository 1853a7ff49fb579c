package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.type.Type;

/** A field of a ROW: the field's column with the row's NULLs; values are shared, not copied. */
final class FieldNode extends Node {
  private final Node row;
  private final int field;

  FieldNode(int id, Node row, int field, Type type) {
    super(id, type);
    this.row = row;
    this.field = field;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    Value value = row.value(evaluation, rows);
    if (value instanceof Scalar scalar && scalar.isNull()) {
      return Evaluation.nullOf(type);
    }
    RowColumn parent = (RowColumn) evaluation.fullColumn(value);
    Column column = evaluation.column(new Vector(parent.field(field)));
    if (!parent.mayHaveNulls()) {
      return new Vector(column);
    }
    return Casts.rebuild(evaluation, column, type, evaluation.validity(parent, column));
  }

  @Override
  boolean isCheap() {
    return row.isCheap();
  }
}
