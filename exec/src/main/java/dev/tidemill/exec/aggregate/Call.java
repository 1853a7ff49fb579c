package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import java.util.ArrayList;
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

  /**
   * The states of calls for each group, those of equal rows and arguments shared where they can.
   *
   * @param isGrouped whether there are other groups than 0
   */
  static List<CallState> states(List<Call> calls, boolean isGrouped, MemoryScope memory) {
    List<CallState> states = new ArrayList<>();
    for (Call call : calls) {
      CallState shared = call.shared(calls, states);
      states.add(shared == null ? call.state(isGrouped, memory) : shared);
    }
    return states;
  }

  /** Makes this call's state of one of the {@code states} of the first calls; null if none can. */
  private @Nullable CallState shared(List<Call> calls, List<CallState> states) {
    Type argument = argumentType();
    if (argument == null) {
      return null;
    }
    ExactResult result = Accumulators.exactResult(call.function(), argument, call.type());
    if (result == null || isDistinct()) {
      return null;
    }
    for (int i = 0; i < states.size(); i++) {
      Call other = calls.get(i);
      if (other.call.arguments().equals(call.arguments())
          && other.call.filter() == call.filter()
          && !other.isDistinct()
          && states.get(i) instanceof PlainState plain
          && plain.accumulator() instanceof ExactSumAccumulator exact) {
        return new SharedState(exact.sums(), result);
      }
    }
    return null;
  }

  private boolean isDistinct() {
    return call.distinct() && !argumentTypes.isEmpty();
  }

  /** The error with the place of this call, whose values led to it. */
  TidemillException placed(TidemillException failure) {
    return failure.kind() == ErrorKind.USER ? failure.at(call.position()) : failure;
  }

  /** The state of this call for each group. */
  CallState state(boolean isGrouped, MemoryScope memory) {
    GroupedAccumulator accumulator =
        Accumulators.of(
            call.function(), argumentTypes, call.parameters(), call.user(), call.type(), memory);
    return isDistinct()
        ? new DistinctState(this, accumulator, isGrouped, memory)
        : new PlainState(accumulator);
  }
}
