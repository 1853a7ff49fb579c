package dev.tidemill.plan.delta;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.SessionTablePlan;
import dev.tidemill.plan.expression.ColumnReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A GROUP BY whose groups are sessions of rows that only come: no rows need to be kept for it, only
 * an accumulator per session, and two when two sessions become one are merged.
 *
 * @param input whose rows are in sessions
 * @param keys its columns that partition them
 * @param calls over its columns
 * @param outputs per key of the GROUP BY its place in {@code keys}, behind these the session's
 *     start, then its end
 * @param bound when sessions end, or null where all are kept for ever
 */
public record SessionGroups(
    DeltaPlan input,
    List<Integer> keys,
    int timeColumn,
    long gapMillis,
    List<AggregateCall> calls,
    List<Integer> outputs,
    @Nullable SessionBound bound) {

  /** What an aggregate is, or null where it is something else. */
  public static @Nullable SessionGroups of(DeltaAggregatePlan aggregate) {
    List<Integer> columns = IntStream.range(0, aggregate.input().columns().size()).boxed().toList();
    DeltaPlan below = aggregate.input();
    while (below instanceof LinearPlan linear && linear.inputs().size() == 1) {
      columns = through(linear.body(), columns);
      below = linear.inputs().get(0);
    }
    return below instanceof DeltaPartitionPlan partition
            && partition.body() instanceof SessionTablePlan sessions
            && sessions.input() instanceof InputPlan
            && !partition.inputs().get(0).changing()
        ? of(aggregate, columns, partition, sessions)
        : null;
  }

  /** Columns of a plan as those of its input, -1 for what is none. */
  private static List<Integer> through(BatchPlan plan, List<Integer> columns) {
    if (plan instanceof InputPlan) {
      return columns;
    }
    List<Integer> moved = new ArrayList<>();
    for (int column : columns) {
      moved.add(
          column >= 0
                  && plan instanceof ProjectPlan project
                  && project.expressions().get(column) instanceof ColumnReference reference
              ? reference.index()
              : -1);
    }
    return through(plan.inputs().get(0), moved);
  }

  private static @Nullable SessionGroups of(
      DeltaAggregatePlan aggregate,
      List<Integer> columns,
      DeltaPartitionPlan partition,
      SessionTablePlan sessions) {
    DeltaPlan input = partition.inputs().get(0);
    int width = input.columns().size();
    List<Integer> outputs = new ArrayList<>();
    for (int key : aggregate.keys()) {
      int column = columns.get(key);
      int place = column < width ? sessions.keys().indexOf(column) : -1;
      outputs.add(column >= width ? sessions.keys().size() + column - width : place);
    }
    Set<Integer> given = new HashSet<>(outputs);
    boolean areSessions =
        !given.contains(-1)
            && given.contains(sessions.keys().size() + 1)
            && IntStream.range(0, sessions.keys().size()).allMatch(given::contains);
    List<AggregateCall> calls = new ArrayList<>();
    for (AggregateCall call : aggregate.calls()) {
      AggregateCall moved = moved(call, columns, input.columns());
      if (moved == null) {
        return null;
      }
      calls.add(moved);
    }
    return areSessions && !calls.isEmpty()
        ? new SessionGroups(
            input,
            sessions.keys(),
            sessions.timeColumn(),
            sessions.gapMillis(),
            calls,
            outputs,
            partition.sessions())
        : null;
  }

  /** A call over columns of the input, or null where it is over others or cannot be merged. */
  private static @Nullable AggregateCall moved(
      AggregateCall call, List<Integer> columns, List<OutputColumn> input) {
    List<Integer> arguments = call.arguments().stream().map(columns::get).toList();
    int filter = call.filter() < 0 ? -1 : columns.get(call.filter());
    boolean isWithin =
        arguments.stream().allMatch(column -> column >= 0 && column < input.size())
            && (call.filter() < 0 || filter >= 0 && filter < input.size());
    return isWithin && merges(call, arguments.stream().map(c -> input.get(c).type()).toList())
        ? new AggregateCall(
            call.function(),
            arguments,
            call.distinct(),
            filter,
            call.type(),
            call.parameters(),
            call.user(),
            call.position())
        : null;
  }

  /** Whether what is kept of a call is of fixed size and can be added to that of another group. */
  private static boolean merges(AggregateCall call, List<Type> arguments) {
    return arguments.size() <= 1
        && switch (call.function()) {
          case COUNT, SUM, SUM0, AVG -> !call.distinct();
          case MIN, MAX -> arguments.stream().allMatch(SessionGroups::isFixed);
          case BOOL_AND, BOOL_OR, BIT_AND, BIT_OR -> true;
          default -> false;
        };
  }

  private static boolean isFixed(Type type) {
    return switch (type) {
      case Type.Int t -> true;
      case Type.Real t -> true;
      case Type.DoubleType t -> true;
      case Type.Decimal t -> t.precision() <= Type.MAX_SHORT_DECIMAL_PRECISION;
      case Type.Date t -> true;
      case Type.Timestamp t -> true;
      case Type.ZonedTimestamp t -> true;
      default -> false;
    };
  }
}
