package dev.tidemill.exec.linear;

import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.concurrent.ThreadLocalRandom;

/** What expressions are given in a run. */
public final class Evaluations {
  private Evaluations() {}

  /** A context for the calling thread, whose results are charged to {@code memory}. */
  public static EvaluationContext context(Run run, MemoryScope memory) {
    return new EvaluationContext(
        memory,
        run.context().statementTime(),
        run.context().parameters(),
        ThreadLocalRandom.current());
  }
}
