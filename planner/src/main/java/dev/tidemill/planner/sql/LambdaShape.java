package dev.tidemill.planner.sql;

import static dev.tidemill.plan.expression.LambdaCall.LambdaFunction.FILTER;
import static dev.tidemill.plan.expression.LambdaCall.LambdaFunction.REDUCE;
import static dev.tidemill.plan.expression.LambdaCall.LambdaFunction.TRANSFORM;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.FieldAccess;
import dev.tidemill.plan.expression.LambdaCall;
import dev.tidemill.plan.expression.LambdaCall.LambdaFunction;
import dev.tidemill.plan.expression.LambdaParameter;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The functions that take lambdas: what the parameters of a lambda are, what a call gives, and how
 * it is made of the three that plans have.
 */
enum LambdaShape {
  /** The body's values. */
  ELEMENTS("an ARRAY and a lambda (element [, number]) -> value", 1, 1, 2),

  /** The elements that the body is TRUE for. */
  CHOICE("an ARRAY and a lambda (element [, number]) -> condition", 1, 1, 2),

  /** Whether the body is TRUE for one, for all or for none. */
  ANY("an ARRAY and a lambda (element [, number]) -> condition", 1, 1, 2),
  ALL("an ARRAY and a lambda (element [, number]) -> condition", 1, 1, 2),
  NONE("an ARRAY and a lambda (element [, number]) -> condition", 1, 1, 2),

  /** The body's value with that for the elements before. */
  REDUCTION(
      "an ARRAY, a lambda (reduced, element [, number]) -> value and, before or behind it, an initial value",
      2,
      2,
      3),

  /** The entries of a MAP that the body is TRUE for. */
  ENTRIES("a MAP and a lambda (key, value) -> condition", 1, 2, 2),

  /** A MAP with other keys or other values. */
  KEYS("a MAP and a lambda (key, value) -> key", 1, 2, 2),
  VALUES("a MAP and a lambda (key, value) -> value", 1, 2, 2);

  /** By the names of functions, upper case. */
  private static final Map<String, LambdaShape> BY_NAME = new TreeMap<>();

  static {
    name(ELEMENTS, "APPLY", "ARRAY_APPLY", "ARRAY_TRANSFORM");
    name(ELEMENTS, "LIST_APPLY", "LIST_TRANSFORM", "TRANSFORM");
    name(CHOICE, "ARRAY_FILTER", "FILTER", "LIST_FILTER");
    name(ANY, "ANY_MATCH");
    name(ALL, "ALL_MATCH", "FORALL");
    name(NONE, "NONE_MATCH");
    name(REDUCTION, "AGGREGATE", "ARRAY_REDUCE", "LIST_REDUCE", "REDUCE");
    name(ENTRIES, "MAP_FILTER");
    name(KEYS, "TRANSFORM_KEYS");
    name(VALUES, "TRANSFORM_VALUES");
  }

  private final String form;
  private final int mostArguments;
  private final int leastParameters;
  private final int mostParameters;

  LambdaShape(String form, int mostArguments, int leastParameters, int mostParameters) {
    this.form = form;
    this.mostArguments = mostArguments;
    this.leastParameters = leastParameters;
    this.mostParameters = mostParameters;
  }

  private static void name(LambdaShape shape, String... names) {
    Arrays.stream(names).forEach(n -> BY_NAME.put(n, shape));
  }

  /** Of the function with this name, or null if it takes no lambda. */
  static @Nullable LambdaShape of(String function) {
    return BY_NAME.get(function.toUpperCase(Locale.ROOT));
  }

  static Set<String> names() {
    return BY_NAME.keySet();
  }

  /** What such a function takes, in words. */
  String form() {
    return form;
  }

  /** Whether there may be so many arguments beside the lambda, and so many parameters. */
  boolean takes(int arguments, int parameters) {
    return arguments >= 1
        && arguments <= mostArguments
        && parameters >= leastParameters
        && parameters <= mostParameters;
  }

  /** Whether the first argument is of such a type. */
  boolean takes(Type type) {
    return type instanceof Type.Null || (isOfMaps() ? type instanceof Type.MapType : isArray(type));
  }

  boolean isOfMaps() {
    return this == ENTRIES || this == KEYS || this == VALUES;
  }

  /** Whether the body is a condition. */
  boolean isCondition() {
    return switch (this) {
      case CHOICE, ANY, ALL, NONE, ENTRIES -> true;
      case ELEMENTS, REDUCTION, KEYS, VALUES -> false;
    };
  }

  private static boolean isArray(Type type) {
    return type instanceof Type.Array;
  }

  /**
   * The types of the parameters.
   *
   * @param reduced that of what a {@link #REDUCTION} gives
   */
  List<Type> parameters(Type first, Type reduced) {
    if (isOfMaps()) {
      return first instanceof Type.MapType map
          ? List.of(map.key(), map.value())
          : List.of(Type.NULL, Type.NULL);
    }
    Type element = first instanceof Type.Array array ? array.element() : Type.NULL;
    return this == REDUCTION
        ? List.of(reduced, element, Type.BIGINT)
        : List.of(element, Type.BIGINT);
  }

  /** The type of a call. */
  Type result(Type first, Type reduced, Type body) {
    return switch (this) {
      case ELEMENTS -> new Type.Array(body);
      case CHOICE, ENTRIES -> first;
      case ANY, ALL, NONE -> Type.BOOLEAN;
      case REDUCTION -> reduced;
      case KEYS -> first instanceof Type.MapType map ? new Type.MapType(body, map.value()) : first;
      case VALUES -> first instanceof Type.MapType map ? new Type.MapType(map.key(), body) : first;
    };
  }

  /**
   * The call as plans have it.
   *
   * @param first the id of its first parameter
   * @param translation of the body, with what its parameters are
   */
  Expression translate(
      List<Expression> arguments,
      Type type,
      int first,
      Function<List<Expression>, Expression> translation) {
    Expression of = arguments.get(0);
    return switch (this) {
      case ELEMENTS -> {
        List<LambdaParameter> parameters = numbered(of, first);
        Type.Array array = (Type.Array) type;
        Expression body = Casts.to(array.element(), translation.apply(List.copyOf(parameters)));
        yield new LambdaCall(TRANSFORM, arguments, parameters, body, type, null);
      }
      case CHOICE -> {
        List<LambdaParameter> parameters = numbered(of, first);
        Expression body = condition(translation.apply(List.copyOf(parameters)));
        yield new LambdaCall(FILTER, arguments, parameters, body, of.type(), null);
      }
      case ANY -> match(truths(arguments, first, translation), Literal.TRUE);
      case ALL -> match(truths(arguments, first, translation), Literal.FALSE);
      case NONE -> Expressions.not(match(truths(arguments, first, translation), Literal.TRUE));
      case REDUCTION -> {
        List<LambdaParameter> parameters = new ArrayList<>();
        parameters.add(new LambdaParameter(first, type));
        parameters.addAll(numbered(of, first + 1));
        List<Expression> cast = new ArrayList<>();
        cast.add(arguments.size() > 1 ? of : Casts.to(new Type.Array(type), of));
        if (arguments.size() > 1) {
          cast.add(Casts.to(type, arguments.get(1)));
        } else {
          parameters.set(1, new LambdaParameter(first + 1, type));
        }
        Expression body = Casts.to(type, translation.apply(List.copyOf(parameters)));
        yield new LambdaCall(REDUCE, cast, parameters, body, type, null);
      }
      case ENTRIES -> {
        Expression entries = entries(of);
        List<LambdaParameter> parameters = numbered(entries, first);
        Expression body = condition(translation.apply(fields(parameters.get(0))));
        yield new Call(
            ScalarFunction.MAP_FROM_ENTRIES,
            List.of(
                new LambdaCall(FILTER, List.of(entries), parameters, body, entries.type(), null)),
            type);
      }
      case KEYS -> {
        Type.MapType map = (Type.MapType) type;
        Expression keys = ofEntries(of, map.key(), first, translation);
        yield fromArrays(
            keys,
            new Call(ScalarFunction.MAP_VALUES, List.of(of), new Type.Array(map.value())),
            type);
      }
      case VALUES -> {
        Type.MapType map = (Type.MapType) type;
        Expression values = ofEntries(of, map.value(), first, translation);
        yield fromArrays(
            new Call(ScalarFunction.MAP_KEYS, List.of(of), new Type.Array(map.key())),
            values,
            type);
      }
    };
  }

  private static List<LambdaParameter> numbered(Expression array, int first) {
    return List.of(
        new LambdaParameter(first, ((Type.Array) array.type()).element()),
        new LambdaParameter(first + 1, Type.BIGINT));
  }

  private static Expression condition(Expression body) {
    return Casts.to(Type.BOOLEAN, body);
  }

  private static Expression truths(
      List<Expression> arguments, int first, Function<List<Expression>, Expression> translation) {
    return ELEMENTS.translate(arguments, new Type.Array(Type.BOOLEAN), first, translation);
  }

  /** Whether one is {@code decisive}, NULL where that is not known, else the opposite. */
  private static Expression match(Expression truths, Literal decisive) {
    Expression known = new Call(ScalarFunction.ARRAY_COMPACT, List.of(truths), truths.type());
    Expression anyUnknown =
        Expressions.call(
            ScalarFunction.GREATER,
            Type.BOOLEAN,
            Expressions.call(ScalarFunction.CARDINALITY, Type.INTEGER, truths),
            Expressions.call(ScalarFunction.CARDINALITY, Type.INTEGER, known));
    return new Case(
        List.of(
            new Case.When(
                Expressions.call(ScalarFunction.ARRAY_CONTAINS, Type.BOOLEAN, truths, decisive),
                decisive),
            new Case.When(
                Expressions.or(List.of(Expressions.isNull(truths), anyUnknown)),
                Literal.nullOf(Type.BOOLEAN))),
        decisive.equals(Literal.TRUE) ? Literal.FALSE : Literal.TRUE,
        Type.BOOLEAN);
  }

  private static Expression entries(Expression map) {
    return new Call(
        ScalarFunction.MAP_ENTRIES,
        List.of(map),
        new Type.Array(((Type.MapType) map.type()).entries()));
  }

  /** The key and the value of an entry. */
  private static List<Expression> fields(LambdaParameter entry) {
    List<Type.RowField> fields = ((Type.Row) entry.type()).fields();
    return List.of(
        new FieldAccess(entry, 0, fields.get(0).type()),
        new FieldAccess(entry, 1, fields.get(1).type()));
  }

  private static Expression ofEntries(
      Expression map, Type element, int first, Function<List<Expression>, Expression> translation) {
    Expression entries = entries(map);
    List<LambdaParameter> parameters = numbered(entries, first);
    Expression body = Casts.to(element, translation.apply(fields(parameters.get(0))));
    return new LambdaCall(
        LambdaFunction.TRANSFORM,
        List.of(entries),
        parameters,
        body,
        new Type.Array(element),
        null);
  }

  private static Expression fromArrays(Expression keys, Expression values, Type type) {
    return new Call(ScalarFunction.MAP_FROM_ARRAYS, List.of(keys, values), type);
  }
}
