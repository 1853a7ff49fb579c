package dev.tidemill.plan.function.user;

import dev.tidemill.foundation.type.Type;

/**
 * A parameter of a user function.
 *
 * @param type what arguments are cast to
 * @param exact false where precision and scale of an argument stay as they are
 */
public record JavaParameter(Type type, boolean exact) {
  @Override
  public String toString() {
    return exact
        ? type.toString()
        : switch (type) {
          case Type.Decimal t -> "DECIMAL";
          case Type.Time t -> "TIME";
          case Type.Timestamp t -> "TIMESTAMP";
          case Type.ZonedTimestamp t -> "TIMESTAMP WITH LOCAL TIME ZONE";
          default -> type.toString();
        };
  }
}
