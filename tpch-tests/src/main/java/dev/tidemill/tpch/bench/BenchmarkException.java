package dev.tidemill.tpch.bench;

/** A benchmark that cannot go on; the message is for the user. */
public final class BenchmarkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BenchmarkException(String message) {
    super(message);
  }
}
