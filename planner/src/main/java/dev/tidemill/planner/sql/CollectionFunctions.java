package dev.tidemill.planner.sql;

import static dev.tidemill.planner.sql.CollectionSignatures.areIntegers;
import static dev.tidemill.planner.sql.CollectionSignatures.cast;
import static dev.tidemill.planner.sql.CollectionSignatures.common;
import static dev.tidemill.planner.sql.CollectionSignatures.commonOf;
import static dev.tidemill.planner.sql.CollectionSignatures.comparableArray;
import static dev.tidemill.planner.sql.CollectionSignatures.grown;
import static dev.tidemill.planner.sql.CollectionSignatures.isCollection;
import static dev.tidemill.planner.sql.CollectionSignatures.isInteger;
import static dev.tidemill.planner.sql.CollectionSignatures.isText;
import static dev.tidemill.planner.sql.CollectionSignatures.plain;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.CommonType;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.sql.CollectionSignatures.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * The functions of ARRAYs and MAPs. Each says of the types of its arguments what type it gives, or
 * that it does not take them; its translation casts the arguments.
 */
final class CollectionFunctions {
  /** Those that are not NULL just because an argument is an untyped NULL. */
  static final Set<String> TAKING_NULLS =
      Set.of(
          "ARRAY_APPEND",
          "LIST_APPEND",
          "ARRAY_PUSH_BACK",
          "ARRAY_PREPEND",
          "LIST_PREPEND",
          "ARRAY_PUSH_FRONT",
          "NAMED_STRUCT");

  private final FunctionList functions;

  private CollectionFunctions(FunctionList functions) {
    this.functions = functions;
  }

  static void addTo(FunctionList functions) {
    CollectionFunctions collections = new CollectionFunctions(functions);
    collections.sizes();
    collections.searches();
    collections.compositions();
    collections.rearrangements();
    collections.sums();
  }

  private void sizes() {
    for (String name : List.of("CARDINALITY", "ARRAY_LENGTH", "ARRAY_SIZE", "LIST_SIZE", "SIZE")) {
      add(
          name,
          1,
          1,
          t -> isCollection(t.get(0)) ? Type.INTEGER : null,
          plain(ScalarFunction.CARDINALITY));
    }
  }

  private void searches() {
    for (String name : List.of("ELEMENT_AT", "LIST_ELEMENT", "ARRAY_EXTRACT", "LIST_EXTRACT")) {
      add(
          name,
          2,
          2,
          t ->
              switch (t.get(0)) {
                case Type.Array array -> isInteger(t.get(1)) ? array.element() : null;
                case Type.MapType map ->
                    CommonType.of(map.key(), t.get(1)) == null ? null : map.value();
                default -> null;
              },
          (a, t, p) -> NestedValues.item(a.get(0), a.get(1), t, Positions.of(p)));
    }
    Map<String, Long> ends =
        Map.of("ARRAY_FIRST", 1L, "LIST_FIRST", 1L, "ARRAY_LAST", -1L, "LIST_LAST", -1L);
    ends.forEach(
        (name, place) ->
            add(
                name,
                1,
                1,
                t -> t.get(0) instanceof Type.Array array ? array.element() : null,
                (a, t, p) ->
                    NestedValues.item(
                        a.get(0), new Literal(Type.BIGINT, place), t, Positions.of(p))));
    for (String name : List.of("ARRAY_CONTAINS", "ARRAY_HAS", "LIST_CONTAINS", "LIST_HAS")) {
      add(name, 2, 2, t -> searched(t, Type.BOOLEAN), search(ScalarFunction.ARRAY_CONTAINS));
    }
    for (String name :
        List.of("ARRAY_POSITION", "ARRAY_INDEXOF", "LIST_POSITION", "LIST_INDEXOF")) {
      add(name, 2, 2, t -> searched(t, Type.INTEGER), search(ScalarFunction.ARRAY_POSITION));
    }
    for (String name : List.of("ARRAY_REMOVE", "LIST_REMOVE")) {
      add(name, 2, 2, t -> searched(t, t.get(0)), search(ScalarFunction.ARRAY_REMOVE));
    }
    for (String name : List.of("ARRAY_MIN", "LIST_MIN")) {
      add(name, 1, 1, t -> ordered(t.get(0)), plain(ScalarFunction.ARRAY_MIN));
    }
    for (String name : List.of("ARRAY_MAX", "LIST_MAX")) {
      add(name, 1, 1, t -> ordered(t.get(0)), plain(ScalarFunction.ARRAY_MAX));
    }
    for (String name : List.of("MAP_CONTAINS", "MAP_CONTAINS_KEY")) {
      add(
          name,
          2,
          2,
          t ->
              t.get(0) instanceof Type.MapType map && CommonType.of(map.key(), t.get(1)) != null
                  ? Type.BOOLEAN
                  : null,
          (a, t, p) ->
              search(ScalarFunction.ARRAY_CONTAINS)
                  .translate(List.of(keys(a.get(0)), a.get(1)), t, p));
    }
  }

  private void compositions() {
    for (String name : List.of("ARRAY_APPEND", "LIST_APPEND", "ARRAY_PUSH_BACK")) {
      add(
          name,
          2,
          2,
          t -> grown(t.get(0), t.get(1)),
          (a, t, p) -> joined(List.of(a.get(0), single(a.get(1), t)), t));
    }
    // (array, element) as in Spark and Flink, (element, array) as in DuckDB and PostgreSQL.
    for (String name : List.of("ARRAY_PREPEND", "LIST_PREPEND", "ARRAY_PUSH_FRONT")) {
      add(
          name,
          2,
          2,
          t ->
              grown(t.get(0), t.get(1)) == null
                  ? grown(t.get(1), t.get(0))
                  : grown(t.get(0), t.get(1)),
          (a, t, p) -> {
            boolean arrayFirst = grown(a.get(0).type(), a.get(1).type()) != null;
            Expression array = a.get(arrayFirst ? 0 : 1);
            return joined(List.of(single(a.get(arrayFirst ? 1 : 0), t), array), t);
          });
    }
    for (String name : List.of("ARRAY_CONCAT", "ARRAY_CAT", "LIST_CONCAT", "LIST_CAT")) {
      add(name, 1, -1, CollectionSignatures::common, (a, t, p) -> joined(a, t));
    }
    add(
        "ARRAY_UNION",
        2,
        2,
        t -> comparableArray(common(t)),
        (a, t, p) -> new Call(ScalarFunction.ARRAY_DISTINCT, List.of(joined(a, t)), t));
    for (String name : List.of("ARRAY_INTERSECT", "LIST_INTERSECT")) {
      add(name, 2, 2, t -> comparableArray(common(t)), both(ScalarFunction.ARRAY_INTERSECT));
    }
    add("ARRAY_EXCEPT", 2, 2, t -> comparableArray(common(t)), both(ScalarFunction.ARRAY_EXCEPT));
    for (String name : List.of("ARRAYS_OVERLAP", "ARRAY_HAS_ANY", "LIST_HAS_ANY")) {
      add(
          name,
          2,
          2,
          t -> comparableArray(common(t)) == null ? null : Type.BOOLEAN,
          (a, t, p) ->
              new Call(
                  ScalarFunction.ARRAYS_OVERLAP,
                  cast(a, commonOf(a.stream().map(Expression::type).toList())),
                  t));
    }
    for (String name : List.of("ARRAY_JOIN", "ARRAY_TO_STRING")) {
      add(
          name,
          2,
          3,
          t ->
              t.get(0) instanceof Type.Array
                      && t.subList(1, t.size()).stream().allMatch(CollectionSignatures::isText)
                  ? Type.VARCHAR
                  : null,
          (a, t, p) -> {
            List<Expression> arguments = new ArrayList<>(a);
            arguments.set(0, Casts.to(new Type.Array(Type.VARCHAR), a.get(0)));
            return new Call(ScalarFunction.ARRAY_JOIN, arguments, t);
          });
    }
    add(
        "FLATTEN",
        1,
        1,
        t ->
            t.get(0) instanceof Type.Array outer && outer.element() instanceof Type.Array inner
                ? inner
                : null,
        plain(ScalarFunction.FLATTEN));
  }

  private void rearrangements() {
    for (String name : List.of("ARRAY_DISTINCT", "LIST_DISTINCT")) {
      add(name, 1, 1, t -> comparableArray(t.get(0)), plain(ScalarFunction.ARRAY_DISTINCT));
    }
    for (String name : List.of("ARRAY_REVERSE", "LIST_REVERSE")) {
      add(
          name,
          1,
          1,
          t -> t.get(0) instanceof Type.Array ? t.get(0) : null,
          plain(ScalarFunction.ARRAY_REVERSE));
    }
    for (String name : List.of("ARRAY_SORT", "LIST_SORT")) {
      add(
          name,
          1,
          3,
          t ->
              t.subList(1, t.size()).stream().allMatch(CollectionSignatures::isText)
                  ? comparableArray(t.get(0))
                  : null,
          (a, t, p) ->
              sorted(
                  a.get(0),
                  word(a, 1, "ASC", "DESC", p),
                  word(a, 2, "NULLS LAST", "NULLS FIRST", p),
                  t));
    }
    add(
        "SORT_ARRAY",
        1,
        2,
        t -> t.size() == 1 || t.get(1) instanceof Type.Bool ? comparableArray(t.get(0)) : null,
        (a, t, p) -> {
          Object ascending = a.size() == 1 ? Boolean.TRUE : constant(a.get(1), p);
          boolean up = !Boolean.FALSE.equals(ascending);
          return sorted(a.get(0), !up, up, t);
        });
    for (String name : List.of("ARRAY_REVERSE_SORT", "LIST_REVERSE_SORT")) {
      add(
          name,
          1,
          1,
          t -> comparableArray(t.get(0)),
          (a, t, p) -> sorted(a.get(0), true, false, t));
    }
    Map<String, List<Long>> without =
        Map.of("ARRAY_POP_BACK", List.of(1L, -2L), "ARRAY_POP_FRONT", List.of(2L, -1L));
    without.forEach(
        (name, bounds) ->
            add(
                name,
                1,
                1,
                t -> t.get(0) instanceof Type.Array ? t.get(0) : null,
                (a, t, p) ->
                    new Call(
                        ScalarFunction.ARRAY_SLICE,
                        List.of(
                            a.get(0),
                            new Literal(Type.BIGINT, bounds.get(0)),
                            new Literal(Type.BIGINT, bounds.get(1))),
                        t)));
    for (String name : List.of("ARRAY_SLICE", "LIST_SLICE")) {
      add(
          name,
          3,
          3,
          t -> isText(t.get(0)) && areIntegers(t.subList(1, 3)) ? Type.VARCHAR : sliced(t),
          slice(ScalarFunction.ARRAY_SLICE));
    }
    add("SLICE", 3, 3, CollectionFunctions::sliced, slice(ScalarFunction.SLICE));
  }

  /** What DuckDB's list functions give of the elements that are not NULL. */
  private void sums() {
    for (String name : List.of("ARRAY_SUM", "LIST_SUM")) {
      add(name, 1, 1, t -> sum(t.get(0)), (a, t, p) -> sum(a.get(0), t));
    }
    for (String name : List.of("ARRAY_AVG", "LIST_AVG")) {
      add(
          name,
          1,
          1,
          t -> sum(t.get(0)) == null ? null : Type.DOUBLE,
          (a, t, p) -> average(a.get(0)));
    }
    for (String name : List.of("ARRAY_COUNT", "LIST_COUNT")) {
      add(
          name,
          1,
          1,
          t -> t.get(0) instanceof Type.Array ? Type.INTEGER : null,
          (a, t, p) -> count(compact(a.get(0))));
    }
    for (String name : List.of("ARRAY_UNIQUE", "LIST_UNIQUE")) {
      add(
          name,
          1,
          1,
          t -> comparableArray(t.get(0)) == null ? null : Type.INTEGER,
          (a, t, p) ->
              count(
                  new Call(
                      ScalarFunction.ARRAY_DISTINCT, List.of(compact(a.get(0))), a.get(0).type())));
    }
    for (String name : List.of("ARRAY_ANY_VALUE", "LIST_ANY_VALUE")) {
      add(
          name,
          1,
          1,
          t -> t.get(0) instanceof Type.Array array ? array.element() : null,
          (a, t, p) -> end(compact(a.get(0)), 1, t, p));
    }
    add(
        "ARRAY_COMPACT",
        1,
        1,
        t -> t.get(0) instanceof Type.Array ? t.get(0) : null,
        (a, t, p) -> compact(a.get(0)));
    for (String name : List.of("ARRAY_HAS_ALL", "LIST_HAS_ALL")) {
      add(
          name,
          2,
          2,
          t -> comparableArray(common(t)) == null ? null : Type.BOOLEAN,
          (a, t, p) -> {
            Type common = commonOf(a.stream().map(Expression::type).toList());
            Expression missing =
                new Call(
                    ScalarFunction.ARRAY_EXCEPT,
                    cast(List.of(compact(a.get(1)), a.get(0)), common),
                    common);
            return Expressions.equal(count(missing), new Literal(Type.INTEGER, 0));
          });
    }
  }

  /** The type of a sum of an array's elements, or null if they are no numbers. */
  private static @Nullable Type sum(Type array) {
    return switch (array instanceof Type.Array own ? own.element() : Type.VARCHAR) {
      case Type.Int t -> Type.BIGINT;
      case Type.Null t -> Type.BIGINT;
      case Type.Real t -> Type.DOUBLE;
      case Type.DoubleType t -> Type.DOUBLE;
      case Type.Decimal t -> new Type.Decimal(38, t.scale());
      default -> null;
    };
  }

  private static Expression sum(Expression array, Type type) {
    return new Call(ScalarFunction.ARRAY_SUM, List.of(Casts.to(new Type.Array(type), array)), type);
  }

  private static Expression average(Expression array) {
    Expression count = Casts.to(Type.DOUBLE, count(compact(array)));
    return new Call(ScalarFunction.DIVIDE, List.of(sum(array, Type.DOUBLE), count), Type.DOUBLE);
  }

  /** How many different values an ARRAY has, as COUNT(DISTINCT) of them: 0 where it is NULL. */
  static Expression countDistinct(Expression array) {
    Expression distinct =
        new Call(ScalarFunction.ARRAY_DISTINCT, List.of(compact(array)), array.type());
    return new Case(
        List.of(
            new Case.When(Expressions.isNotNull(array), Casts.to(Type.BIGINT, count(distinct)))),
        new Literal(Type.BIGINT, 0L),
        Type.BIGINT);
  }

  private static Expression count(Expression array) {
    return new Call(ScalarFunction.CARDINALITY, List.of(array), Type.INTEGER);
  }

  private static Expression compact(Expression array) {
    return new Call(ScalarFunction.ARRAY_COMPACT, List.of(array), array.type());
  }

  private static Expression end(Expression array, long place, Type type, SqlParserPos position) {
    return NestedValues.item(array, new Literal(Type.BIGINT, place), type, Positions.of(position));
  }

  private static @Nullable Type searched(List<Type> types, Type result) {
    Type common = grown(types.get(0), types.get(1));
    return comparableArray(common) == null ? null : result;
  }

  private static @Nullable Type ordered(Type type) {
    return comparableArray(type) instanceof Type.Array array ? array.element() : null;
  }

  private static @Nullable Type sliced(List<Type> types) {
    return types.get(0) instanceof Type.Array && areIntegers(types.subList(1, 3))
        ? types.get(0)
        : null;
  }

  private static Functions.Translation search(ScalarFunction function) {
    return (arguments, type, position) -> {
      Expression array = arguments.get(0);
      Expression element = arguments.get(1);
      Type.Array common = (Type.Array) commonArray(array.type(), element.type());
      return new Call(
          function,
          List.of(Casts.to(common, array), Casts.to(common.element(), element)),
          type instanceof Type.Array ? common : type);
    };
  }

  private static Type commonArray(Type array, Type element) {
    Type common = grown(array, element);
    return common == null ? array : common;
  }

  private static Functions.Translation both(ScalarFunction function) {
    return (arguments, type, position) -> new Call(function, cast(arguments, type), type);
  }

  private static Expression joined(List<Expression> arrays, Type type) {
    return new Call(ScalarFunction.ARRAY_CONCAT, cast(arrays, type), type);
  }

  /** {@code a || b} of ARRAYs. */
  static Expression concatenation(List<Expression> arrays, Type type, SqlParserPos position) {
    Type common = common(arrays.stream().map(Expression::type).toList());
    if (common == null || !common.equals(type)) {
      throw PlannerErrors.noCommonType(
          arrays.get(0).type(), arrays.get(1).type(), Positions.of(position));
    }
    return joined(arrays, type);
  }

  /** CONTAINS(array, element), which is also one of texts. */
  static Expression contains(List<Expression> arguments, Type type, SqlParserPos position) {
    if (searched(arguments.stream().map(Expression::type).toList(), type) == null) {
      throw PlannerErrors.noCommonType(
          arguments.get(0).type(), arguments.get(1).type(), Positions.of(position));
    }
    return search(ScalarFunction.ARRAY_CONTAINS).translate(arguments, type, position);
  }

  private static Expression single(Expression element, Type type) {
    return NestedValues.array(List.of(element), type);
  }

  private static Expression keys(Expression map) {
    return new Call(
        ScalarFunction.MAP_KEYS, List.of(map), new Type.Array(((Type.MapType) map.type()).key()));
  }

  private static Expression sorted(
      Expression array, boolean descending, boolean nullsFirst, Type type) {
    return new Call(
        ScalarFunction.ARRAY_SORT,
        List.of(
            array, new Literal(Type.BOOLEAN, descending), new Literal(Type.BOOLEAN, nullsFirst)),
        type);
  }

  /** Whether the argument is the other of two words. */
  private static boolean word(
      List<Expression> arguments, int index, String first, String other, SqlParserPos position) {
    if (index >= arguments.size()) {
      return false;
    }
    String word =
        String.valueOf(constant(arguments.get(index), position)).strip().toUpperCase(Locale.ROOT);
    if (!word.equals(first) && !word.equals(other)) {
      throw PlannerErrors.argumentsInvalid(
          "the order of an array is '" + first + "' or '" + other + "', not '" + word + "'",
          Positions.of(position));
    }
    return word.equals(other);
  }

  private static @Nullable Object constant(Expression argument, SqlParserPos position) {
    if (argument instanceof Literal literal) {
      return literal.value();
    }
    throw PlannerErrors.argumentsInvalid(
        "the order of an array is a constant", Positions.of(position));
  }

  private static Functions.Translation slice(ScalarFunction function) {
    return (arguments, type, position) ->
        new Call(
            function,
            List.of(
                arguments.get(0),
                Casts.to(Type.BIGINT, arguments.get(1)),
                Casts.to(Type.BIGINT, arguments.get(2))),
            type);
  }

  /** {@code most} is -1 where there is no end. */
  private void add(
      String name, int least, int most, Signature signature, Functions.Translation translation) {
    CollectionSignatures.add(functions, name, least, most, signature, translation);
  }
}
