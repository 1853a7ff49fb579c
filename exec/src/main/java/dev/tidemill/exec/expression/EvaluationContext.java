package dev.tidemill.exec.expression;

import dev.tidemill.foundation.memory.MemoryScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation needs besides its batch. The time zone is UTC. One worker's, because of {@code
 * random}.
 *
 * @param memory what results and temporaries are charged to
 * @param time the statement's time, in a standing query the step's
 * @param parameters values of the question marks, each of the class that {@code Type} names for the
 *     parameter's type
 * @param random for RANDOM and UUID
 */
public record EvaluationContext(
    MemoryScope memory, Instant time, List<@Nullable Object> parameters, RandomGenerator random) {
  public EvaluationContext {
    parameters = Collections.unmodifiableList(new ArrayList<>(parameters));
  }
}
