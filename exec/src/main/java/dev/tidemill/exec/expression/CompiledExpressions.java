package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/** Several expressions over the same input that share their common parts. Immutable; any thread. */
public final class CompiledExpressions {
  private final List<Node> roots;
  private final int nodes;

  CompiledExpressions(List<Node> roots, int nodes) {
    this.roots = roots;
    this.nodes = nodes;
  }

  public int count() {
    return roots.size();
  }

  public Type type(int index) {
    return roots.get(index).type;
  }

  /**
   * A column per expression, each of {@link Batch#length()} rows and the caller's to close; an
   * input column that an expression only names comes back as it is, codes as codes. Values in rows
   * that are not selected are undefined (but safe to read), and such rows raise no errors.
   *
   * @throws dev.tidemill.foundation.error.TidemillException of kind USER for what the values of a
   *     selected row lead to (DIVISION_BY_ZERO, NUMERIC_OVERFLOW, INVALID_CAST, INVALID_ARGUMENT,
   *     …), or MEMORY_LIMIT_EXCEEDED
   */
  public List<Column> evaluate(Batch batch, EvaluationContext context) {
    return evaluate(columns(batch), Rows.of(batch), context);
  }

  /** The same of columns that are no batch, as many rows as {@code rows} has. */
  List<Column> evaluate(Column[] columns, Rows rows, EvaluationContext context) {
    List<Column> results = new ArrayList<>(roots.size());
    try (Evaluation evaluation = new Evaluation(context, columns, rows.length, nodes)) {
      for (Node root : roots) {
        results.add(
            switch (root.value(evaluation, rows)) {
              case Vector vector -> vector.column().retain();
              case Scalar scalar ->
                  Columns.constant(scalar.type(), scalar.value(), rows.length, context.memory());
            });
      }
    } catch (Throwable e) {
      results.forEach(Column::close);
      throw e;
    }
    return results;
  }

  static Column[] columns(Batch batch) {
    Column[] columns = new Column[batch.columnCount()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = batch.column(i);
    }
    return columns;
  }
}
