package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.UserTableFunction;
import java.util.Arrays;
import java.util.List;

/** The words of a text, one column. */
public final class Words implements UserTableFunction {
  @Override
  public boolean isStrict() {
    return true;
  }

  public List<String> rows(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(" "));
  }
}
