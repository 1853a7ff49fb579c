package dev.tidemill.streaming.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;

/** How long each operator has worked in a step, without what it called of others. One thread. */
final class OperatorTimes {
  private final Map<String, Long> nanos = new LinkedHashMap<>();
  private String running = "";
  private long since = System.nanoTime();

  /** {@code operator} works from now on; says who did before. */
  String enter(String operator) {
    long now = System.nanoTime();
    if (!running.isEmpty()) {
      nanos.merge(running, now - since, Long::sum);
    }
    String before = running;
    running = operator;
    since = now;
    return before;
  }

  Map<String, Long> nanos() {
    return Map.copyOf(nanos);
  }
}
