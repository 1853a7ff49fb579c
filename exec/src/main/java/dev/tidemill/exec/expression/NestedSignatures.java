package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.List;

/** {@link Signatures} of the functions of nested values. */
final class NestedSignatures {
  private NestedSignatures() {}

  static boolean accept(ScalarFunction function, List<Type> types, Type result) {
    return switch (function) {
      case ARRAY ->
          result instanceof Type.Array a && types.stream().allMatch(t -> same(t, a.element()));
      case MAP -> result instanceof Type.MapType m && entries(types, m);
      case ROW -> result instanceof Type.Row row && fields(types, row);
      case ITEM -> types.size() == 2 && item(types.get(0), types.get(1), result);
      case CARDINALITY ->
          types.size() == 1
              && (types.get(0) instanceof Type.Array || types.get(0) instanceof Type.MapType)
              && result.equals(Type.INTEGER);
      case ARRAY_CONTAINS -> searches(types) && result instanceof Type.Bool;
      case ARRAY_POSITION -> searches(types) && result.equals(Type.INTEGER);
      case ARRAY_REMOVE -> searches(types) && same(types.get(0), result);
      case ARRAY_MIN, ARRAY_MAX -> sortable(types, 1) && same(element(types.get(0)), result);
      case ARRAY_SUM ->
          types.size() == 1
              && (result.equals(Type.BIGINT)
                  || result instanceof Type.DoubleType
                  || result instanceof Type.Decimal)
              && types.get(0).equals(new Type.Array(result));
      case ARRAY_COMPACT ->
          types.size() == 1 && types.get(0) instanceof Type.Array && same(types.get(0), result);
      case ARRAY_CONCAT ->
          !types.isEmpty()
              && result instanceof Type.Array
              && types.stream().allMatch(t -> same(t, result));
      case ARRAY_INTERSECT, ARRAY_EXCEPT ->
          sortable(types, 2) && same(types.get(1), types.get(0)) && same(types.get(0), result);
      case ARRAYS_OVERLAP ->
          sortable(types, 2) && same(types.get(1), types.get(0)) && result instanceof Type.Bool;
      case ARRAY_JOIN ->
          types.size() >= 2
              && types.size() <= 3
              && types.get(0) instanceof Type.Array a
              && isText(a.element())
              && types.subList(1, types.size()).stream().allMatch(NestedSignatures::isText)
              && isText(result);
      case FLATTEN ->
          types.size() == 1
              && types.get(0) instanceof Type.Array outer
              && outer.element() instanceof Type.Array
              && same(outer.element(), result);
      case ARRAY_DISTINCT -> sortable(types, 1) && same(types.get(0), result);
      case ARRAY_HISTOGRAM ->
          sortable(types, 1)
              && result instanceof Type.MapType m
              && same(element(types.get(0)), m.key())
              && m.value().equals(Type.BIGINT);
      case ARRAY_REVERSE ->
          types.size() == 1 && types.get(0) instanceof Type.Array && same(types.get(0), result);
      case ARRAY_SORT ->
          types.size() == 3
              && sortable(types.subList(0, 1), 1)
              && types.get(1) instanceof Type.Bool
              && types.get(2) instanceof Type.Bool
              && same(types.get(0), result);
      case ARRAY_SLICE, SLICE ->
          types.size() == 3
              && (types.get(0) instanceof Type.Array
                  || types.get(0) instanceof Type.Varchar && function == ScalarFunction.ARRAY_SLICE)
              && types.get(1) instanceof Type.Int
              && types.get(2) instanceof Type.Int
              && same(types.get(0), result);
      case ARRAY_SELECT ->
          types.size() == 2
              && types.get(0) instanceof Type.Array
              && types.get(1).equals(new Type.Array(Type.BIGINT))
              && same(types.get(0), result);
      case ARRAYS_ZIP ->
          !types.isEmpty()
              && types.stream().allMatch(Type.Array.class::isInstance)
              && result instanceof Type.Array a
              && a.element() instanceof Type.Row row
              && fields(types.stream().map(NestedSignatures::element).toList(), row);
      case MAP_KEYS ->
          isMap(types) instanceof Type.MapType m && same(new Type.Array(m.key()), result);
      case MAP_VALUES ->
          isMap(types) instanceof Type.MapType m && same(new Type.Array(m.value()), result);
      case MAP_ENTRIES ->
          isMap(types) instanceof Type.MapType m && same(new Type.Array(m.entries()), result);
      case MAP_FROM_ARRAYS ->
          types.size() == 2
              && result instanceof Type.MapType m
              && same(types.get(0), new Type.Array(m.key()))
              && same(types.get(1), new Type.Array(m.value()))
              && !hasMap(m.key());
      case MAP_FROM_ENTRIES ->
          types.size() == 1
              && result instanceof Type.MapType m
              && types.get(0) instanceof Type.Array a
              && a.element() instanceof Type.Row row
              && row.fields().size() == 2
              && same(row.fields().get(0).type(), m.key())
              && same(row.fields().get(1).type(), m.value())
              && !hasMap(m.key());
      case ARRAY_INNER_PRODUCT, ARRAY_DISTANCE, ARRAY_COSINE_SIMILARITY ->
          types.size() == 2
              && types.stream().allMatch(new Type.Array(Type.DOUBLE)::equals)
              && result instanceof Type.DoubleType;
      case REGEXP_EXTRACT_ALL ->
          types.size() == 3
              && isText(types.get(0))
              && isText(types.get(1))
              && types.get(2).equals(Type.INTEGER)
              && isTexts(result);
      case JSON_KEYS -> types.size() == 1 && isText(types.get(0)) && isTexts(result);
      case JSON_EXTRACT_ALL ->
          types.size() == 3
              && isText(types.get(0))
              && isText(types.get(1))
              && types.get(2) instanceof Type.Bool
              && isTexts(result);
      case JSON_ENTRIES ->
          types.size() == 2
              && isText(types.get(0))
              && isText(types.get(1))
              && result.equals(JsonEntries.TYPE);
      case REGEXP_SPLIT, SPLIT ->
          types.size() == 2 && isText(types.get(0)) && isText(types.get(1)) && isTexts(result);
      case SEQUENCE, RANGE ->
          types.size() >= 2
              && types.size() <= 3
              && (types.stream().allMatch(Type.BIGINT::equals) || isSeriesOfTimes(types))
              && (result.equals(new Type.Array(types.get(0)))
                  || result instanceof Type.Row counted
                      && counted.fields().size() == 3
                      && counted.fields().get(0).type().equals(types.get(0))
                      && counted.fields().get(1).type().equals(Type.BIGINT)
                      && counted
                          .fields()
                          .get(2)
                          .type()
                          .equals(types.size() > 2 ? types.get(2) : Type.BIGINT));
      default -> false;
    };
  }

  private static boolean isSeriesOfTimes(List<Type> types) {
    return types.size() == 3
        && types.get(0).equals(new Type.Timestamp(6))
        && types.get(1).equals(types.get(0))
        && (types.get(2) instanceof Type.MonthInterval
            || types.get(2) instanceof Type.TimeInterval);
  }

  /** Whether a MAP is in values of the type, which then have no order. */
  static boolean hasMap(Type type) {
    return switch (type) {
      case Type.MapType t -> true;
      case Type.Array t -> hasMap(t.element());
      case Type.Row t -> t.fields().stream().anyMatch(f -> hasMap(f.type()));
      default -> false;
    };
  }

  /** Of one type, but for the length of text and how fields are called. */
  private static boolean same(Type a, Type b) {
    return switch (a) {
      case Type.Varchar x -> b instanceof Type.Varchar;
      case Type.Array x -> b instanceof Type.Array y && same(x.element(), y.element());
      case Type.MapType x ->
          b instanceof Type.MapType y && same(x.key(), y.key()) && same(x.value(), y.value());
      case Type.Row x ->
          b instanceof Type.Row y
              && x.fields().size() == y.fields().size()
              && fields(x.fields().stream().map(Type.RowField::type).toList(), y);
      default -> a.equals(b);
    };
  }

  private static boolean fields(List<Type> types, Type.Row row) {
    if (types.size() != row.fields().size()) {
      return false;
    }
    for (int i = 0; i < types.size(); i++) {
      if (!same(types.get(i), row.fields().get(i).type())) {
        return false;
      }
    }
    return true;
  }

  private static boolean entries(List<Type> types, Type.MapType map) {
    for (int i = 0; i < types.size(); i++) {
      if (!same(types.get(i), i % 2 == 0 ? map.key() : map.value())) {
        return false;
      }
    }
    return types.size() % 2 == 0 && !hasMap(map.key());
  }

  private static boolean item(Type from, Type key, Type result) {
    return switch (from) {
      case Type.Array array -> key instanceof Type.Int && same(array.element(), result);
      case Type.MapType map -> Signatures.comparable(map.key(), key) && same(map.value(), result);
      default -> false;
    };
  }

  /** (ARRAY, element), comparable. */
  private static boolean searches(List<Type> types) {
    return types.size() == 2
        && types.get(0) instanceof Type.Array a
        && Signatures.comparable(a.element(), types.get(1));
  }

  private static boolean sortable(List<Type> types, int count) {
    return types.size() == count && types.get(0) instanceof Type.Array && !hasMap(types.get(0));
  }

  private static Type element(Type type) {
    return type instanceof Type.Array a ? a.element() : type;
  }

  private static Type isMap(List<Type> types) {
    return types.size() == 1 ? types.get(0) : Type.NULL;
  }

  private static boolean isText(Type type) {
    return type instanceof Type.Varchar;
  }

  private static boolean isTexts(Type type) {
    return type instanceof Type.Array array && isText(array.element());
  }
}
