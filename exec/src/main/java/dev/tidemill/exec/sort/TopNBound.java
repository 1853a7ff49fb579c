package dev.tidemill.exec.sort;

import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.scan.RuntimeFilter;
import dev.tidemill.exec.scan.ScanOperator;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.storage.table.ColumnFilter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The row of a top-N behind which no row is of any matter: the nth that some worker has seen, and
 * better ones as work goes on. All workers of a run look at it, and so does the scan that the first
 * key comes from. Any thread.
 */
final class TopNBound {
  private final SortKey first;
  private final boolean fits;
  private volatile @Nullable Row row;
  private int version;

  /**
   * The row as its key.
   *
   * @param key all keys as bytes
   * @param isNull whether its first key is NULL
   * @param word of the first key, unless that is NULL or has none
   * @param value of the first key
   * @param version counts up
   */
  record Row(byte[] key, boolean isNull, long word, @Nullable Object value, int version) {}

  TopNBound(SortKey first, Type type) {
    this.first = first;
    this.fits = FirstKey.fits(type);
  }

  @Nullable Row row() {
    return row;
  }

  /** A row behind which none is of any matter. */
  synchronized void tighten(Batch batch, int number, byte[] key) {
    Row before = row;
    if (before != null && Arrays.compareUnsigned(key, before.key) >= 0) {
      return;
    }
    Column column = batch.column(first.column());
    long[] word = new long[1];
    boolean isNull = column.isNull(number);
    if (fits && !isNull) {
      FirstKey.words(column, first, new int[] {number}, 1, new int[1], word);
    }
    // Statistics of floating point know no NaN.
    boolean hasRange =
        switch (column.type()) {
          case Type.Int t -> true;
          case Type.Decimal t -> true;
          case Type.Date t -> true;
          case Type.Timestamp t -> true;
          case Type.Varchar t -> true;
          default -> false;
        };
    Object value = hasRange ? column.value(number) : null;
    row = new Row(key, isNull || !fits, word[0], value, ++version);
  }

  /**
   * Lets the scan below {@code input} leave out rows, if the first key comes from there row by row.
   */
  void tell(Run run, Operator input, boolean isNullable) {
    if (!fits || (isNullable && first.nullsFirst())) {
      return;
    }
    Operator operator = input;
    int column = first.column();
    while (true) {
      switch (operator.plan()) {
        case FilterPlan p -> {}
        case ExchangePlan p -> {}
        case ProjectPlan p -> {
          if (!(p.expressions().get(column) instanceof ColumnReference reference)) {
            return;
          }
          column = reference.index();
        }
        case HashJoinPlan p -> {
          int left = p.left().columns().size();
          boolean fromLeft = column < left;
          boolean passes =
              fromLeft
                  ? !p.buildsLeft() && p.kind() != JoinKind.RIGHT && p.kind() != JoinKind.FULL
                  : p.buildsLeft() && (p.kind() == JoinKind.INNER || p.kind() == JoinKind.RIGHT);
          if (!passes) {
            return;
          }
          operator = operator.inputs().get(fromLeft ? 0 : 1);
          column = fromLeft ? column : column - left;
          continue;
        }
        case ScanPlan p -> {
          if (operator instanceof ScanOperator scan) {
            scan.addFilter(run, new Filter(column, p.columns().get(column).name()));
          }
          return;
        }
        default -> {
          return;
        }
      }
      operator = operator.inputs().get(0);
    }
  }

  /** Rows whose first key is not behind the row's. */
  private final class Filter implements RuntimeFilter {
    private final int column;
    private final String name;

    Filter(int column, String name) {
      this.column = column;
      this.name = name;
    }

    @Override
    public int column() {
      return column;
    }

    @Override
    public boolean isKnown() {
      Row known = row;
      return known != null && !known.isNull();
    }

    @Override
    public boolean moves() {
      return true;
    }

    @Override
    public int version() {
      Row known = row;
      return known == null ? 0 : known.version();
    }

    @Override
    public @Nullable ColumnFilter range() {
      Row known = row;
      Object value = known == null ? null : known.value();
      return value == null
          ? null
          : first.descending()
              ? new ColumnFilter.Range(name, value, true, null, false)
              : new ColumnFilter.Range(name, null, false, value, true);
    }

    @Override
    public int select(Column values, int[] rows, int count, int[] passed) {
      Row known = row;
      if (known == null || known.isNull()) {
        throw new IllegalStateException("asked before there is a bound");
      }
      long[] words = new long[count];
      FirstKey.words(values, first, rows, count, new int[count], words);
      long bound = known.word() ^ Long.MIN_VALUE;
      int kept = 0;
      for (int i = 0; i < count; i++) {
        int number = rows[i];
        passed[kept] = number;
        kept += (words[i] ^ Long.MIN_VALUE) <= bound && !values.isNull(number) ? 1 : 0;
      }
      return kept;
    }
  }
}
