package dev.tidemill.exec.user;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.user.FunctionSignature;
import dev.tidemill.plan.function.user.UserMethod;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts what user functions return into columns, checked. */
final class ResultWriter {
  /** A row whose only value is NULL. */
  private static final Object NONE = new Object();

  private final UserMethod method;
  private final Type type;
  private final boolean rows;

  /** Of a record the accessors of its components; null where a row is one value. */
  private final MethodHandle @Nullable [] accessors;

  private ResultWriter(
      UserMethod method, Type type, boolean rows, MethodHandle @Nullable [] accessors) {
    this.method = method;
    this.type = type;
    this.rows = rows;
    this.accessors = accessors;
  }

  /** Of values of a type. */
  static ResultWriter of(UserMethod method, Type type) {
    return new ResultWriter(method, type, false, null);
  }

  /** Of what a table function returns. */
  static ResultWriter ofRows(UserMethod method, FunctionSignature signature) {
    java.lang.reflect.Type element =
        ((ParameterizedType) signature.method().getGenericReturnType()).getActualTypeArguments()[0];
    MethodHandle[] accessors = null;
    if (element instanceof Class<?> record && record.isRecord()) {
      RecordComponent[] components = record.getRecordComponents();
      accessors = new MethodHandle[components.length];
      for (int i = 0; i < components.length; i++) {
        try {
          accessors[i] =
              MethodHandles.publicLookup()
                  .unreflect(components[i].getAccessor())
                  .asType(MethodType.methodType(Object.class, Object.class));
        } catch (IllegalAccessException e) {
          throw new IllegalStateException("a public record", e);
        }
      }
    }
    return new ResultWriter(method, signature.result(), true, accessors);
  }

  /**
   * Appends a result.
   *
   * @param arguments of the call, for errors
   */
  void append(@Nullable Object value, Object arguments, ColumnBuilder out) {
    if (value == null) {
      out.appendNull();
    } else if (rows) {
      appendRows(value, arguments, out);
    } else {
      appendValue(value, type, arguments, out);
    }
  }

  private void appendRows(Object value, Object arguments, ColumnBuilder out) {
    switch (value) {
      case Stream<?> stream -> {
        try (stream) {
          appendRows(iterator(stream, arguments), arguments, out);
        }
      }
      case Iterator<?> iterator -> appendRows(iterator, arguments, out);
      default -> appendRows(iterator(value, arguments), arguments, out);
    }
    out.endNested();
  }

  private Iterator<?> iterator(Object value, Object arguments) {
    try {
      return value instanceof Stream<?> stream
          ? stream.iterator()
          : ((Iterable<?>) value).iterator();
    } catch (Throwable failure) {
      throw failed(arguments, failure);
    }
  }

  private void appendRows(Iterator<?> found, Object arguments, ColumnBuilder out) {
    Type.Row row = (Type.Row) ((Type.Array) type).element();
    ColumnBuilder elements = out.child(0);
    for (Object next = next(found, arguments); next != null; next = next(found, arguments)) {
      for (int i = 0; i < row.fields().size(); i++) {
        ColumnBuilder field = elements.child(i);
        Object part = part(next, i, arguments);
        if (part == null) {
          field.appendNull();
        } else {
          appendValue(part, row.fields().get(i).type(), arguments, field);
        }
      }
      elements.endNested();
    }
  }

  /** The next row, or null behind the last. */
  private @Nullable Object next(Iterator<?> found, Object arguments) {
    Object next;
    try {
      if (!found.hasNext()) {
        return null;
      }
      next = found.next();
    } catch (Throwable failure) {
      throw failed(arguments, failure);
    }
    if (next == null) {
      if (accessors == null) {
        return NONE;
      }
      throw UserErrors.result(method, call(arguments), "a row that is null", type);
    }
    return next;
  }

  private @Nullable Object part(Object row, int index, Object arguments) {
    if (accessors == null) {
      return row == NONE ? null : row;
    }
    try {
      return (Object) accessors[index].invokeExact(row);
    } catch (Throwable failure) {
      throw failed(arguments, failure);
    }
  }

  private void appendValue(Object value, Type of, Object arguments, ColumnBuilder out) {
    try {
      out.appendValue(checked(value, of));
    } catch (TidemillException full) {
      throw full;
    } catch (RuntimeException unfit) {
      throw UserErrors.result(method, call(arguments), text(value), of);
    }
  }

  private static Object checked(Object value, Type of) {
    return switch (of) {
      case Type.Decimal decimal -> {
        BigDecimal scaled = ((BigDecimal) value).setScale(decimal.scale(), RoundingMode.HALF_UP);
        if (scaled.precision() > decimal.precision()) {
          throw new ArithmeticException("too many digits");
        }
        yield scaled;
      }
      case Type.Array array -> {
        List<@Nullable Object> elements = new ArrayList<>();
        for (Object element : (List<?>) value) {
          elements.add(element == null ? null : checked(element, array.element()));
        }
        yield elements;
      }
      case Type.MapType map -> {
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          checked(entry.getKey(), map.key());
          if (entry.getValue() != null) {
            checked(entry.getValue(), map.value());
          }
        }
        yield value;
      }
      case Type.Bool t -> Boolean.class.cast(value);
      case Type.Int t ->
          switch (t.bits()) {
            case 8 -> (Object) Byte.class.cast(value);
            case 16 -> (Object) Short.class.cast(value);
            case 32 -> (Object) Integer.class.cast(value);
            default -> (Object) Long.class.cast(value);
          };
      default -> Objects.requireNonNull(value);
    };
  }

  private static String text(Object value) {
    try {
      return value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value);
    } catch (RuntimeException unprintable) {
      return "a " + value.getClass().getName();
    }
  }

  private TidemillException failed(Object arguments, Throwable failure) {
    return UserErrors.failed(method, call(arguments), failure);
  }

  private String call(Object arguments) {
    return method.function() + arguments;
  }
}
