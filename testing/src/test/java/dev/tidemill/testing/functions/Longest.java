package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.UserAggregateFunction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The longest text, with a form of its own for disk, and neither merge nor remove. */
public final class Longest implements UserAggregateFunction<StringBuilder> {
  @Override
  public StringBuilder create() {
    return new StringBuilder();
  }

  @Override
  public boolean isStrict() {
    return true;
  }

  public void add(StringBuilder state, String x) {
    if (x.length() > state.length()
        || x.length() == state.length() && x.compareTo(state.toString()) < 0) {
      state.setLength(0);
      state.append(x);
    }
  }

  public int result(StringBuilder state) {
    return state.length();
  }

  @Override
  public byte[] write(StringBuilder state) throws IOException {
    return state.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public StringBuilder read(byte[] bytes) {
    return new StringBuilder(new String(bytes, StandardCharsets.UTF_8));
  }
}
