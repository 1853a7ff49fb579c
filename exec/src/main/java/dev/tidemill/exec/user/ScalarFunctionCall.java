package dev.tidemill.exec.user;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.user.FunctionClass;
import dev.tidemill.plan.function.user.FunctionSignature;
import dev.tidemill.plan.function.user.UserMethod;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A scalar or table function with an object of its class, ready to be called row by row. Whoever
 * calls it says which kind of result it has. One thread at a time.
 */
public final class ScalarFunctionCall {
  /** How a result comes. */
  public enum Result {
    BOOLEAN,
    /** An integer of any width. */
    LONG,
    /** REAL too. */
    DOUBLE,
    OBJECT
  }

  private final UserMethod method;
  private final Result result;
  private final int[] required;
  private final MethodHandle handle;
  private final ResultWriter writer;

  private ScalarFunctionCall(
      UserMethod method, Result result, int[] required, MethodHandle handle, ResultWriter writer) {
    this.method = method;
    this.result = result;
    this.required = required;
    this.handle = handle;
    this.writer = writer;
  }

  /**
   * Loads the class of a function and makes an object of it.
   *
   * @throws dev.tidemill.foundation.error.TidemillException FUNCTION_NOT_LOADED, FUNCTION_INVALID
   */
  public static ScalarFunctionCall of(UserMethod method, Type type) {
    return of(FunctionClass.load(method), method, type);
  }

  static ScalarFunctionCall of(FunctionClass loaded, UserMethod method, Type type) {
    FunctionSignature signature = loaded.signature(method);
    MethodHandle handle = ArgumentHandles.of(loaded.newInstance(), signature.method(), 0);
    Class<?> java = handle.type().returnType();
    Result result = result(java);
    Class<?> wide =
        switch (result) {
          case BOOLEAN -> boolean.class;
          case LONG -> long.class;
          case DOUBLE -> double.class;
          case OBJECT -> Object.class;
        };
    return new ScalarFunctionCall(
        method,
        result,
        required(method, signature.parameters().size()),
        handle.asType(MethodType.methodType(wide, ArgumentRow.class)),
        loaded.kind() == FunctionClass.Kind.TABLE
            ? ResultWriter.ofRows(method, signature)
            : ResultWriter.of(method, type));
  }

  private static Result result(Class<?> java) {
    if (java == boolean.class) {
      return Result.BOOLEAN;
    }
    if (java == float.class || java == double.class) {
      return Result.DOUBLE;
    }
    return java.isPrimitive() ? Result.LONG : Result.OBJECT;
  }

  /** The arguments that a function is not called with NULL at. */
  static int[] required(UserMethod method, int arguments) {
    return IntStream.range(0, arguments).filter(method::requires).toArray();
  }

  public Result result() {
    return result;
  }

  /** Whether there may be a row whose result is NULL without a call. */
  public boolean mayBeNull(ArgumentRow rows) {
    return rows.mayHaveNulls(required);
  }

  /** Whether the row's result is NULL without a call. */
  public boolean isNull(ArgumentRow row) {
    return row.anyNull(required);
  }

  public boolean callBoolean(ArgumentRow row) {
    try {
      return (boolean) handle.invokeExact(row);
    } catch (Throwable failure) {
      throw UserErrors.failed(method, row, failure);
    }
  }

  public long callLong(ArgumentRow row) {
    try {
      return (long) handle.invokeExact(row);
    } catch (Throwable failure) {
      throw UserErrors.failed(method, row, failure);
    }
  }

  public double callDouble(ArgumentRow row) {
    try {
      return (double) handle.invokeExact(row);
    } catch (Throwable failure) {
      throw UserErrors.failed(method, row, failure);
    }
  }

  /** Appends the result that is an object. */
  public void append(ArgumentRow row, ColumnBuilder out) {
    @Nullable Object value;
    try {
      value = (Object) handle.invokeExact(row);
    } catch (Throwable failure) {
      throw UserErrors.failed(method, row, failure);
    }
    writer.append(value, row, out);
  }

  /** As many as there are workers, made when needed and used again. */
  public static final class Pool {
    private final FunctionClass loaded;
    private final UserMethod method;
    private final Type type;
    private final Queue<ScalarFunctionCall> idle = new ConcurrentLinkedQueue<>();

    /** Makes the first, so that errors of the class come at once. */
    public Pool(UserMethod method, Type type) {
      this.loaded = FunctionClass.load(method);
      this.method = method;
      this.type = type;
      idle.add(of(loaded, method, type));
    }

    /** One that nobody uses; the caller gives it back, unless it failed. */
    public ScalarFunctionCall take() {
      ScalarFunctionCall call = idle.poll();
      return call == null ? of(loaded, method, type) : call;
    }

    public void giveBack(ScalarFunctionCall call) {
      idle.add(call);
    }
  }
}
