package dev.tidemill.plan.function.user;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import org.jspecify.annotations.Nullable;

/** What can be wrong with the class of a user function. */
final class FunctionErrors {
  private static final ErrorCode FUNCTION_INVALID = ErrorCode.user("FUNCTION_INVALID", "42P13");
  private static final ErrorCode FUNCTION_NOT_LOADED =
      ErrorCode.user("FUNCTION_NOT_LOADED", "58P01");

  private FunctionErrors() {}

  static TidemillException missingJar(String function, String className, String jar) {
    return new TidemillException(
        FUNCTION_NOT_LOADED,
        "function %s cannot be loaded: its class %s is to be in %s, which is no file"
            .formatted(function, className, jar));
  }

  /** {@code where} is the class path or the names of the jars. */
  static TidemillException missingClass(
      String function, String className, String where, @Nullable Throwable cause) {
    return new TidemillException(
        FUNCTION_NOT_LOADED,
        "function %s cannot be loaded: there is no class %s in %s"
            .formatted(function, className, where),
        null,
        cause);
  }

  static TidemillException notLinked(String function, String className, Throwable cause) {
    return new TidemillException(
        FUNCTION_NOT_LOADED,
        "function %s cannot be loaded: class %s fails with %s"
            .formatted(function, className, cause),
        null,
        cause);
  }

  static TidemillException notConstructed(String function, String className, Throwable cause) {
    return new TidemillException(
        FUNCTION_NOT_LOADED,
        "function %s cannot be used: the constructor of %s fails with %s"
            .formatted(function, className, cause),
        null,
        cause);
  }

  static TidemillException changedClass(String function, String className, String signature) {
    return new TidemillException(
        FUNCTION_NOT_LOADED,
        "function %s cannot be used: class %s has no method %s any more"
            .formatted(function, className, signature));
  }

  static TidemillException invalid(String function, String className, String what) {
    return new TidemillException(
        FUNCTION_INVALID,
        "class %s cannot be the function %s: %s".formatted(className, function, what));
  }
}
