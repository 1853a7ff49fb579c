package dev.tidemill.exec.match;

import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.window.WindowRows;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.MatchValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DEFINE: what a row has to be to be taken as a variable. Conditions are computed for many rows
 * ahead. What depends on rows near the current one only is kept for all rows; what depends on rows
 * that were taken long ago holds for the next rows as long as these stay the same. Where a row
 * ahead, that may never be asked for, fails, rows are computed one by one.
 *
 * <pre>
 *   B AS B.x &gt; PREV(B.x) AND B.x &lt; FIRST(A.x)
 *        near: of every row   far: of the next rows with this row of A
 * </pre>
 */
final class MatchConditions implements RowConditions, AutoCloseable {
  private static final int NEAR_ROWS = 1_024;
  private static final int FEWEST_FAR_ROWS = 16;

  /** As many ways may fail from a row before what was tried is written down. */
  private static final int FREE_WAYS = 256;

  private static final byte UNKNOWN = 0;
  private static final byte NO = 1;
  private static final byte YES = 2;

  private final CompiledMatch match;
  private final MatchPlan plan;
  private final WindowRows rows;
  private final MatchHistory history;
  private final EvaluationContext context;
  private final MemoryScope memory;
  private final Column[] columns;

  /** By variable and row what the near condition says. */
  private final byte[] @Nullable [] near;

  private final @Nullable Far[] far;

  /** By value the number of its set of variables, -1 of all rows. */
  private final int[] sets;

  private final @Nullable MatchSum[] sums;

  /** The names of the variables, for CLASSIFIER. */
  private final Column names;

  /** Where the columns of the values stand while a condition is computed. */
  private final @Nullable Column[] computed;

  private final int[] taken = new int[NEAR_ROWS];
  private int partition;

  /** What was computed ahead of a far condition. */
  private static final class Far {
    /** The rows of its values, but for those near the current row. */
    final int[] rows;

    final boolean[] holds = new boolean[NEAR_ROWS];
    int from;
    int to;
    int ahead = FEWEST_FAR_ROWS;

    Far(int values) {
      rows = new int[values];
    }
  }

  MatchConditions(
      CompiledMatch match,
      WindowRows rows,
      MatchHistory history,
      EvaluationContext context,
      HeapMemory heap) {
    this.match = match;
    this.plan = match.plan();
    this.rows = rows;
    this.history = history;
    this.context = context;
    this.memory = rows.memory();
    int variables = plan.variables().size();
    this.near = new byte[variables][];
    this.far = new Far[variables];
    this.sets = new int[plan.values().size()];
    this.sums = new MatchSum[plan.values().size()];
    this.computed = new Column[plan.values().size()];
    this.columns = new Column[rows.rows().columnCount()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = rows.rows().column(i);
    }
    this.names = MatchOutput.names(plan, memory);
    Arrays.fill(sets, -1);
    try {
      for (int variable = 0; variable < variables; variable++) {
        CompiledMatch.Condition condition = match.conditions().get(variable);
        if (condition.near() != null) {
          heap.reserve(rows.count());
          near[variable] = new byte[rows.count()];
        }
        if (condition.far() != null) {
          far[variable] = new Far(condition.farValues().size());
          condition.farValues().forEach(value -> prepare(value, heap));
        }
      }
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  private void prepare(int value, HeapMemory heap) {
    switch (plan.values().get(value)) {
      case MatchValue.Column v -> track(value, v.place());
      case MatchValue.Classifier v -> track(value, v.place());
      case MatchValue.MatchNumber v -> {}
      case MatchValue.Aggregate v -> {
        if (sums[value] == null) {
          sums[value] = new MatchSum(v, rows, match.program(), history, heap);
        }
      }
    }
  }

  private void track(int value, MatchValue.Place place) {
    if (!place.variables().isEmpty()) {
      sets[value] = history.track(place.variables());
    }
  }

  /** The rows from here on are of this partition. */
  void partition(int number) {
    partition = number;
  }

  /** What states of the matcher depend on, or null if that is more than rows. */
  static TriedStates triedStates(
      CompiledMatch match, WindowRows rows, MatchHistory history, HeapMemory heap) {
    List<MatchValue.Place> places = new ArrayList<>();
    boolean onRowOnly = true;
    for (int variable = 0; variable < match.conditions().size(); variable++) {
      for (int value : match.conditions().get(variable).farValues()) {
        if (!(match.plan().values().get(value) instanceof MatchValue.Column column)) {
          return TriedStates.NONE;
        }
        onRowOnly = false;
        if (!match.isNear(value, variable) && !column.place().variables().isEmpty()) {
          places.add(column.place());
        }
      }
    }
    int partitions = rows.partitionCount();
    return onRowOnly && TriedBits.fits(match.program(), rows.count(), partitions)
        ? new TriedBits(match.program(), rows.count(), partitions, heap)
        : new TriedKeys(new AskedRows(places, history), FREE_WAYS, heap);
  }

  @Override
  public boolean holds(int variable, int row) {
    CompiledMatch.Condition condition = match.conditions().get(variable);
    byte[] known = near[variable];
    if (known != null && condition.near() != null) {
      if (known[row] == UNKNOWN) {
        computeNear(condition.near(), condition.nearValues(), known, row);
      }
      if (known[row] == NO) {
        return false;
      }
    }
    Far ahead = far[variable];
    return ahead == null
        || condition.far() == null
        || holdsFar(condition.far(), condition.farValues(), ahead, variable, row);
  }

  /** Computes the block of rows that a row is in, as a search may come to them in any order. */
  private void computeNear(Predicate condition, List<Integer> values, byte[] known, int row) {
    int from = row / NEAR_ROWS * NEAR_ROWS;
    int count = Math.min(NEAR_ROWS, rows.count() - from);
    boolean[] holds = new boolean[count];
    if (tried(() -> nearColumns(values, from, count), condition, holds, count)) {
      count(known, from, holds, count);
      return;
    }
    compute(() -> nearColumns(values, row, 1), condition, holds, 1);
    count(known, row, holds, 1);
  }

  private static void count(byte[] known, int row, boolean[] holds, int count) {
    for (int i = 0; i < count; i++) {
      known[row + i] = holds[i] ? YES : NO;
    }
  }

  private void nearColumns(List<Integer> values, int row, int count) {
    for (int value : values) {
      computed[value] = nearColumn((MatchValue.Column) plan.values().get(value), row, count);
    }
  }

  /** The values of rows near {@code count} rows from {@code row} on, of whatever partitions. */
  private Column nearColumn(MatchValue.Column value, int row, int count) {
    int of = partition;
    while (row < rows.partitionFrom(of)) {
      of--;
    }
    for (int i = 0; i < count; i++) {
      while (row + i >= rows.partitionTo(of)) {
        of++;
      }
      taken[i] =
          MatchHistory.shifted(
              row + i, value.place().shift(), rows.partitionFrom(of), rows.partitionTo(of));
    }
    return Columns.take(columns[value.column()], taken, 0, count, memory);
  }

  private boolean holdsFar(
      Predicate condition, List<Integer> values, Far ahead, int variable, int row) {
    boolean same = row >= ahead.from && row < ahead.to;
    boolean keeps = true;
    for (int i = 0; i < values.size(); i++) {
      int value = values.get(i);
      int of = -1;
      if (plan.values().get(value) instanceof MatchValue.Column column) {
        of = match.isNear(value, variable) ? -1 : history.rowAt(column.place(), sets[value], row);
      } else {
        keeps = false;
      }
      same &= ahead.rows[i] == of;
      ahead.rows[i] = of;
    }
    if (!same || !keeps) {
      boolean goesOn = row == ahead.to && keeps;
      ahead.ahead = goesOn ? Math.min(NEAR_ROWS, 2 * ahead.ahead) : FEWEST_FAR_ROWS;
      int wanted = keeps ? ahead.ahead : 1;
      int count = Math.min(wanted, rows.partitionTo(partition) - row);
      ahead.from = row;
      ahead.to = row;
      if (!tried(
          () -> farColumns(values, ahead, variable, row, count), condition, ahead.holds, count)) {
        compute(() -> farColumns(values, ahead, variable, row, 1), condition, ahead.holds, 1);
        ahead.to = row + 1;
      } else {
        ahead.to = row + count;
      }
    }
    return ahead.holds[row - ahead.from];
  }

  private void farColumns(List<Integer> values, Far ahead, int variable, int row, int count) {
    for (int i = 0; i < values.size(); i++) {
      int value = values.get(i);
      computed[value] =
          switch (plan.values().get(value)) {
            case MatchValue.Column v when match.isNear(value, variable) ->
                nearColumn(v, row, count);
            case MatchValue.Column v -> {
              Arrays.fill(taken, 0, count, ahead.rows[i]);
              yield Columns.take(columns[v.column()], taken, 0, count, memory);
            }
            case MatchValue.Classifier v -> {
              int of = history.rowAt(v.place(), sets[value], row);
              taken[0] = of < history.start() || of > row ? -1 : variable(of);
              yield Columns.take(names, taken, 0, 1, memory);
            }
            case MatchValue.MatchNumber v -> Columns.constant(v.type(), number, count, memory);
            case MatchValue.Aggregate v -> sum(value).at(row);
          };
    }
  }

  private long number;

  /** The number of the match that is looked for. */
  void number(long of) {
    number = of;
  }

  private int variable(int row) {
    return match.program().variable(history.step(row));
  }

  private MatchSum sum(int value) {
    MatchSum sum = sums[value];
    if (sum == null) {
      throw new IllegalStateException("no aggregate " + value);
    }
    return sum;
  }

  /** Computes rows ahead; false where one of them fails that may not be asked for. */
  private boolean tried(Runnable values, Predicate condition, boolean[] holds, int count) {
    if (count == 1) {
      compute(values, condition, holds, 1);
      return true;
    }
    try {
      compute(values, condition, holds, count);
      return true;
    } catch (TidemillException failure) {
      if (failure.kind() != ErrorKind.USER) {
        throw failure;
      }
      return false;
    }
  }

  private void compute(Runnable values, Predicate condition, boolean[] holds, int count) {
    try {
      values.run();
      Selection selection = condition.filter(computed, count, null, context);
      Arrays.fill(holds, 0, count, selection == null);
      if (selection != null) {
        for (int i = 0; i < selection.count(); i++) {
          holds[selection.row(i)] = true;
        }
      }
    } finally {
      for (int i = 0; i < computed.length; i++) {
        Column column = computed[i];
        if (column != null) {
          column.close();
          computed[i] = null;
        }
      }
    }
  }

  @Override
  public void close() {
    for (MatchSum sum : sums) {
      if (sum != null) {
        sum.close();
      }
    }
    names.close();
  }
}
