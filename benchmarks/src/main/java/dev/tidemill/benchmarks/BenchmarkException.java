package dev.tidemill.benchmarks;

/** A benchmark cannot go on; the message says why, for whoever called it. */
public final class BenchmarkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BenchmarkException(String message) {
    super(message);
  }
}
