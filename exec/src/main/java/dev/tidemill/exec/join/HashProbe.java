package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.plan.batch.JoinKind;
import org.jspecify.annotations.Nullable;

/**
 * Finds the matches of probe rows in a table, for one worker. Borrows the table; owns {@code next}.
 */
final class HashProbe implements BatchSink {
  private final JoinShape shape;
  private final JoinKeys keys;
  private final JoinTable table;
  private final BatchSink next;
  private final JoinOutput output;
  private final @Nullable EarlierMatches earlier;
  private final GroupTable.Lookup lookup = new GroupTable.Lookup();
  private final int[] firsts = new int[Batch.MAX_ROWS];

  HashProbe(
      JoinShape shape,
      JoinKeys keys,
      JoinTable table,
      Worker worker,
      EvaluationContext evaluation,
      BatchSink next,
      @Nullable EarlierMatches earlier) {
    this.earlier = earlier;
    this.shape = shape;
    this.keys = keys;
    this.table = table;
    this.next = next;
    this.output = new JoinOutput(shape, table.rows(), table::setMatched, worker, evaluation, next);
  }

  @Override
  public boolean push(Batch batch) {
    if (batch.weights() != null) {
      throw ExecErrors.weightedInput("HashJoin");
    }
    return switch (shape.kind()) {
      case INNER, RIGHT, SEMI -> table.isEmpty() ? false : probe(batch) && end();
      case LEFT, FULL, ANTI, LEFT_MARK -> probe(batch) && end();
      case NULL_AWARE_ANTI -> nullAwareAnti(batch);
      case NULL_AWARE_LEFT_MARK ->
          probe(batch) && (isPart() ? end() : output.endMarked(unknown(batch), earlier));
    };
  }

  /** Whether more tables follow, so that nothing can be said of rows without a match. */
  private boolean isPart() {
    return earlier != null && !earlier.isLast();
  }

  private boolean end() {
    if (earlier == null) {
      return output.end();
    }
    return earlier.isLast() ? output.end(earlier) : output.pause(earlier);
  }

  /** Gives all pairs, or the fact of a match, to the output. */
  private boolean probe(Batch batch) {
    output.begin(batch);
    if (earlier != null) {
      output.addEarlier(earlier);
    }
    if (table.isEmpty()) {
      return true;
    }
    int[] rows = Worker.rows(batch);
    int count = batch.rowCount();
    table.find(keys, batch, rows, count, firsts, lookup);
    if (!shape.givesPairs() && shape.condition() == null) {
      for (int i = 0; i < count; i++) {
        if (firsts[i] >= 0) {
          output.match(rows[i]);
        }
      }
      return true;
    }
    for (int i = 0; i < count; i++) {
      for (int match = firsts[i]; match >= 0; match = table.next(match)) {
        if (!output.pair(rows[i], match)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean nullAwareAnti(Batch batch) {
    if (table.side().isEmpty()) {
      return next.push(batch);
    }
    if (table.side().hasNullKey()) {
      return false;
    }
    if (!probe(batch)) {
      return false;
    }
    Column key = batch.column(keys.indexes().get(0));
    if (key.mayHaveNulls()) {
      int[] rows = Worker.rows(batch);
      for (int i = 0; i < batch.rowCount(); i++) {
        if (key.isNull(rows[i])) {
          output.match(rows[i]);
        }
      }
    }
    return end();
  }

  /** By row whether IN is NULL if there is no match. */
  private boolean[] unknown(Batch batch) {
    boolean[] unknown = new boolean[batch.length()];
    if (table.side().isEmpty() || shape.kind() != JoinKind.NULL_AWARE_LEFT_MARK) {
      return unknown;
    }
    Column key = batch.column(keys.indexes().get(0));
    for (int row = 0; row < unknown.length; row++) {
      unknown[row] = table.side().hasNullKey() || key.isNull(row);
    }
    return unknown;
  }

  @Override
  public void finish() {
    next.finish();
  }

  @Override
  public void close() {
    next.close();
  }
}
