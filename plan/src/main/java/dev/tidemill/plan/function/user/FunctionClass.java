package dev.tidemill.plan.function.user;

import dev.tidemill.foundation.type.Type;
import java.io.Serializable;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.TypeVariable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The class of a user function, loaded and found to be one. */
public final class FunctionClass {
  /** What a function is a function of. */
  public enum Kind {
    SCALAR,
    AGGREGATE,
    TABLE
  }

  private final String function;
  private final Class<?> type;
  private final List<String> jars;
  private final Kind kind;
  private final Constructor<?> constructor;
  private final boolean deterministic;
  private final boolean strict;
  private final List<FunctionSignature> signatures = new ArrayList<>();
  private @Nullable Method merge;
  private @Nullable Method result;

  private FunctionClass(String function, Class<?> type, List<String> jars) {
    this.function = function;
    this.type = type;
    this.jars = jars;
    if (type.isInterface()
        || Modifier.isAbstract(type.getModifiers())
        || !UserFunction.class.isAssignableFrom(type)) {
      throw invalid(
          "expected a class that implements UserScalarFunction, UserAggregateFunction or"
              + " UserTableFunction of "
              + UserFunction.class.getPackageName());
    }
    for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
      if (!Modifier.isPublic(outer.getModifiers())) {
        throw invalid(
            outer == type ? "it is not public" : outer.getName() + " around it is not public");
      }
    }
    this.constructor = constructor();
    UserFunction declared = newInstance();
    this.kind =
        switch (declared) {
          case UserScalarFunction f -> Kind.SCALAR;
          case UserAggregateFunction<?> f -> Kind.AGGREGATE;
          case UserTableFunction f -> Kind.TABLE;
        };
    this.deterministic = declared.isDeterministic();
    this.strict = declared.isStrict();
    switch (kind) {
      case SCALAR -> scalar();
      case AGGREGATE -> aggregate();
      case TABLE -> table();
    }
    signatures.sort(Comparator.comparing(FunctionSignature::toString));
  }

  /**
   * Loads a class.
   *
   * @param function its name in SQL, for errors
   * @param jars absolute paths of the files that it is in; none where it is on the class path
   * @throws dev.tidemill.foundation.error.TidemillException FUNCTION_NOT_LOADED, FUNCTION_INVALID
   */
  public static FunctionClass load(String function, String className, List<String> jars) {
    ClassLoader loader = FunctionLoaders.of(function, className, jars);
    Class<?> loaded;
    try {
      loaded = Class.forName(className, true, loader);
    } catch (ClassNotFoundException missing) {
      throw FunctionErrors.missingClass(
          function,
          className,
          jars.isEmpty() ? "the class path" : String.join(", ", jars),
          missing);
    } catch (LinkageError broken) {
      throw FunctionErrors.notLinked(function, className, broken);
    }
    try {
      return new FunctionClass(function, loaded, List.copyOf(jars));
    } catch (LinkageError broken) {
      throw FunctionErrors.notLinked(function, className, broken);
    }
  }

  /** As {@link #load(String, String, List)}, the class that a plan names. */
  public static FunctionClass load(UserMethod method) {
    return load(method.function(), method.className(), method.jars());
  }

  public String function() {
    return function;
  }

  public Kind kind() {
    return kind;
  }

  public boolean isDeterministic() {
    return deterministic;
  }

  /** One for each list of types it takes, in the order of their texts. */
  public List<FunctionSignature> signatures() {
    return List.copyOf(signatures);
  }

  /** An aggregate's {@code merge}, or null. */
  public @Nullable Method merge() {
    return merge;
  }

  /** An aggregate's {@code result}, null of others. */
  public @Nullable Method result() {
    return result;
  }

  /** A signature as a plan names it. */
  public UserMethod method(FunctionSignature signature) {
    return new UserMethod(
        function,
        type.getName(),
        jars,
        signature.descriptor().toMethodDescriptorString(),
        deterministic,
        strict,
        signature.remove() != null);
  }

  /**
   * The signature that a plan names.
   *
   * @throws dev.tidemill.foundation.error.TidemillException FUNCTION_NOT_LOADED if the class has it
   *     no more
   */
  public FunctionSignature signature(UserMethod method) {
    for (FunctionSignature signature : signatures) {
      if (signature.descriptor().toMethodDescriptorString().equals(method.signature())) {
        return signature;
      }
    }
    throw FunctionErrors.changedClass(function, type.getName(), method.signature());
  }

  /** All signatures, as errors list them: {@code F(BIGINT), F(VARCHAR)}. */
  public String signatureList() {
    return signatures.stream().map(s -> function + s).collect(Collectors.joining(", "));
  }

  /** A new object of the class. */
  public UserFunction newInstance() {
    try {
      return (UserFunction) constructor.newInstance();
    } catch (InvocationTargetException failed) {
      Throwable cause = failed.getCause();
      throw FunctionErrors.notConstructed(function, type.getName(), cause == null ? failed : cause);
    } catch (ReflectiveOperationException | LinkageError failed) {
      throw FunctionErrors.notConstructed(function, type.getName(), failed);
    }
  }

  private Constructor<?> constructor() {
    try {
      return type.getConstructor();
    } catch (NoSuchMethodException missing) {
      throw invalid("it has no public constructor without parameters");
    }
  }

  /** The public methods of this name. */
  private List<Method> methods(String name) {
    List<Method> found = new ArrayList<>();
    for (Method method : type.getMethods()) {
      if (method.getName().equals(name) && !method.isBridge() && !method.isSynthetic()) {
        if (Modifier.isStatic(method.getModifiers())) {
          throw invalid("method " + text(method) + " must not be static");
        }
        found.add(method);
      }
    }
    return found;
  }

  private void scalar() {
    List<Method> methods = methods("eval");
    if (methods.isEmpty()) {
      throw invalid("it has no public method eval");
    }
    for (Method method : methods) {
      signatures.add(
          new FunctionSignature(
              parameters(method, 0), resultType(method), method, null, descriptor(method)));
    }
  }

  private static MethodType descriptor(Method method) {
    return MethodType.methodType(method.getReturnType(), method.getParameterTypes());
  }

  private void table() {
    List<Method> methods = methods("rows");
    if (methods.isEmpty()) {
      throw invalid("it has no public method rows");
    }
    for (Method method : methods) {
      java.lang.reflect.Type element = JavaTypes.elementOf(method.getGenericReturnType());
      Type.Row row = element == null ? null : JavaTypes.row(element);
      if (row == null) {
        throw invalid(
            "method %s must return an Iterable, Iterator or Stream of a record, whose components are"
                    .formatted(text(method))
                + " of the types "
                + JavaTypes.SUPPORTED
                + ", a BigDecimal with @DecimalType, or of such a type");
      }
      if (element instanceof Class<?> record && !Modifier.isPublic(record.getModifiers())) {
        throw invalid("record " + record.getName() + " is not public");
      }
      Type rows = new Type.Array(row);
      if (!signatures.isEmpty() && !signatures.getFirst().result().equals(rows)) {
        throw invalid("its methods rows give different columns");
      }
      signatures.add(
          new FunctionSignature(parameters(method, 0), rows, method, null, descriptor(method)));
    }
  }

  private void aggregate() {
    Class<?> state = stateType();
    List<Method> results = methods("result");
    if (results.size() != 1
        || !Arrays.equals(results.getFirst().getParameterTypes(), new Class<?>[] {state})) {
      throw invalid("expected one public method result(" + state.getSimpleName() + ")");
    }
    result = results.getFirst();
    Type resultType = resultType(results.getFirst());
    for (Method method : methods("merge")) {
      if (!Arrays.equals(method.getParameterTypes(), new Class<?>[] {state, state})
          || method.getReturnType() != void.class) {
        throw invalid(
            "expected void merge(%s, %1$s) but found %s"
                .formatted(state.getSimpleName(), text(method)));
      }
      merge = method;
    }
    List<Method> removes = methods("remove");
    for (Method add : methods("add")) {
      checkStep(add, state);
      Method remove = null;
      for (Method candidate : removes) {
        checkStep(candidate, state);
        if (Arrays.equals(candidate.getParameterTypes(), add.getParameterTypes())) {
          remove = candidate;
        }
      }
      signatures.add(
          new FunctionSignature(
              parameters(add, 1),
              resultType,
              add,
              remove,
              descriptor(add)
                  .dropParameterTypes(0, 1)
                  .changeReturnType(results.getFirst().getReturnType())));
    }
    if (signatures.isEmpty()) {
      throw invalid("it has no public method add(" + state.getSimpleName() + ", …)");
    }
  }

  private void checkStep(Method method, Class<?> state) {
    Class<?>[] types = method.getParameterTypes();
    if (types.length < 2 || types[0] != state || method.getReturnType() != void.class) {
      throw invalid(
          "expected void %s(%s, …) with one argument at least but found %s"
              .formatted(method.getName(), state.getSimpleName(), text(method)));
    }
  }

  private Class<?> stateType() {
    for (Method method : type.getMethods()) {
      if (method.getName().equals("create")
          && method.getParameterCount() == 0
          && !method.isBridge()
          && Serializable.class.isAssignableFrom(method.getReturnType())) {
        Class<?> state = method.getReturnType();
        if (!Modifier.isPublic(state.getModifiers())) {
          throw invalid("its state " + state.getName() + " is not public");
        }
        return state;
      }
    }
    throw invalid("its method create() does not say the class of the state");
  }

  private List<JavaParameter> parameters(Method method, int from) {
    List<JavaParameter> parameters = new ArrayList<>();
    java.lang.reflect.Type[] types = method.getGenericParameterTypes();
    for (int i = from; i < types.length; i++) {
      JavaParameter parameter = JavaTypes.parameter(types[i]);
      if (parameter == null) {
        throw invalid(
            "parameter %d of %s is %s; a parameter can be %s"
                .formatted(i + 1, text(method), text(types[i]), JavaTypes.SUPPORTED));
      }
      parameters.add(parameter);
    }
    return parameters;
  }

  private Type resultType(Method method) {
    java.lang.reflect.Type java = method.getGenericReturnType();
    DecimalType decimal = method.getAnnotation(DecimalType.class);
    if (java == BigDecimal.class && decimal == null) {
      throw invalid(
          "method "
              + text(method)
              + " returns a BigDecimal: which DECIMAL it is has to be said, as in"
              + " @DecimalType(precision = 18, scale = 2)");
    }
    Type sql;
    try {
      sql = JavaTypes.type(java, decimal);
    } catch (IllegalArgumentException noDecimal) {
      throw invalid("of method " + text(method) + ", there is no " + noDecimal.getMessage());
    }
    if (sql == null) {
      throw invalid(
          "method %s returns %s; a result can be %s"
              .formatted(text(method), text(java), JavaTypes.SUPPORTED));
    }
    return sql;
  }

  private static String text(Method method) {
    return Arrays.stream(method.getGenericParameterTypes())
        .map(FunctionClass::text)
        .collect(Collectors.joining(", ", method.getName() + "(", ")"));
  }

  private static String text(java.lang.reflect.Type java) {
    return switch (java) {
      case Class<?> plain -> plain.getSimpleName();
      case ParameterizedType generic ->
          Arrays.stream(generic.getActualTypeArguments())
              .map(FunctionClass::text)
              .collect(Collectors.joining(", ", text(generic.getRawType()) + "<", ">"));
      case TypeVariable<?> variable -> variable.getName();
      case GenericArrayType array -> text(array.getGenericComponentType()) + "[]";
      default -> java.getTypeName();
    };
  }

  private RuntimeException invalid(String what) {
    return FunctionErrors.invalid(function, type.getName(), what);
  }
}
