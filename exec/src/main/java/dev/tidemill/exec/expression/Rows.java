package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import org.jspecify.annotations.Nullable;

/**
 * The rows that an expression is evaluated for: all of a batch, its selection, or fewer, below a
 * condition. Kernels may compute more, but raise errors only for these.
 */
final class Rows {
  /** Rows that stand in the columns. */
  final int length;

  /** Rows that count. */
  final int count;

  private final int @Nullable [] selected;
  private final @Nullable Rows parent;

  private Rows(int length, int @Nullable [] selected, int count, @Nullable Rows parent) {
    this.length = length;
    this.selected = selected;
    this.count = count;
    this.parent = parent;
  }

  private static final int[] IDENTITY = new int[Batch.MAX_ROWS];

  static {
    for (int i = 0; i < IDENTITY.length; i++) {
      IDENTITY[i] = i;
    }
  }

  static Rows all(int length) {
    return new Rows(length, null, length, null);
  }

  static Rows of(Batch batch) {
    return of(batch.length(), batch.selection());
  }

  static Rows of(int length, @Nullable Selection selection) {
    return selection == null
        ? all(length)
        : new Rows(length, selection.rows(), selection.count(), null);
  }

  /**
   * The first {@code kept} of {@code rows}, which are some of these; these themselves if all are
   * left.
   */
  Rows narrow(int[] rows, int kept) {
    return kept == count ? this : new Rows(length, rows, kept, this);
  }

  boolean isAll() {
    return selected == null;
  }

  boolean isEmpty() {
    return count == 0;
  }

  int row(int index) {
    return selected == null ? index : selected[index];
  }

  /** The row numbers, or null where all rows count. */
  int @Nullable [] selected() {
    return selected;
  }

  /** Whether {@code others} contain these for certain. */
  boolean within(Rows others) {
    for (Rows rows = this; rows != null; rows = rows.parent) {
      if (rows == others) {
        return true;
      }
    }
    return false;
  }

  /** The row numbers, also where all rows count; not to be written to. */
  int[] numbers() {
    if (selected != null) {
      return selected;
    }
    if (length <= IDENTITY.length) {
      return IDENTITY;
    }
    int[] all = new int[length];
    for (int i = 0; i < length; i++) {
      all[i] = i;
    }
    return all;
  }

  @Nullable Selection toSelection() {
    return selected == null ? null : new Selection(selected, count);
  }
}
