package dev.tidemill.streaming.pipeline;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.LinkedHashMap;
import java.util.Map;

/** The CPU time of each operator in a step, without what it called of others. One thread. */
final class OperatorTimes {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Map<String, Long> nanos = new LinkedHashMap<>();
  private String running = "";
  private long since = now();

  /** {@code operator} works from now on; says who did before. */
  String enter(String operator) {
    long now = now();
    if (!running.isEmpty()) {
      nanos.merge(running, now - since, Long::sum);
    }
    String before = running;
    running = operator;
    since = now;
    return before;
  }

  /** Who works now. */
  String running() {
    return running;
  }

  /** Time that an operator took on another thread. */
  void add(String operator, long more) {
    nanos.merge(operator, more, Long::sum);
  }

  /** CPU time of the thread. */
  static long now() {
    return THREADS.isCurrentThreadCpuTimeSupported()
        ? THREADS.getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  Map<String, Long> nanos() {
    return Map.copyOf(nanos);
  }
}
