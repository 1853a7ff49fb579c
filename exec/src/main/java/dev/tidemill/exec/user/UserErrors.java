package dev.tidemill.exec.user;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.user.UserMethod;

/** What can go wrong in the code of users. */
final class UserErrors {
  private static final ErrorCode FUNCTION_FAILED = ErrorCode.user("FUNCTION_FAILED", "38000");
  private static final ErrorCode FUNCTION_RESULT = ErrorCode.user("FUNCTION_RESULT", "39000");
  private static final int SHOWN = 200;

  private UserErrors() {}

  /**
   * What a call threw; what is no fault of the function's stays what it is.
   *
   * @param row the arguments
   */
  static TidemillException failed(UserMethod method, ArgumentRow row, Throwable failure) {
    return failed(method, method.function() + row, failure);
  }

  /**
   * As {@link #failed(UserMethod, ArgumentRow, Throwable)}.
   *
   * @param call what was called, as it reads
   */
  static TidemillException failed(UserMethod method, String call, Throwable failure) {
    return switch (failure) {
      case TidemillException own when own.kind() != ErrorKind.USER -> own;
      case StackOverflowError deep -> wrapped(method, call, deep);
      case VirtualMachineError broken -> throw broken;
      default -> wrapped(method, call, failure);
    };
  }

  private static TidemillException wrapped(UserMethod method, String call, Throwable failure) {
    String text = failure.toString();
    return new TidemillException(
        FUNCTION_FAILED,
        "%s failed in %s: %s"
            .formatted(
                call,
                method.className(),
                text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…"),
        null,
        failure);
  }

  static TidemillException result(UserMethod method, String call, String value, Type type) {
    return new TidemillException(
        FUNCTION_RESULT,
        "%s gives %s, which is no %s"
            .formatted(
                call, value.length() <= SHOWN ? value : value.substring(0, SHOWN) + "…", type));
  }
}
