package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.Type;

/** A column between two constants: both comparisons, which a filter asks in one go. */
final class RangeNode extends Node {
  private final ColumnRange range;
  private final Node column;
  private final Node both;

  /**
   * @param both the AND of the two comparisons
   */
  RangeNode(int id, ColumnRange range, Node column, Node both) {
    super(id, Type.BOOLEAN);
    this.range = range;
    this.column = column;
    this.both = both;
  }

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    return both.value(evaluation, rows);
  }

  @Override
  Rows filter(Evaluation evaluation, Rows rows) {
    Rows kept = Comparison.range(column.value(evaluation, rows), range.low(), range.high(), rows);
    return kept == null ? both.filter(evaluation, rows) : kept;
  }

  @Override
  boolean isCheap() {
    return both.isCheap();
  }
}
