package dev.tidemill.plan.batch;

import dev.tidemill.foundation.type.Type;
import java.util.Objects;

/** A column of a plan's result. {@code nullable} false promises that no value is NULL. */
public record OutputColumn(String name, Type type, boolean nullable) {
  public OutputColumn {
    Objects.requireNonNull(name);
    Objects.requireNonNull(type);
  }
}
