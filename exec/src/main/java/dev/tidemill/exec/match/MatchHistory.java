package dev.tidemill.exec.match;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.plan.batch.MatchValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * As what the rows of a match have been taken, from its first row on. Where the matcher goes back,
 * later rows are taken anew. Of sets of variables that conditions ask for, each row knows the first
 * and the last row of the set up to itself. One thread.
 */
final class MatchHistory {
  private final PatternProgram program;
  private final HeapMemory heap;

  /** By row the step that has taken it. */
  private final int[] steps;

  private final List<List<Integer>> sets = new ArrayList<>();
  private final List<boolean[]> members = new ArrayList<>();
  private final List<int[]> firstOf = new ArrayList<>();
  private final List<int[]> lastOf = new ArrayList<>();
  private int[] relabelled = new int[0];
  private int start;
  private int partitionFrom;
  private int partitionTo;

  MatchHistory(PatternProgram program, int rows, HeapMemory heap) {
    this.program = program;
    this.heap = heap;
    this.steps = heap.ints(rows);
  }

  /** The number of a set of variables that is kept track of from now on. */
  int track(List<Integer> variables) {
    int known = sets.indexOf(variables);
    if (known >= 0) {
      return known;
    }
    sets.add(variables);
    members.add(members(variables, program));
    firstOf.add(heap.ints(steps.length));
    lastOf.add(heap.ints(steps.length));
    return sets.size() - 1;
  }

  /** By step whether the row that it takes is of one of the variables; all rows of none. */
  static boolean[] members(List<Integer> variables, PatternProgram program) {
    boolean[] members = new boolean[program.size()];
    for (int step = 0; step < members.length; step++) {
      members[step] =
          program.operation(step) == PatternProgram.Operation.ROW
              && (variables.isEmpty() || variables.contains(program.variable(step)));
    }
    return members;
  }

  /** The number of one who wants to know which rows have been taken anew. */
  int watch() {
    relabelled = Arrays.copyOf(relabelled, relabelled.length + 1);
    return relabelled.length - 1;
  }

  /**
   * The first row that was taken anew since this was last asked, by the watcher's number; -1 where
   * the match is another.
   */
  int relabelled(int watcher) {
    int row = relabelled[watcher];
    relabelled[watcher] = Integer.MAX_VALUE;
    return row;
  }

  void begin(int from, int to, int first) {
    partitionFrom = from;
    partitionTo = to;
    start = first;
    Arrays.fill(relabelled, -1);
  }

  int start() {
    return start;
  }

  /** Takes a row by a step; all rows from the start on up to it have been taken. */
  void take(int row, int step) {
    steps[row] = step;
    for (int i = 0; i < sets.size(); i++) {
      boolean member = members.get(i)[step];
      int[] firsts = firstOf.get(i);
      int[] lasts = lastOf.get(i);
      int before = row == start ? -1 : firsts[row - 1];
      firsts[row] = before >= 0 ? before : member ? row : -1;
      lasts[row] = member ? row : row == start ? -1 : lasts[row - 1];
    }
    for (int i = 0; i < relabelled.length; i++) {
      relabelled[i] = Math.min(relabelled[i], row);
    }
  }

  int step(int row) {
    return steps[row];
  }

  /**
   * The row at a place, or -1 if there is none.
   *
   * @param set the number of the place's variables, -1 of all rows
   * @param row the current one
   */
  int rowAt(MatchValue.Place place, int set, int row) {
    int found = set < 0 ? ofAll(place, row) : ofSet(place, set, row);
    return found < 0 ? -1 : shifted(found, place.shift(), partitionFrom, partitionTo);
  }

  static int shifted(int row, int shift, int from, int to) {
    long further = (long) row + shift;
    return further >= from && further < to ? (int) further : -1;
  }

  private int ofAll(MatchValue.Place place, int row) {
    long found = place.first() ? (long) start + place.offset() : (long) row - place.offset();
    return found >= start && found <= row ? (int) found : -1;
  }

  private int ofSet(MatchValue.Place place, int set, int row) {
    int found = place.first() ? firstOf.get(set)[row] : lastOf.get(set)[row];
    if (place.first()) {
      boolean[] member = members.get(set);
      for (int left = place.offset(); found >= 0 && left > 0; ) {
        found = found < row ? found + 1 : -1;
        left -= found >= 0 && member[steps[found]] ? 1 : 0;
      }
    } else {
      int[] lasts = lastOf.get(set);
      for (int i = 0; found >= 0 && i < place.offset(); i++) {
        found = found > start ? lasts[found - 1] : -1;
      }
    }
    return found;
  }
}
