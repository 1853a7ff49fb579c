package dev.tidemill.exec.match;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.plan.batch.RowPattern;
import java.util.Arrays;

/**
 * A pattern as steps for a machine that tries one way after the other. Bounded repetitions are
 * written out. Immutable.
 *
 * <pre>
 *   A+? (B | C)       0 ROW A   1 SPLIT 4 2   2 ROW A   3 JUMP 1
 *                     4 SPLIT 5 7   5 ROW B   6 JUMP 8   7 ROW C   8 ACCEPT
 * </pre>
 *
 * <p>A round of an unbounded repetition that may have no rows stands between BEGIN and REPEAT,
 * which ends the repetition where the round had none: each of them has a flag.
 */
final class PatternProgram {
  /** What a step does. */
  enum Operation {
    /** Takes a row as variable {@code first}. */
    ROW,
    /** Goes on at {@code first}, or, if that fails, at {@code second}. */
    SPLIT,
    /** Goes on at {@code first}. */
    JUMP,
    /** Clears flag {@code first}. */
    BEGIN,
    /** Goes on at {@code first} if flag {@code second} was set since, else with the next step. */
    REPEAT,
    /** Only at the beginning of the partition. */
    START,
    /** Only at its end. */
    END,
    /** The pattern has matched. */
    ACCEPT
  }

  private static final int MAX_FLAGS = 30;

  private Operation[] operations = new Operation[16];
  private int[] first = new int[16];
  private int[] second = new int[16];
  private int size;
  private int flags;

  private PatternProgram() {}

  static PatternProgram of(RowPattern pattern) {
    if (RowPattern.size(pattern) > RowPattern.MAX_SIZE) {
      throw ExecErrors.brokenPlan("a pattern of " + RowPattern.size(pattern) + " steps");
    }
    PatternProgram program = new PatternProgram();
    program.write(pattern, /* excluded= */ false);
    program.add(Operation.ACCEPT, 0, 0);
    return program;
  }

  private int add(Operation operation, int a, int b) {
    if (size == operations.length) {
      operations = Arrays.copyOf(operations, 2 * size);
      first = Arrays.copyOf(first, 2 * size);
      second = Arrays.copyOf(second, 2 * size);
    }
    operations[size] = operation;
    first[size] = a;
    second[size] = b;
    return size++;
  }

  private void write(RowPattern pattern, boolean excluded) {
    switch (pattern) {
      case RowPattern.Variable p -> add(Operation.ROW, p.variable(), excluded ? 1 : 0);
      case RowPattern.Start p -> add(Operation.START, 0, 0);
      case RowPattern.End p -> add(Operation.END, 0, 0);
      case RowPattern.Concatenation p -> p.parts().forEach(part -> write(part, excluded));
      case RowPattern.Exclusion p -> write(p.of(), true);
      case RowPattern.Alternation p -> alternation(p, excluded);
      case RowPattern.Repetition p -> repetition(p, excluded);
    }
  }

  private void alternation(RowPattern.Alternation of, boolean excluded) {
    int parts = of.parts().size();
    int[] jumps = new int[parts];
    for (int i = 0; i < parts; i++) {
      int split = i + 1 < parts ? add(Operation.SPLIT, size + 1, 0) : -1;
      write(of.parts().get(i), excluded);
      jumps[i] = i + 1 < parts ? add(Operation.JUMP, 0, 0) : -1;
      if (split >= 0) {
        second[split] = size;
      }
    }
    for (int i = 0; i + 1 < parts; i++) {
      first[jumps[i]] = size;
    }
  }

  private void repetition(RowPattern.Repetition of, boolean excluded) {
    for (int i = 0; i < of.least(); i++) {
      write(of.of(), excluded);
    }
    if (of.most() < 0) {
      unbounded(of, excluded);
      return;
    }
    int[] splits = new int[of.most() - of.least()];
    for (int i = 0; i < splits.length; i++) {
      splits[i] = add(Operation.SPLIT, 0, 0);
      write(of.of(), excluded);
    }
    for (int split : splits) {
      choose(split, split + 1, size, of.reluctant());
    }
  }

  private void unbounded(RowPattern.Repetition of, boolean excluded) {
    int split = add(Operation.SPLIT, 0, 0);
    if (RowPattern.isNullable(of.of())) {
      int flag = flags++;
      if (flags > MAX_FLAGS) {
        throw ExecErrors.brokenPlan("more than " + MAX_FLAGS + " repetitions of what may be empty");
      }
      add(Operation.BEGIN, flag, 0);
      write(of.of(), excluded);
      add(Operation.REPEAT, split, flag);
    } else {
      write(of.of(), excluded);
      add(Operation.JUMP, split, 0);
    }
    choose(split, split + 1, size, of.reluctant());
  }

  private void choose(int split, int again, int on, boolean reluctant) {
    first[split] = reluctant ? on : again;
    second[split] = reluctant ? again : on;
  }

  int size() {
    return size;
  }

  /** How many flags there are. */
  int flags() {
    return flags;
  }

  Operation operation(int step) {
    return operations[step];
  }

  int first(int step) {
    return first[step];
  }

  int second(int step) {
    return second[step];
  }

  /** The variable that a row is taken as by a step. */
  int variable(int step) {
    return first[step];
  }

  /** Whether a row that is taken by a step is not given. */
  boolean isExcluded(int step) {
    return second[step] == 1;
  }
}
