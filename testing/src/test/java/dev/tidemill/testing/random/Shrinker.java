package dev.tidemill.testing.random;

import java.util.function.Function;

/** Makes an example smaller as long as it fails in the same way. */
final class Shrinker {
  private static final int MOST_TRIALS = 600;

  private final Function<Example, Outcome> trial;
  private final long end;

  /**
   * @param trial how an example goes
   * @param mostSeconds how long it may take
   */
  Shrinker(Function<Example, Outcome> trial, long mostSeconds) {
    this.trial = trial;
    this.end = System.nanoTime() + mostSeconds * 1_000_000_000L;
  }

  /** The smallest example found that fails with the same verdict, and how. */
  String shrink(Example example, Outcome outcome) {
    Example smallest = example;
    Outcome last = outcome;
    int trials = 0;
    boolean smaller = true;
    while (smaller && trials < MOST_TRIALS) {
      smaller = false;
      for (Tree tree : smallest.tree().smaller()) {
        if (trials++ >= MOST_TRIALS || System.nanoTime() > end) {
          break;
        }
        Example candidate = smallest.with(tree);
        Outcome found = trial.apply(candidate);
        if (found.verdict() == outcome.verdict() && sameError(found, outcome)) {
          smallest = candidate;
          last = found;
          smaller = true;
          break;
        }
      }
    }
    return last.verdict() + ": " + last.detail() + "\n" + smallest;
  }

  private static boolean sameError(Outcome found, Outcome wanted) {
    return !found.detail().contains(": ")
        || wanted.verdict() != Outcome.Verdict.REFUSED
            && wanted.verdict() != Outcome.Verdict.INTERNAL_ERROR
        || word(found).equals(word(wanted));
  }

  private static String word(Outcome outcome) {
    return outcome.brief().substring(0, Math.min(outcome.brief().length(), 90));
  }
}
