package dev.tidemill.plan.batch;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.WindowFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far from a row that comes or goes the results of a window may change, along its partition:
 *
 * <pre>
 *   LAG(x, 2)                                  the row and the two behind it
 *   ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING   one row before it up to three behind it
 *   ROW_NUMBER()                               all behind it, until as many have come as have gone
 *   SUM(x) OVER (… ORDER BY t)                 all from its peers on
 * </pre>
 *
 * @param runs whether something adds up all rows from the beginning of the partition on
 * @param counts whether something counts the rows before
 * @param peers whether results depend on which rows are peers
 * @param first whether something is the value of the partition's first row
 * @param rowsBack how many rows before itself a row's results depend on
 * @param groupsBack the same of groups of peers
 * @param valuesBack the same of distances by value
 * @param offsetsBack columns that tell how many rows back; -1: one
 */
public record WindowReach(
    boolean runs,
    boolean counts,
    boolean peers,
    boolean first,
    long rowsBack,
    long rowsAhead,
    long groupsBack,
    long groupsAhead,
    List<Literal> valuesBack,
    List<Literal> valuesAhead,
    List<Integer> offsetsBack,
    List<Integer> offsetsAhead) {
  /** Frames of so many rows at most are added up row by row where sums are rounded. */
  private static final long MOST_ROWS_IN_ORDER = 256;

  /** The reach of a window, or null if a change may change the results of all rows. */
  public static @Nullable WindowReach of(WindowPlan plan) {
    Builder builder = new Builder();
    for (WindowCall call : plan.calls()) {
      if (!builder.add(plan, call)) {
        return null;
      }
    }
    return builder.build();
  }

  /** The names of the functions for which a change may change the results of all rows. */
  public static List<String> withoutReach(WindowPlan plan) {
    return plan.calls().stream()
        .filter(call -> !new Builder().add(plan, call))
        .map(
            call ->
                switch (call) {
                  case WindowCall.Aggregate aggregate -> aggregate.function().name();
                  case WindowCall.Function function -> function.function().name();
                })
        .distinct()
        .toList();
  }

  /** Whether rows behind the ones around a change may change, however far away they are. */
  public boolean isOnward() {
    return runs || counts;
  }

  /** Whether results depend on rows that stand behind theirs, other than peers. */
  public boolean looksAhead() {
    return rowsAhead > 0 || groupsAhead > 0 || !valuesAhead.isEmpty() || !offsetsAhead.isEmpty();
  }

  /** Whether the last digits of a call's results depend on the order of adding up. */
  public static boolean isRounded(WindowPlan plan, WindowCall call) {
    return call instanceof WindowCall.Aggregate aggregate
        && switch (aggregate.function()) {
          case SUM, SUM0, AVG -> isFloating(plan, aggregate);
          case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP, COVAR_POP, COVAR_SAMP -> true;
          default -> false;
        };
  }

  private static boolean isFloating(WindowPlan plan, WindowCall.Aggregate call) {
    return call.arguments().stream()
        .map(argument -> plan.input().columns().get(argument).type())
        .anyMatch(type -> type instanceof Type.DoubleType || type instanceof Type.Real);
  }

  /** Whether the state of an aggregate over any number of rows is small. */
  private static boolean isSmall(WindowCall.Aggregate call) {
    return switch (call.function()) {
      case COUNT, SUM, SUM0, AVG, MIN, MAX, BOOL_AND, BOOL_OR, BIT_AND, BIT_OR, BIT_XOR -> true;
      case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP, COVAR_POP, COVAR_SAMP -> true;
      case SKEWNESS, KURTOSIS, KURTOSIS_POP, QUANTILE_CONT, QUANTILE_DISC, MODE, PRODUCT -> false;
      case HISTOGRAM, LISTAGG, ARRAY_AGG, MAP_AGG, ARG_MIN, ARG_MAX, ANY_VALUE -> false;
      case APPROX_COUNT_DISTINCT, APPROX_QUANTILE, SINGLE_VALUE, USER -> false;
    };
  }

  private static final class Builder {
    private boolean runs;
    private boolean counts;
    private boolean peers;
    private boolean first;
    private long rowsBack;
    private long rowsAhead;
    private long groupsBack;
    private long groupsAhead;
    private final List<Literal> valuesBack = new ArrayList<>();
    private final List<Literal> valuesAhead = new ArrayList<>();
    private final List<Integer> offsetsBack = new ArrayList<>();
    private final List<Integer> offsetsAhead = new ArrayList<>();

    /** Adds what a call reaches; false if that is everything. */
    boolean add(WindowPlan plan, WindowCall call) {
      return switch (call) {
        case WindowCall.Aggregate aggregate -> add(plan, aggregate);
        case WindowCall.Function function -> add(function);
      };
    }

    private boolean add(WindowPlan plan, WindowCall.Aggregate call) {
      WindowFrame frame = call.frame();
      if (!isSmall(call) || !add(frame)) {
        return false;
      }
      if (frame.start() instanceof WindowFrame.UnboundedPreceding) {
        runs = true;
        return frame.exclusion() == WindowFrame.Exclusion.NO_OTHERS;
      }
      return !isRounded(plan, call) || isFew(frame);
    }

    private static boolean isFew(WindowFrame frame) {
      return frame.unit() == WindowFrame.Unit.ROWS
          && rows(frame.start()) + rows(frame.end()) < MOST_ROWS_IN_ORDER;
    }

    private boolean add(WindowCall.Function call) {
      return switch (call.function()) {
        case ROW_NUMBER -> {
          counts = true;
          yield true;
        }
        case RANK -> {
          counts = true;
          peers = true;
          yield true;
        }
        case DENSE_RANK -> {
          // The number of groups is told where running states are.
          runs = true;
          peers = true;
          yield true;
        }
        case PERCENT_RANK, CUME_DIST, NTILE -> false;
        case LAG, LEAD -> {
          int offset = call.arguments().size() > 1 ? call.arguments().get(1) : -1;
          boolean isBack = call.function() == WindowFunction.LAG;
          (isBack ? offsetsBack : offsetsAhead).add(offset);
          yield !call.ignoreNulls();
        }
        case FIRST_VALUE, LAST_VALUE, NTH_VALUE, NTH_VALUE_FROM_LAST -> value(call);
      };
    }

    private boolean value(WindowCall.Function call) {
      if (!add(call.frame())) {
        return false;
      }
      if (!(call.frame().start() instanceof WindowFrame.UnboundedPreceding)) {
        return true;
      }
      if (call.ignoreNulls() || call.frame().exclusion() != WindowFrame.Exclusion.NO_OTHERS) {
        return false;
      }
      if (call.frame().unit() == WindowFrame.Unit.RANGE
          && call.frame().end() instanceof WindowFrame.Preceding) {
        // The last row that is an hour older may be any number of rows away.
        return false;
      }
      return switch (call.function()) {
        case FIRST_VALUE -> {
          first = true;
          yield true;
        }
        case LAST_VALUE -> true;
        default -> false;
      };
    }

    /** Adds what a frame reaches but for its beginning, if that is the partition's. */
    private boolean add(WindowFrame frame) {
      peers |= frame.unit() != WindowFrame.Unit.ROWS;
      peers |=
          frame.exclusion() == WindowFrame.Exclusion.GROUP
              || frame.exclusion() == WindowFrame.Exclusion.TIES;
      return (frame.start() instanceof WindowFrame.UnboundedPreceding
              || bound(frame.unit(), frame.start()))
          && bound(frame.unit(), frame.end());
    }

    private boolean bound(WindowFrame.Unit unit, WindowFrame.Bound bound) {
      return switch (bound) {
        case WindowFrame.UnboundedPreceding b -> false;
        case WindowFrame.UnboundedFollowing b -> false;
        case WindowFrame.CurrentRow b -> true;
        case WindowFrame.Preceding b -> {
          switch (unit) {
            case ROWS -> rowsBack = Math.max(rowsBack, rows(bound));
            case GROUPS -> groupsBack = Math.max(groupsBack, rows(bound));
            case RANGE -> valuesBack.add(b.distance());
          }
          yield true;
        }
        case WindowFrame.Following b -> {
          switch (unit) {
            case ROWS -> rowsAhead = Math.max(rowsAhead, rows(bound));
            case GROUPS -> groupsAhead = Math.max(groupsAhead, rows(bound));
            case RANGE -> valuesAhead.add(b.distance());
          }
          yield true;
        }
      };
    }

    /** How many rows away a bound is, no more than there can be. */
    private static long rows(WindowFrame.Bound bound) {
      Literal distance =
          switch (bound) {
            case WindowFrame.Preceding b -> b.distance();
            case WindowFrame.Following b -> b.distance();
            default -> null;
          };
      return distance != null && distance.value() instanceof Number number
          ? Math.clamp(number.longValue(), 0, Integer.MAX_VALUE)
          : 0;
    }

    WindowReach build() {
      return new WindowReach(
          runs,
          counts,
          peers,
          first,
          rowsBack,
          rowsAhead,
          groupsBack,
          groupsAhead,
          List.copyOf(valuesBack),
          List.copyOf(valuesAhead),
          List.copyOf(offsetsBack),
          List.copyOf(offsetsAhead));
    }
  }
}
