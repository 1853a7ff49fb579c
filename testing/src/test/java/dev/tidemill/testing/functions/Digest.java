package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.UserAggregateFunction;
import java.util.TreeMap;

/** All values with their counts, as a text: without remove, NULLs seen. */
public final class Digest implements UserAggregateFunction<Digest.Counts> {
  /** How often each is there. */
  public static final class Counts extends TreeMap<String, Integer> {
    private static final long serialVersionUID = 1;
  }

  @Override
  public Counts create() {
    return new Counts();
  }

  public void add(Counts state, String x) {
    state.merge(x == null ? "-" : x, 1, Integer::sum);
  }

  public void add(Counts state, String x, long times) {
    state.merge(x == null ? "-" : x, (int) times, Integer::sum);
  }

  public void merge(Counts state, Counts other) {
    other.forEach((x, count) -> state.merge(x, count, Integer::sum));
  }

  public String result(Counts state) {
    return state.toString();
  }
}
