package dev.tidemill.exec.match;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.HeapMemory;

/**
 * Finds the match of a pattern that begins with a row: of all ways through the {@link
 * PatternProgram} the first that ends. Choices that are still open lie on a stack of its own. One
 * thread.
 *
 * <p>Where states are told apart ({@link TriedStates}) no one is tried twice, so that the ways
 * tried are at most as many as states. Where they cannot be, since conditions depend on sums over
 * what was taken, a bound ends the search with an error.
 */
final class PatternMatcher {
  /** Without states to tell apart no more ways than these are tried from one row. */
  private static final int MAX_WAYS = 5_000_000;

  private static final int STEPS_PER_CHECK = 8_192;

  /** Of each open choice the step, the row, the flags, and how many states lie on the way. */
  private static final int CHOICE = 4;

  private final PatternProgram program;
  private final RowConditions conditions;
  private final MatchHistory history;
  private final TriedStates tried;
  private final Runnable check;

  /** So many rows at the end of a partition stand before others that are not here, or -1. */
  private final int unknown;

  private final HeapMemory heap;
  private int[] choices = new int[64];
  private int open;
  private int steps;

  /** What is given in place of the end of a match that rows to come decide. */
  static final int UNDECIDED = -2;

  /**
   * @param unknown -1 where partitions are complete; else no row is looked at that has fewer rows
   *     behind it, and no end of a partition is one
   * @param check throws if the work is to end
   * @param heap what the choices are charged to
   */
  PatternMatcher(
      PatternProgram program,
      RowConditions conditions,
      MatchHistory history,
      TriedStates tried,
      int unknown,
      Runnable check,
      HeapMemory heap) {
    this.program = program;
    this.conditions = conditions;
    this.history = history;
    this.tried = tried;
    this.unknown = unknown;
    this.check = check;
    this.heap = heap;
  }

  /**
   * Behind the last row of the match that begins with {@code start}, or -1 if there is none, or
   * {@link #UNDECIDED}.
   *
   * @param partition its number
   * @param from its first row
   * @param to behind its last row
   * @param closed whether no row behind these can be in the match
   */
  int match(int partition, int from, int to, int start, boolean closed) {
    history.begin(from, to, start);
    tried.begin(partition);
    open = 0;
    int ways = 0;
    int step = 0;
    int row = start;
    int flags = -1;
    while (true) {
      if (++steps == STEPS_PER_CHECK) {
        steps = 0;
        check.run();
      }
      boolean fails = false;
      switch (program.operation(step)) {
        case ROW -> {
          if (unknown >= 0 && row >= to - unknown && !(closed && row == to)) {
            return UNDECIDED;
          }
          fails = row == to || !holds(step, row);
          if (!fails) {
            row++;
            flags = -1;
            step++;
          }
        }
        case SPLIT -> {
          fails = !tried.enter(step, row, flags);
          if (!fails) {
            push(program.second(step), row, flags);
            step = program.first(step);
          }
        }
        case JUMP -> step = program.first(step);
        case BEGIN -> {
          flags &= ~(1 << program.first(step));
          step++;
        }
        case REPEAT ->
            step = (flags & 1 << program.second(step)) != 0 ? program.first(step) : step + 1;
        case START -> {
          fails = row != from;
          step++;
        }
        case END -> {
          if (unknown >= 0 && row == to) {
            return UNDECIDED;
          }
          fails = row != to;
          step++;
        }
        case ACCEPT -> {
          tried.matched();
          return row;
        }
      }
      if (fails) {
        if (open == 0) {
          return -1;
        }
        if (++ways > MAX_WAYS && tried == TriedStates.NONE) {
          throw ExecErrors.matchTooAmbiguous(MAX_WAYS);
        }
        open -= CHOICE;
        step = choices[open];
        row = choices[open + 1];
        flags = choices[open + 2];
        tried.back(choices[open + 3]);
      }
    }
  }

  private boolean holds(int step, int row) {
    history.take(row, step);
    return conditions.holds(program.variable(step), row);
  }

  private void push(int step, int row, int flags) {
    choices = heap.grow(choices, open + CHOICE);
    choices[open] = step;
    choices[open + 1] = row;
    choices[open + 2] = flags;
    choices[open + 3] = tried.mark();
    open += CHOICE;
  }
}
