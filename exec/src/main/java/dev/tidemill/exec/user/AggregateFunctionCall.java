package dev.tidemill.exec.user;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.user.FunctionClass;
import dev.tidemill.plan.function.user.FunctionSignature;
import dev.tidemill.plan.function.user.UserAggregateFunction;
import dev.tidemill.plan.function.user.UserMethod;
import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate function with an object of its class, ready to be called; states are its own
 * objects. One thread at a time.
 */
public final class AggregateFunctionCall {
  private final UserMethod method;
  private final UserAggregateFunction<Serializable> object;
  private final int[] required;
  private final MethodHandle add;
  private final @Nullable MethodHandle remove;
  private final @Nullable MethodHandle merge;
  private final MethodHandle result;
  private final ResultWriter writer;
  private final Type type;

  @SuppressWarnings("unchecked")
  private AggregateFunctionCall(UserMethod method, Type type) {
    FunctionClass loaded = FunctionClass.load(method);
    FunctionSignature signature = loaded.signature(method);
    this.method = method;
    this.object = (UserAggregateFunction<Serializable>) loaded.newInstance();
    this.required = ScalarFunctionCall.required(method, signature.parameters().size());
    this.add = step(signature.method());
    this.remove = signature.remove() == null ? null : step(signature.remove());
    this.merge =
        loaded.merge() == null
            ? null
            : plain(loaded.merge(), MethodType.methodType(void.class, Object.class, Object.class));
    Method gives = loaded.result();
    if (gives == null) {
      throw new IllegalArgumentException(method + " is no aggregate");
    }
    this.result = plain(gives, MethodType.methodType(Object.class, Object.class));
    this.writer = ResultWriter.of(method, type);
    this.type = type;
  }

  /**
   * Loads the class of a function and makes an object of it.
   *
   * @throws dev.tidemill.foundation.error.TidemillException FUNCTION_NOT_LOADED, FUNCTION_INVALID
   */
  public static AggregateFunctionCall of(UserMethod method, Type type) {
    return new AggregateFunctionCall(method, type);
  }

  private MethodHandle step(Method step) {
    return ArgumentHandles.of(object, step, 1)
        .asType(MethodType.methodType(void.class, Object.class, ArgumentRow.class));
  }

  private MethodHandle plain(Method of, MethodType type) {
    try {
      return MethodHandles.publicLookup().unreflect(of).bindTo(object).asType(type);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a public method of a public class", e);
    }
  }

  /** Of the result. */
  public Type type() {
    return type;
  }

  /** Whether states can be merged. */
  public boolean merges() {
    return merge != null;
  }

  /** Whether the row is left out. */
  public boolean isLeftOut(ArgumentRow row) {
    return row.anyNull(required);
  }

  public Object create() {
    try {
      Object state = object.create();
      if (state == null) {
        throw new NullPointerException("create() gives null");
      }
      return state;
    } catch (Throwable failure) {
      throw failed("create()", failure);
    }
  }

  public void add(Object state, ArgumentRow row) {
    try {
      add.invokeExact(state, row);
    } catch (Throwable failure) {
      throw UserErrors.failed(method, row, failure);
    }
  }

  /** Takes away what {@link #add} added; only of a function that can. */
  public void remove(Object state, ArgumentRow row) {
    if (remove == null) {
      throw new IllegalStateException(method + " cannot take away");
    }
    try {
      remove.invokeExact(state, row);
    } catch (Throwable failure) {
      throw failed("remove" + row, failure);
    }
  }

  /** Adds what {@code other} has; only of a function that can. */
  public void merge(Object state, Object other) {
    if (merge == null) {
      throw new IllegalStateException(method + " cannot merge");
    }
    try {
      merge.invokeExact(state, other);
    } catch (Throwable failure) {
      throw failed("merge()", failure);
    }
  }

  /** The result as an object, for {@link #append}. */
  public @Nullable Object result(Object state) {
    try {
      return (Object) result.invokeExact(state);
    } catch (Throwable failure) {
      throw failed("result()", failure);
    }
  }

  /** Appends what {@link #result} gave. */
  public void append(@Nullable Object value, ColumnBuilder out) {
    writer.append(value, "(…)", out);
  }

  public byte[] write(Object state) {
    try {
      return object.write((Serializable) state);
    } catch (Throwable failure) {
      throw failed("write()", failure);
    }
  }

  public Object read(byte[] bytes) {
    try {
      return object.read(bytes);
    } catch (Throwable failure) {
      throw failed("read()", failure);
    }
  }

  private RuntimeException failed(String what, Throwable failure) {
    return UserErrors.failed(method, method.function() + "." + what, failure);
  }
}
