package dev.tidemill.testing.functions.wrong;

/** Implements nothing. */
public final class NoFunction {
  public long eval(long x) {
    return x;
  }
}
