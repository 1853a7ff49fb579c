package dev.tidemill.shell;

import sun.misc.Signal;

/** Ctrl-C and the polite end of a process. */
final class Signals {
  private Signals() {}

  /** From now on both go to {@code interrupts}; a second one ends the process at once. */
  static void forward(Console.Interrupts interrupts) {
    for (String name : new String[] {"INT", "TERM"}) {
      try {
        Signal.handle(new Signal(name), new Forward(interrupts)::handle);
      } catch (IllegalArgumentException notOurs) {
        return;
      }
    }
  }

  /** The first signal is a wish, the second an order. */
  private static final class Forward {
    private static final long IMPATIENT_NANOS = 10_000_000_000L;
    private static final int INTERRUPTED = 130;

    private final Console.Interrupts interrupts;
    private long first = Long.MIN_VALUE;

    Forward(Console.Interrupts interrupts) {
      this.interrupts = interrupts;
    }

    synchronized void handle(Signal signal) {
      long now = System.nanoTime();
      if (first != Long.MIN_VALUE && now - first < IMPATIENT_NANOS) {
        Runtime.getRuntime().halt(INTERRUPTED);
      }
      first = now;
      interrupts.interrupt();
    }
  }
}
