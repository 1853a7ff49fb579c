package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.streaming.pipeline.JoinPresence.Others;
import dev.tidemill.streaming.pipeline.JoinPresence.Stand;
import dev.tidemill.streaming.rows.KeyedRows;
import dev.tidemill.streaming.rows.KeyedSide;
import dev.tidemill.streaming.rows.KeyedState;
import dev.tidemill.streaming.rows.MatchedRows;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A join of any kind. A batch of one side is joined with the rows that the other has for its keys,
 * then added to its own side:
 *
 * <pre>
 *   d(A join B)  =  dA join B  +  A join dB  +  dA join dB        batch by batch, whatever the order
 * </pre>
 *
 * <p>Of a row that is in the result by whether it has matches (outer, semi, anti and mark joins)
 * their number is known: by key where equal keys are all that matters, by row where there is a
 * further condition. When that becomes 0, or is 0 no more, the row comes or goes.
 *
 * <p>Where only final rows are wanted, a row that is in the result by having no match is given out
 * when it, or its key, ends; pairs are final at once.
 *
 * <p>State: the rows of each side by key, unless the other side is static and will not ask for
 * them, or the side is an aggregate that is asked itself; the numbers of matches; when keys or rows
 * end.
 */
final class JoinOperator extends DeltaOperator {
  private final DeltaJoinPlan plan;
  private final JoinPresence presence;
  private final List<JoinInput> inputs;
  private final KeyedState state;
  private final @Nullable KeyEnds ends;
  private final @Nullable RowEnds rowEnds;
  private final boolean atEnd;
  private final JoinOutput output;
  private final @Nullable Predicate condition;

  /** The aggregate that is a side and asked for its groups. */
  private @Nullable AggregateOperator asked;

  /** How far that one had come when it last gave out a part of its change. */
  private int askedSeen;

  /** By column of both sides, right behind left, whether the condition looks at it. */
  private final boolean[] isAsked;

  // Pairs that have not been given out: places in the delta, and rows of the other side.
  private final int[] places = new int[Batch.MAX_ROWS];
  private final int[] others = new int[Batch.MAX_ROWS];
  private int pairs;

  /** What came of a side before the other, which is static, was there. */
  private final List<Batch> early = new ArrayList<>();

  /** By place in the delta the number of matches. */
  private long[] matches = new long[0];

  /**
   * @param atEnd whether rows without a match are given out when they end
   */
  JoinOperator(
      String name, DeltaJoinPlan plan, boolean atEnd, QueryState queryState, Output output) {
    super(name, output);
    this.plan = plan;
    this.atEnd = atEnd;
    this.presence = new JoinPresence(plan.kind());
    this.inputs = List.of(JoinInput.of(plan, 0, presence), JoinInput.of(plan, 1, presence));
    List<Type> keyTypes = JoinInput.keyTypes(inputs.get(0), inputs.get(1));
    this.state =
        new KeyedState(
            keyTypes,
            inputs.stream().map(JoinInput::shape).toList(),
            queryState.memory().child(name));
    TimeBound bound = presence.isNullAware() ? null : plan.bound();
    this.ends =
        bound == null ? null : new KeyEnds(state, keyTypes, bound, queryState.memory().child(name));
    boolean rowsEnd =
        !presence.isNullAware() && (plan.leftEnd() != null || plan.rightEnd() != null);
    this.rowEnds =
        rowsEnd && ends == null
            ? new RowEnds(state, plan.leftEnd(), plan.rightEnd(), queryState.memory().child(name))
            : null;
    this.output = new JoinOutput(plan, this::emit);
    List<Type> types = new ArrayList<>(inputs.get(0).shape().types());
    types.addAll(inputs.get(1).shape().types());
    Expression residual = plan.residual();
    this.condition = residual == null ? null : ExpressionCompiler.compilePredicate(residual, types);
    this.isAsked = new boolean[types.size()];
    if (residual != null) {
      markAsked(residual);
    }
    queryState.columns(name + ".rows", ends != null ? ends : rowEnds != null ? rowEnds : state);
  }

  /** Says what a side is, which may be the one that is asked for its rows. */
  void setAsked(int input, AggregateOperator aggregate) {
    if (plan.asks(input)) {
      asked = aggregate;
    }
  }

  private void markAsked(Expression expression) {
    if (expression instanceof ColumnReference column) {
      isAsked[column.index()] = true;
    }
    expression.operands().forEach(this::markAsked);
  }

  /** Some rows of a batch of one side, with their keys and weights. */
  private record Delta(
      Batch batch, int[] rows, int[] keys, long[] weights, boolean[] nulls, int count) {
    List<Column> take(int[] which, int length, MemoryScope memory) {
      List<Column> columns = new ArrayList<>(batch.columnCount());
      try {
        for (int i = 0; i < batch.columnCount(); i++) {
          columns.add(Columns.take(batch.column(i), which, 0, length, memory));
        }
        return columns;
      } catch (Throwable t) {
        columns.forEach(Column::close);
        throw t;
      }
    }
  }

  @Override
  void begin(Step step) {
    output.begin();
    pairs = 0;
    askedSeen = 0;
    close();
  }

  @Override
  void close() {
    early.forEach(Batch::close);
    early.clear();
  }

  @Override
  void pinned(Step step) {
    int input = plan.left() instanceof StaticPlan ? 1 : 0;
    List<Batch> waiting = List.copyOf(early);
    early.clear();
    try {
      waiting.forEach(batch -> push(input, batch, step));
    } finally {
      waiting.forEach(Batch::close);
    }
  }

  @Override
  void push(int input, Batch batch, Step step) {
    if (step.isPinning() && plan.inputs().get(1 - input) instanceof StaticPlan) {
      early.add(batch.retain());
      return;
    }
    JoinInput own = inputs.get(input);
    JoinInput other = inputs.get(1 - input);
    AggregateOperator groups = asked;
    if (groups != null && plan.asks(input)) {
      askedSeen = groups.givenEnd();
    }
    Delta delta = delta(own, batch, step);
    if (delta.count == 0) {
      return;
    }
    if (plan.kind().givesRight() || condition != null) {
      join(own, other, delta, step);
    }
    if (own.isTracked()) {
      pushTracked(own, delta, step);
    }
    if (own.isKept()) {
      add(own, other, delta, step);
    }
  }

  /** The rows that may have matches; those that cannot are given out. */
  private Delta delta(JoinInput own, Batch batch, Step step) {
    int[] rows = Worker.rows(batch);
    int count = batch.rowCount();
    boolean[] nulls = new boolean[0];
    if (own.mayMiss(batch)) {
      if (presence.isNullAware()) {
        nulls = new boolean[count];
        for (int i = 0; i < count; i++) {
          nulls[i] = !own.canMatch(batch, rows[i]);
        }
      } else {
        int[] able = new int[count];
        int kept = 0;
        Delta all = new Delta(batch, rows, rows, new long[0], nulls, count);
        for (int i = 0; i < count; i++) {
          if (own.canMatch(batch, rows[i])) {
            able[kept++] = rows[i];
          } else if (own.isTracked()) {
            Stand stand = presence.of(false, true, Others.NONE);
            output.alone(own.number(), all::take, rows[i], stand, batch.weightAt(rows[i]), step);
          }
        }
        output.flush(own.number(), all::take, step);
        rows = able;
        count = kept;
      }
    }
    int[] keys = new int[count];
    if (count > 0) {
      if (own.isKept()) {
        state.keys(own.keyColumns(batch), rows, count, keys);
      } else {
        state.find(own.keyColumns(batch), rows, count, keys);
      }
    }
    long[] weights = new long[count];
    for (int i = 0; i < count; i++) {
      weights[i] = batch.weightAt(rows[i]);
    }
    return new Delta(batch, rows, keys, weights, nulls, count);
  }

  /** Joins a delta with the rows that the other side has for its keys. */
  private void join(JoinInput own, JoinInput other, Delta delta, Step step) {
    if (matches.length < delta.count) {
      matches = new long[delta.count];
    }
    Arrays.fill(matches, 0, delta.count, 0);
    KeyedRows rows = state.side(other.number()).rows();
    AggregateOperator groups = plan.asks(other.number()) ? asked : null;
    if (groups != null) {
      joinGroups(groups, own, other, delta, step);
      return;
    }
    if (rows == null) {
      // This side is static: it comes first, and the other will not be asked.
      return;
    }
    for (int i = 0; i < delta.count; i++) {
      int first = delta.keys[i] < 0 ? -1 : rows.first(delta.keys[i]);
      for (int row = first; row >= 0; row = rows.next(row)) {
        if (rows.weight(row) != 0) {
          places[pairs] = i;
          others[pairs++] = row;
          if (pairs == places.length) {
            flushPairs(own, other, delta, rows, step);
          }
        }
      }
    }
    flushPairs(own, other, delta, rows, step);
    output.flush(other.number(), rows::take, step);
  }

  /** Joins a delta with the groups of its keys. */
  private void joinGroups(
      AggregateOperator groups, JoinInput own, JoinInput other, Delta delta, Step step) {
    int[] keyColumns = new int[own.keys().size()];
    for (int i = 0; i < keyColumns.length; i++) {
      keyColumns[other.keys().get(i)] = own.keys().get(i);
    }
    List<Column> keys = new ArrayList<>(keyColumns.length);
    for (int column : keyColumns) {
      keys.add(delta.batch.column(column));
    }
    int[] numbers = new int[delta.count];
    try (GivenGroups given =
        groups.given(keys, delta.rows, delta.count, numbers, askedSeen, step.memory())) {
      for (int i = 0; i < delta.count; i++) {
        if (numbers[i] >= 0) {
          places[pairs] = i;
          others[pairs++] = numbers[i];
          if (pairs == places.length) {
            flushPairs(own, other, delta, given, step);
          }
        }
      }
      flushPairs(own, other, delta, given, step);
    }
  }

  private void flushPairs(
      JoinInput own, JoinInput other, Delta delta, MatchedRows rows, Step step) {
    Predicate test = condition;
    if (test != null && pairs > 0) {
      passCondition(test, own, delta, rows, step);
      countMatches(own, other, delta, rows, step);
    }
    int count = pairs;
    pairs = 0;
    if (count == 0 || !plan.kind().givesRight()) {
      return;
    }
    int[] deltaRows = new int[count];
    long[] weights = new long[count];
    for (int i = 0; i < count; i++) {
      deltaRows[i] = delta.rows[places[i]];
      weights[i] = Math.multiplyExact(delta.weights[places[i]], rows.weight(others[i]));
    }
    List<Column> mine = delta.take(deltaRows, count, step.memory());
    List<Column> theirs;
    try {
      theirs = rows.take(others, count, step.memory());
    } catch (Throwable t) {
      mine.forEach(Column::close);
      throw t;
    }
    if (own.number() == 0) {
      output.pairs(mine, theirs, weights, count, step);
    } else {
      output.pairs(theirs, mine, weights, count, step);
    }
  }

  /** Leaves out the pairs for which the condition is not true. */
  private void passCondition(
      Predicate test, JoinInput own, Delta delta, MatchedRows rows, Step step) {
    int leftColumns = inputs.get(0).shape().types().size();
    @Nullable Column[] columns = new @Nullable Column[isAsked.length];
    int[] deltaRows = new int[pairs];
    for (int i = 0; i < pairs; i++) {
      deltaRows[i] = delta.rows[places[i]];
    }
    try {
      for (int i = 0; i < columns.length; i++) {
        if (isAsked[i]) {
          boolean isMine = i < leftColumns == (own.number() == 0);
          int column = i < leftColumns ? i : i - leftColumns;
          columns[i] =
              isMine
                  ? Columns.take(delta.batch.column(column), deltaRows, 0, pairs, step.memory())
                  : rows.take(column, others, pairs, step.memory());
        }
      }
      Selection passed;
      try {
        passed = test.filter(columns, pairs, null, step.evaluation());
      } catch (TidemillException e) {
        if (!step.aside().takes(e)) {
          throw e;
        }
        passed = passedOfOthers(test, own, delta, rows, e, step);
      }
      if (passed != null) {
        for (int i = 0; i < passed.count(); i++) {
          places[i] = places[passed.row(i)];
          others[i] = others[passed.row(i)];
        }
        pairs = passed.count();
      }
    } finally {
      for (Column column : columns) {
        if (column != null) {
          column.close();
        }
      }
    }
  }

  /**
   * The pairs for which the condition is true, where it fails of some, which are set aside: they
   * are no matches. A pair is tested when the later of its rows comes, and when one goes.
   */
  private Selection passedOfOthers(
      Predicate test,
      JoinInput own,
      Delta delta,
      MatchedRows rows,
      TidemillException failure,
      Step step) {
    int[] passed = new int[pairs];
    int[] count = new int[1];
    try (Batch both = pairs(own, delta, rows, step)) {
      step.aside()
          .halve(
              name(),
              pairColumns(),
              both,
              failure,
              part -> {
                Selection of = test.filter(part, step.evaluation());
                int length = of == null ? part.rowCount() : of.count();
                for (int i = 0; i < length; i++) {
                  passed[count[0]++] = of == null ? part.row(i) : of.row(i);
                }
              });
    }
    return new Selection(passed, count[0]);
  }

  /** The pairs with all columns, left before right. */
  private Batch pairs(JoinInput own, Delta delta, MatchedRows rows, Step step) {
    int[] deltaRows = new int[pairs];
    long[] weights = new long[pairs];
    for (int i = 0; i < pairs; i++) {
      deltaRows[i] = delta.rows[places[i]];
      weights[i] = Math.multiplyExact(delta.weights[places[i]], rows.weight(others[i]));
    }
    List<Column> columns = new ArrayList<>(delta.take(deltaRows, pairs, step.memory()));
    try {
      columns.addAll(
          own.number() == 0 ? columns.size() : 0, rows.take(others, pairs, step.memory()));
      return new Batch(pairs, columns, null, DeltaWeights.column(weights, pairs, step.memory()));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /** The columns of both sides, each with a name of its own. */
  private List<OutputColumn> pairColumns() {
    List<OutputColumn> columns = new ArrayList<>(plan.left().columns());
    Set<String> names = new HashSet<>();
    columns.forEach(column -> names.add(column.name()));
    for (OutputColumn column : plan.right().columns()) {
      String name = column.name();
      for (int i = 1; !names.add(name); i++) {
        name = column.name() + "_" + i;
      }
      columns.add(new OutputColumn(name, column.type(), column.nullable()));
    }
    return columns;
  }

  /** Counts the pairs for the rows of both sides; those of the other come or go by it. */
  private void countMatches(
      JoinInput own, JoinInput other, Delta delta, MatchedRows rows, Step step) {
    if (own.isTracked()) {
      for (int i = 0; i < pairs; i++) {
        matches[places[i]] = Math.addExact(matches[places[i]], rows.weight(others[i]));
      }
    }
    if (other.isTracked()) {
      KeyedSide side = state.side(other.number());
      for (int i = 0; i < pairs; i++) {
        int row = others[i];
        long before = side.matches(row);
        long now = Math.addExact(before, delta.weights[places[i]]);
        side.setMatches(row, now);
        if (before > 0 != now > 0) {
          change(other.number(), rows, row, before > 0, now > 0, false, Others.NONE, step);
        }
      }
    }
  }

  /** Takes a stored row back as it stood and gives it out as it stands now. */
  private void change(
      int side,
      MatchedRows rows,
      int row,
      boolean wasMatched,
      boolean isMatched,
      boolean isNull,
      Others beside,
      Step step) {
    long weight = rows.weight(row);
    if (!atEnd) {
      output.alone(side, rows::take, row, presence.of(wasMatched, isNull, beside), -weight, step);
    }
    output.alone(side, rows::take, row, presence.of(isMatched, isNull, beside), weight, step);
  }

  /** Gives out those rows of a delta that stand there by whether they have matches. */
  private void pushTracked(JoinInput own, Delta delta, Step step) {
    KeyedSide other = state.side(1 - own.number());
    Others beside = beside(1 - own.number(), step);
    for (int i = 0; i < delta.count; i++) {
      boolean isNull = delta.nulls.length > 0 && delta.nulls[i];
      long count = condition == null ? other.count(delta.keys[i]) : matches[i];
      if (atEnd && count <= 0) {
        continue;
      }
      Stand stand = presence.of(count > 0, isNull, beside);
      output.alone(own.number(), delta::take, delta.rows[i], stand, delta.weights[i], step);
    }
    output.flush(own.number(), delta::take, step);
  }

  /** What matters of all rows of a side. */
  private Others beside(int side, Step step) {
    if (!presence.isNullAware()) {
      return Others.NONE;
    }
    KeyedSide of = state.side(side);
    return new Others(of.total() > 0, of.count(nullKey(step)) > 0);
  }

  /** The number of the key NULL, or -1. */
  private int nullKey(Step step) {
    int[] number = new int[1];
    try (Column key = Columns.nulls(state.keyTypes().get(0), 1, step.memory())) {
      state.find(List.of(key), new int[1], 1, number);
    }
    return number[0];
  }

  /** Adds a delta to its side; rows of the other side come or go by it. */
  private void add(JoinInput own, JoinInput other, Delta delta, Step step) {
    KeyedSide side = state.side(own.number());
    boolean byKey = other.isTracked() && condition == null;
    long[] before = new long[byKey ? delta.count : 0];
    for (int i = 0; i < before.length; i++) {
      before[i] = side.count(delta.keys[i]);
    }
    Others beside = byKey ? beside(own.number(), step) : Others.NONE;
    int[] numbers = new int[delta.count];
    side.add(delta.batch, delta.rows, delta.keys, delta.weights, delta.count, numbers);
    if (condition != null && own.shape().matches()) {
      for (int i = 0; i < delta.count; i++) {
        side.setMatches(numbers[i], matches[i]);
      }
    }
    KeyedRows rows = state.side(other.number()).rows();
    if (byKey && rows != null) {
      changeByKey(other.number(), rows, side, delta, before, beside, step);
      if (presence.isNullAware()) {
        changeAll(other.number(), rows, side, beside, beside(own.number(), step), step);
      }
      output.flush(other.number(), rows::take, step);
    }
  }

  /** Rows of a side come or go because there are now, or no longer, others of their key. */
  private void changeByKey(
      int number,
      KeyedRows rows,
      KeyedSide counted,
      Delta delta,
      long[] before,
      Others beside,
      Step step) {
    for (int i = 0; i < delta.count; i++) {
      int key = delta.keys[i];
      boolean was = before[i] > 0;
      boolean is = counted.count(key) > 0;
      boolean isNull = delta.nulls.length > 0 && delta.nulls[i];
      if (was != is && !isNull && state.isFirst(key)) {
        for (int row = rows.first(key); row >= 0; row = rows.next(row)) {
          change(number, rows, row, was, is, false, beside, step);
        }
      }
    }
    state.forgetFirst(delta.keys, delta.count);
  }

  /** Rows of a side come or go because of what matters of all rows of the other. */
  private void changeAll(
      int number, KeyedRows rows, KeyedSide counted, Others was, Others is, Step step) {
    if (was.equals(is)) {
      return;
    }
    int nullKey = nullKey(step);
    for (int row = 0; row < rows.length(); row++) {
      int key = rows.key(row);
      boolean isMatched = counted.count(key) > 0;
      Stand before = presence.of(isMatched, key == nullKey, was);
      Stand now = presence.of(isMatched, key == nullKey, is);
      if (before != now) {
        output.alone(number, rows::take, row, before, -rows.weight(row), step);
        output.alone(number, rows::take, row, now, rows.weight(row), step);
      }
    }
  }

  @Override
  void finish(Step step) {
    if (ends != null) {
      int[] keys = ends.take(step.watermarkMicros());
      if (atEnd) {
        giveOutKeys(keys, step);
      }
      state.drop(keys);
    } else if (rowEnds != null) {
      for (JoinInput input : inputs) {
        endRows(input, rowEnds.take(input.number(), step.watermarkMicros()), step);
      }
    }
  }

  /** Gives out what has no match and whose key has ended. */
  private void giveOutKeys(int[] keys, Step step) {
    for (JoinInput input : inputs) {
      KeyedRows rows = state.side(input.number()).rows();
      if (input.isTracked() && rows != null) {
        for (int key : keys) {
          for (int row = rows.first(key); row >= 0; row = rows.next(row)) {
            giveOutUnmatched(input, rows, row, step);
          }
        }
        output.flush(input.number(), rows::take, step);
      }
    }
  }

  private void endRows(JoinInput input, int[] ended, Step step) {
    KeyedRows rows = state.side(input.number()).rows();
    if (rows == null) {
      return;
    }
    if (atEnd && input.isTracked()) {
      for (int row : ended) {
        giveOutUnmatched(input, rows, row, step);
      }
      output.flush(input.number(), rows::take, step);
    }
    for (int row : ended) {
      rows.setWeight(row, 0);
    }
  }

  private void giveOutUnmatched(JoinInput input, KeyedRows rows, int row, Step step) {
    long matched =
        condition == null
            ? state.side(1 - input.number()).count(rows.key(row))
            : state.side(input.number()).matches(row);
    if (rows.weight(row) != 0 && matched <= 0) {
      Stand stand = presence.of(false, false, Others.NONE);
      output.alone(input.number(), rows::take, row, stand, rows.weight(row), step);
    }
  }

  @Override
  void giveTaken(int input, Output to, Step step) {
    WholeRows.give(
        Objects.requireNonNull(state.side(input).rows()),
        plan.inputs().get(input).changing(),
        to,
        step);
  }
}
