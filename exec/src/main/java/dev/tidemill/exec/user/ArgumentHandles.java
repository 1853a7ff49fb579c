package dev.tidemill.exec.user;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * Methods of users as handles that take their arguments out of an {@link ArgumentRow}: for {@code
 * long eval(long x, String s)} one that behaves as {@code eval(row.longAt(0), (String)
 * row.valueAt(1))}. Nothing is boxed that the method does not take boxed.
 */
final class ArgumentHandles {
  private static final MethodHandles.Lookup OWN = MethodHandles.lookup();

  private ArgumentHandles() {}

  /**
   * A method of {@code object}.
   *
   * @param leading how many parameters come first that are no arguments and stay
   * @return of type (leading parameters…, ArgumentRow) to the method's result
   */
  static MethodHandle of(Object object, Method method, int leading) {
    try {
      MethodHandle target = MethodHandles.publicLookup().unreflect(method).bindTo(object);
      Class<?>[] parameters = method.getParameterTypes();
      int arguments = parameters.length - leading;
      MethodHandle[] getters = new MethodHandle[arguments];
      for (int i = 0; i < arguments; i++) {
        getters[i] = getter(parameters[leading + i], i);
      }
      MethodHandle filtered = MethodHandles.filterArguments(target, leading, getters);
      int[] order = new int[parameters.length];
      Arrays.setAll(order, i -> Math.min(i, leading));
      MethodType type =
          MethodType.methodType(method.getReturnType(), Arrays.copyOf(parameters, leading))
              .appendParameterTypes(ArgumentRow.class);
      return MethodHandles.permuteArguments(filtered, type, order);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a public method of a public class", e);
    }
  }

  private static MethodHandle getter(Class<?> parameter, int argument) {
    String name = parameter.isPrimitive() ? parameter.getName() + "At" : "valueAt";
    Class<?> result = parameter.isPrimitive() ? parameter : Object.class;
    try {
      MethodHandle getter =
          OWN.findVirtual(ArgumentRow.class, name, MethodType.methodType(result, int.class));
      return MethodHandles.insertArguments(getter, 1, argument)
          .asType(MethodType.methodType(parameter, ArgumentRow.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no getter for " + parameter, e);
    }
  }
}
