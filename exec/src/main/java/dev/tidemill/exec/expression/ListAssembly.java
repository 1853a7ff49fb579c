package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Lists in the making whose elements are chosen from one column, row by row in ascending order: the
 * numbers of elements, gathered at the end. Rows that are left out have empty lists.
 */
final class ListAssembly {
  private final Evaluation evaluation;
  private final Buffer offsets;
  private final Numbers chosen = new Numbers();
  private int ended;
  private int written;

  ListAssembly(Evaluation evaluation) {
    this.evaluation = evaluation;
    this.offsets = evaluation.allocate((evaluation.length + 1) * 4L);
    Memory.putInt(offsets.address(), 0);
  }

  /** Chooses an element for the list at hand; a negative one is NULL. */
  void add(int element) {
    chosen.add(element);
  }

  void addAll(int from, int to) {
    chosen.addAll(from, to);
  }

  /** Ends the list of {@code row}. */
  void end(int row) {
    fill(row);
    written = chosen.count();
    fill(row + 1);
  }

  private void fill(int rows) {
    while (ended < rows) {
      Memory.putInt(offsets.address() + ((long) ++ended << 2), written);
    }
  }

  /** The elements chosen so far, the caller's to close. */
  Column gather(Column elements) {
    return chosen.gather(elements, evaluation.memory);
  }

  /** The lists of the elements chosen from {@code elements}, which are borrowed. */
  Value done(Type type, Column elements, @Nullable Buffer validity) {
    return of(type, gather(elements), validity);
  }

  /** The lists of elements that have been gathered; takes ownership. */
  Value of(Type type, Column gathered, @Nullable Buffer validity) {
    fill(evaluation.length);
    return evaluation.done(new ListColumn(type, evaluation.length, offsets, gathered, validity));
  }
}
