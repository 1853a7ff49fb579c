package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.UserAggregateFunction;
import java.io.Serializable;

/** The geometric mean: with merge and remove. */
public final class GeometricMean implements UserAggregateFunction<GeometricMean.State> {
  /** Sum of logarithms. */
  public static final class State implements Serializable {
    private static final long serialVersionUID = 1;
    private long count;
    private double logarithms;
  }

  @Override
  public State create() {
    return new State();
  }

  public void add(State state, double x) {
    if (x <= 0) {
      throw new IllegalArgumentException("not positive");
    }
    state.count++;
    state.logarithms += Math.log(x);
  }

  public void remove(State state, double x) {
    if (state.count == 0) {
      throw new IllegalStateException("nothing there");
    }
    state.count--;
    state.logarithms -= Math.log(x);
  }

  public void merge(State state, State other) {
    state.count += other.count;
    state.logarithms += other.logarithms;
  }

  public Double result(State state) {
    return state.count == 0
        ? null
        : Double.valueOf(Math.round(Math.exp(state.logarithms / state.count) * 1e6) / 1e6);
  }
}
