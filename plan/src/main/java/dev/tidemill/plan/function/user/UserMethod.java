package dev.tidemill.plan.function.user;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * A user function with given types of arguments, as a plan names it: whoever runs the plan loads
 * the class.
 *
 * @param function its name in SQL
 * @param jars files that the class is in, in order; none where it is on the class path
 * @param signature the descriptor of a method from the arguments to the result, as in class files:
 *     {@code (JD)Ljava/lang/String;}
 * @param deterministic whether equal arguments give equal results
 * @param strict whether NULL in any argument makes it NULL
 * @param removes whether it is an aggregate that can take away what was added
 */
public record UserMethod(
    String function,
    String className,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> jars,
    String signature,
    boolean deterministic,
    boolean strict,
    boolean removes) {
  public UserMethod {
    jars = jars == null ? List.of() : List.copyOf(jars);
    if (!signature.startsWith("(") || signature.indexOf(')') < 0) {
      throw new IllegalArgumentException("no descriptor: " + signature);
    }
  }

  /** Whether it is not called with a NULL at {@code argument}, but NULL itself. */
  public boolean requires(int argument) {
    if (strict) {
      return true;
    }
    int at = 1;
    for (int i = 0; i < argument; i++) {
      at = next(at);
    }
    return !isReference(at);
  }

  /** Whether it may be NULL though it was called. */
  public boolean givesNulls() {
    return isReference(signature.indexOf(')') + 1);
  }

  private boolean isReference(int at) {
    char first = signature.charAt(at);
    return first == 'L' || first == '[';
  }

  /** Where the type behind the one at {@code at} begins. */
  private int next(int at) {
    int end = at;
    while (signature.charAt(end) == '[') {
      end++;
    }
    return signature.charAt(end) == 'L' ? signature.indexOf(';', end) + 1 : end + 1;
  }

  @Override
  public String toString() {
    return function;
  }
}
