package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate call with the types of its arguments.
 *
 * @param call as it is planned
 * @param argumentTypes of its arguments
 */
record Call(AggregateCall call, List<Type> argumentTypes) {
  static Call of(AggregateCall call, List<Type> inputTypes) {
    return new Call(call, call.arguments().stream().map(inputTypes::get).toList());
  }

  @Nullable Type argumentType() {
    return argumentTypes.isEmpty() ? null : argumentTypes.get(0);
  }

  /** The state of this call for each group. */
  CallState state(MemoryScope memory) {
    GroupedAccumulator accumulator =
        Accumulators.of(call.function(), argumentType(), call.type(), memory);
    return call.distinct() && !argumentTypes.isEmpty()
        ? new DistinctState(this, accumulator, memory)
        : new PlainState(accumulator);
  }
}
