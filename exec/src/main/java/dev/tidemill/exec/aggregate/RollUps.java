package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which grouping sets are made of the groups of finer ones, which are fewer than the rows.
 *
 * <pre>
 *   ROLLUP (a, b, c)   rows ─▶ (a, b, c) ─▶ (a, b) ─▶ (a) ─▶ ()
 *   CUBE (a, b)        rows ─▶ (a, b) ─▶ (a) ─▶ ()
 *                              (a, b) ─▶ (b)
 * </pre>
 */
final class RollUps {
  /**
   * A set that is made of another.
   *
   * @param keys where its keys are among those of the other
   */
  record To(int set, int[] keys) {}

  private final List<List<To>> from = new ArrayList<>();
  private final boolean[] takesRows;
  private final int[] order;

  private RollUps(int sets) {
    for (int i = 0; i < sets; i++) {
      from.add(new ArrayList<>());
    }
    this.takesRows = new boolean[sets];
    this.order = new int[sets];
  }

  static RollUps of(Grouping grouping) {
    List<List<Integer>> sets = grouping.groupingSets();
    RollUps rollUps = new RollUps(sets.size());
    List<Integer> finestFirst =
        IntStream.range(0, sets.size())
            .boxed()
            .sorted(Comparator.comparing(i -> -sets.get(i).size()))
            .toList();
    boolean possible = grouping.calls().stream().allMatch(RollUps::isSumOfParts);
    for (int place = 0; place < sets.size(); place++) {
      int set = finestFirst.get(place);
      rollUps.order[place] = set;
      int finer = possible ? coarsest(sets, finestFirst.subList(0, place), sets.get(set)) : -1;
      rollUps.takesRows[set] = finer < 0;
      if (finer >= 0) {
        List<Integer> keys = sets.get(finer);
        rollUps
            .from
            .get(finer)
            .add(new To(set, sets.get(set).stream().mapToInt(keys::indexOf).toArray()));
      }
    }
    return rollUps;
  }

  /** The set of the fewest keys, among those that come before, that has all of some; or -1. */
  private static int coarsest(List<List<Integer>> sets, List<Integer> before, List<Integer> keys) {
    for (int set : before.reversed()) {
      if (sets.get(set).containsAll(keys)) {
        return set;
      }
    }
    return -1;
  }

  /** Whether the value of many rows follows from those of parts of them, to the last digit. */
  private static boolean isSumOfParts(Call call) {
    AggregateCall planned = call.call();
    if (planned.distinct()) {
      return false;
    }
    return switch (planned.function()) {
      case COUNT, MIN, MAX, BOOL_AND, BOOL_OR, BIT_AND, BIT_OR, BIT_XOR -> true;
      case SUM, SUM0, AVG ->
          !(call.argumentType() instanceof Type.DoubleType)
              && !(call.argumentType() instanceof Type.Real);
      default -> false;
    };
  }

  /** Whether rows are added to a set. */
  boolean takesRows(int set) {
    return takesRows[set];
  }

  /** The sets that are made of one. */
  List<To> from(int set) {
    return from.get(set);
  }

  /** All sets, each behind the one that it is made of. */
  int[] order() {
    return order;
  }
}
