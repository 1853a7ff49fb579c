package dev.tidemill.plan.batch;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.WindowFunction;
import java.util.List;

/** A function over the window of each row; arguments are input columns. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "call")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WindowCall.Aggregate.class, name = "aggregate"),
  @JsonSubTypes.Type(value = WindowCall.Function.class, name = "function"),
})
public sealed interface WindowCall {
  Type type();

  WindowFrame frame();

  /** An aggregate over the frame's rows. */
  record Aggregate(
      AggregateFunction function, List<Integer> arguments, WindowFrame frame, Type type)
      implements WindowCall {
    public Aggregate {
      arguments = List.copyOf(arguments);
    }
  }

  /** A function that only windows have; rankings and LAG, LEAD ignore the frame. */
  record Function(
      WindowFunction function,
      List<Integer> arguments,
      boolean ignoreNulls,
      WindowFrame frame,
      Type type)
      implements WindowCall {
    public Function {
      arguments = List.copyOf(arguments);
    }
  }
}
