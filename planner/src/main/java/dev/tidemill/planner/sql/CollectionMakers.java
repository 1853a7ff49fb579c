package dev.tidemill.planner.sql;

import static dev.tidemill.planner.sql.CollectionSignatures.areIntegers;
import static dev.tidemill.planner.sql.CollectionSignatures.comparableArray;
import static dev.tidemill.planner.sql.CollectionSignatures.isInteger;
import static dev.tidemill.planner.sql.CollectionSignatures.isText;
import static dev.tidemill.planner.sql.CollectionSignatures.own;
import static dev.tidemill.planner.sql.CollectionSignatures.plain;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.sql.CollectionSignatures.Signature;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.jspecify.annotations.Nullable;

/** Functions that make ARRAYs, MAPs and ROWs of other values, and vectors as ARRAYs of numbers. */
final class CollectionMakers {
  /** What LIST_HISTOGRAM and others are made of. */
  static final String COUNTS = "LIST_ELEMENT_COUNTS";

  private final FunctionList functions;

  private CollectionMakers(FunctionList functions) {
    this.functions = functions;
  }

  static void addTo(FunctionList functions) {
    CollectionMakers makers = new CollectionMakers(functions);
    makers.maps();
    makers.makers();
  }

  /** The digits of a second that times of a series have. */
  private static final int MICROSECONDS = 6;

  private void maps() {
    add(
        "MAP_KEYS",
        1,
        1,
        t -> t.get(0) instanceof Type.MapType map ? new Type.Array(map.key()) : null,
        plain(ScalarFunction.MAP_KEYS));
    add(
        "MAP_VALUES",
        1,
        1,
        t -> t.get(0) instanceof Type.MapType map ? new Type.Array(map.value()) : null,
        plain(ScalarFunction.MAP_VALUES));
    add(
        "MAP_ENTRIES",
        1,
        1,
        t -> t.get(0) instanceof Type.MapType map ? new Type.Array(map.entries()) : null,
        plain(ScalarFunction.MAP_ENTRIES));
    add(
        "MAP_FROM_ARRAYS",
        2,
        2,
        t ->
            t.get(0) instanceof Type.Array keys
                    && t.get(1) instanceof Type.Array values
                    && !NestedValues.hasMap(keys)
                ? new Type.MapType(keys.element(), values.element())
                : null,
        plain(ScalarFunction.MAP_FROM_ARRAYS));
    add(
        "MAP_FROM_ENTRIES",
        1,
        1,
        t ->
            t.get(0) instanceof Type.Array array
                    && array.element() instanceof Type.Row row
                    && row.fields().size() == 2
                    && !NestedValues.hasMap(row.fields().get(0).type())
                ? new Type.MapType(row.fields().get(0).type(), row.fields().get(1).type())
                : null,
        plain(ScalarFunction.MAP_FROM_ENTRIES));
  }

  private void makers() {
    for (String name : List.of("SPLIT", "STRING_SPLIT", "STR_SPLIT", "STRING_TO_ARRAY")) {
      add(
          name,
          2,
          2,
          t -> isText(t.get(0)) && isText(t.get(1)) ? new Type.Array(Type.VARCHAR) : null,
          plain(ScalarFunction.SPLIT));
    }
    for (String name :
        List.of("REGEXP_SPLIT_TO_ARRAY", "STRING_SPLIT_REGEX", "STR_SPLIT_REGEX", "REGEXP_SPLIT")) {
      add(
          name,
          2,
          2,
          t -> isText(t.get(0)) && isText(t.get(1)) ? new Type.Array(Type.VARCHAR) : null,
          plain(ScalarFunction.REGEXP_SPLIT));
    }
    add(
        "REGEXP_EXTRACT_ALL",
        2,
        3,
        t ->
            isText(t.get(0)) && isText(t.get(1)) && (t.size() == 2 || isInteger(t.get(2)))
                ? new Type.Array(Type.VARCHAR)
                : null,
        (a, t, p) ->
            Expressions.call(
                ScalarFunction.REGEXP_EXTRACT_ALL,
                t,
                a.get(0),
                a.get(1),
                a.size() == 2 ? new Literal(Type.INTEGER, 0L) : Casts.to(Type.INTEGER, a.get(2))));
    add(
        "JSON_KEYS",
        1,
        1,
        t -> isText(t.get(0)) ? new Type.Array(Type.VARCHAR) : null,
        plain(ScalarFunction.JSON_KEYS));
    distance("INNER_PRODUCT", ScalarFunction.ARRAY_INNER_PRODUCT);
    distance("DOT_PRODUCT", ScalarFunction.ARRAY_INNER_PRODUCT);
    distance("DISTANCE", ScalarFunction.ARRAY_DISTANCE);
    distance("COSINE_SIMILARITY", ScalarFunction.ARRAY_COSINE_SIMILARITY);
    add(
        "SEQUENCE",
        2,
        3,
        CollectionMakers::series,
        (a, t, p) -> series(ScalarFunction.SEQUENCE, a, t));
    add(
        "GENERATE_SERIES",
        1,
        3,
        CollectionMakers::series,
        (a, t, p) -> series(ScalarFunction.SEQUENCE, upwards(a), t));
    add(
        "RANGE",
        1,
        3,
        CollectionMakers::series,
        (a, t, p) -> series(ScalarFunction.RANGE, upwards(a), t));
    for (String name : List.of("LIST_SELECT", "ARRAY_SELECT")) {
      add(
          name,
          2,
          2,
          t ->
              t.get(0) instanceof Type.Array
                      && t.get(1) instanceof Type.Array indexes
                      && (isInteger(indexes.element()) || indexes.element() instanceof Type.Null)
                  ? t.get(0)
                  : null,
          (a, t, p) ->
              new Call(
                  ScalarFunction.ARRAY_SELECT,
                  List.of(a.get(0), Casts.to(new Type.Array(Type.BIGINT), a.get(1))),
                  t));
    }
    add(
        COUNTS,
        1,
        1,
        t ->
            comparableArray(t.get(0)) instanceof Type.Array array
                ? new Type.MapType(array.element(), Type.BIGINT)
                : null,
        plain(ScalarFunction.ARRAY_HISTOGRAM));
    for (String name : List.of("LIST_ZIP", "ARRAY_ZIP")) {
      add(name, 1, -1, CollectionMakers::zipped, plain(ScalarFunction.ARRAYS_ZIP));
    }
    functions.add(
        "NAMED_STRUCT",
        CollectionMakers::named,
        new CollectionSignatures.Operands(
            2,
            -1,
            binding -> {
              for (int i = 0; i < binding.getOperandCount(); i += 2) {
                if (!binding.isOperandLiteral(i, false) || !isText(own(binding, i))) {
                  return false;
                }
              }
              return binding.getOperandCount() % 2 == 0;
            },
            "NAMED_STRUCT('name', value, …)"),
        (a, t, p) -> {
          List<Expression> values = new ArrayList<>();
          for (int i = 1; i < a.size(); i += 2) {
            values.add(a.get(i));
          }
          return NestedValues.row(values, t);
        });
  }

  /** LIST_… and ARRAY_… of two arrays of numbers. */
  private void distance(String measure, ScalarFunction function) {
    Type numbers = new Type.Array(Type.DOUBLE);
    for (String kind : List.of("LIST_", "ARRAY_")) {
      add(
          kind + measure,
          2,
          2,
          t -> isNumbers(t.get(0)) && isNumbers(t.get(1)) ? Type.DOUBLE : null,
          (a, t, p) ->
              Expressions.call(
                  function, t, Casts.to(numbers, a.get(0)), Casts.to(numbers, a.get(1))));
    }
  }

  private static boolean isNumbers(Type type) {
    return type instanceof Type.Array array
        && switch (array.element()) {
          case Type.Int t -> true;
          case Type.Real t -> true;
          case Type.DoubleType t -> true;
          case Type.Decimal t -> true;
          case Type.Null t -> true;
          default -> false;
        };
  }

  private static @Nullable Type zipped(List<Type> types) {
    List<Type.RowField> fields = new ArrayList<>();
    for (Type type : types) {
      if (!(type instanceof Type.Array array)) {
        return null;
      }
      fields.add(new Type.RowField("f" + (fields.size() + 1), array.element()));
    }
    return new Type.Array(new Type.Row(fields));
  }

  private static @Nullable RelDataType named(SqlOperatorBinding binding) {
    List<Type.RowField> fields = new ArrayList<>();
    for (int i = 0; i + 1 < binding.getOperandCount(); i += 2) {
      String name = binding.getOperandLiteralValue(i, String.class);
      if (name == null || fields.stream().anyMatch(f -> f.name().equalsIgnoreCase(name))) {
        return null;
      }
      fields.add(new Type.RowField(name, own(binding, i + 1)));
    }
    return RelTypes.toRel(binding.getTypeFactory(), new Type.Row(fields), false);
  }

  /** Of integers, or of times that are an interval apart. */
  private static @Nullable Type series(List<Type> types) {
    boolean ofTimes =
        types.size() == 3
            && isTime(types.get(0))
            && isTime(types.get(1))
            && (types.get(2) instanceof Type.MonthInterval
                || types.get(2) instanceof Type.TimeInterval);
    return ofTimes
        ? new Type.Array(new Type.Timestamp(MICROSECONDS))
        : areIntegers(types) ? new Type.Array(Type.BIGINT) : null;
  }

  private static boolean isTime(Type type) {
    return type instanceof Type.Date
        || type instanceof Type.Timestamp time && time.precision() <= MICROSECONDS;
  }

  /** From, to and step, where the last alone was given, or none was. */
  private static List<Expression> upwards(List<Expression> arguments) {
    List<Expression> all = new ArrayList<>(arguments);
    if (all.size() == 1) {
      all.addFirst(new Literal(Type.BIGINT, 0L));
    }
    if (all.size() == 2) {
      all.add(new Literal(Type.BIGINT, 1L));
    }
    return all;
  }

  private static Expression series(ScalarFunction function, List<Expression> arguments, Type type) {
    Type element = ((Type.Array) type).element();
    List<Expression> bounds = new ArrayList<>();
    for (Expression argument : arguments) {
      boolean isStep = bounds.size() == 2;
      bounds.add(isStep && !(element instanceof Type.Int) ? argument : Casts.to(element, argument));
    }
    return new Call(function, bounds, type);
  }

  /** {@code most} is -1 where there is no end. */
  private void add(
      String name, int least, int most, Signature signature, Functions.Translation translation) {
    CollectionSignatures.add(functions, name, least, most, signature, translation);
  }
}
