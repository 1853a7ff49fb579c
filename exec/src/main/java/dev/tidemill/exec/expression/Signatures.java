package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.List;

/**
 * Which types each function takes, as {@link ScalarFunction} documents them: what a kernel may rely
 * on, so that a call that nobody has thought of is refused by name.
 */
final class Signatures {
  private Signatures() {}

  static boolean accept(ScalarFunction function, List<Type> types, Type result) {
    return switch (function) {
      case EQUAL,
          NOT_EQUAL,
          LESS,
          LESS_OR_EQUAL,
          GREATER,
          GREATER_OR_EQUAL,
          IS_DISTINCT,
          IS_NOT_DISTINCT ->
          types.size() == 2 && comparable(types.get(0), types.get(1)) && isBoolean(result);
      case IS_NULL, IS_NOT_NULL -> types.size() == 1 && isBoolean(result);
      case IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE, NOT ->
          types.size() == 1 && isBoolean(types.get(0)) && isBoolean(result);
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO ->
          types.size() == 2 && arithmetic(types.get(0), result);
      case NEGATE, ABS ->
          types.size() == 1
              && (Conversions.isNumber(types.get(0)) || Temporals.isInterval(types.get(0)))
              && result.equals(types.get(0));
      case SIGN ->
          types.size() == 1 && Conversions.isNumber(types.get(0)) && sign(types.get(0), result);
      case FLOOR, CEIL -> types.size() == 1 && rounding(types.get(0), result);
      case ROUND, ROUND_EVEN, TRUNCATE ->
          rounding(types.get(0), result) && (types.size() == 1 || integers(types, 1, 2));
      case SQRT,
          CBRT,
          EXP,
          EXPM1,
          LN,
          LOG1P,
          LOG10,
          LOG2,
          SIN,
          COS,
          TAN,
          COT,
          ASIN,
          ACOS,
          ATAN,
          SINH,
          COSH,
          TANH,
          ASINH,
          ACOSH,
          ATANH,
          DEGREES,
          RADIANS ->
          doubles(types, 1) && isDouble(result);
      case LOG, POWER, ATAN2 -> doubles(types, 2) && isDouble(result);
      case PI, RANDOM -> types.isEmpty() && isDouble(result);
      case BIT_AND, BIT_OR, BIT_XOR ->
          types.size() == 2 && isInteger(result) && types.stream().allMatch(result::equals);
      case BIT_NOT -> types.size() == 1 && isInteger(result) && types.get(0).equals(result);
      case BIT_SHIFT_LEFT, BIT_SHIFT_RIGHT ->
          isInteger(result) && types.get(0).equals(result) && integers(types, 1, 2);
      case GCD, LCM ->
          types.size() == 2 && types.stream().allMatch(Signatures::isBigint) && isBigint(result);
      case FACTORIAL -> types.size() == 1 && isBigint(types.get(0)) && isBigint(result);
      case BIT_COUNT -> types.size() == 1 && isInteger(types.get(0)) && isInt(result);
      case WIDTH_BUCKET ->
          types.size() == 4
              && doubles(types.subList(0, 3), 3)
              && isBigint(types.get(3))
              && isBigint(result);
      case TRY -> types.size() == 1 && types.get(0).equals(result);
      case RAISE_ERROR -> texts(types, 1, 1);
      case IS_NAN, IS_INFINITE ->
          types.size() == 1 && (types.get(0) instanceof Type.Real || isDouble(types.get(0)));
      case GREATEST, LEAST ->
          !types.isEmpty()
              && types.stream().allMatch(t -> comparable(t, types.get(0)))
              && comparable(types.get(0), result);
      case UPPER, LOWER, INITCAP, REVERSE -> texts(types, 1, 1) && isText(result);
      case CHAR_LENGTH, ASCII -> texts(types, 1, 1) && isInt(result);
      case OCTET_LENGTH -> types.size() == 1 && isBytes(types.get(0)) && isInt(result);
      case CONCAT ->
          (texts(types, 1, types.size()) && isText(result))
              || (!types.isEmpty()
                  && types.stream().allMatch(Signatures::isBinary)
                  && isBinary(result));
      case CONCAT_WS -> texts(types, 1, types.size()) && isText(result);
      case SUBSTRING ->
          types.size() >= 2
              && types.size() <= 3
              && isBytes(types.get(0))
              && isBinary(types.get(0)) == isBinary(result)
              && integers(types, 1, types.size());
      case LEFT, RIGHT, REPEAT ->
          types.size() == 2 && isText(types.get(0)) && integers(types, 1, 2) && isText(result);
      case POSITION ->
          types.size() >= 2
              && texts(types.subList(0, 2), 2, 2)
              && integers(types, 2, types.size())
              && isInt(result);
      case TRIM, TRIM_LEADING, TRIM_TRAILING -> texts(types, 2, 2) && isText(result);
      case REPLACE, TRANSLATE, REGEXP_REPLACE -> texts(types, 3, 3) && isText(result);
      case OVERLAY ->
          types.size() >= 3
              && types.size() <= 4
              && texts(types.subList(0, 2), 2, 2)
              && integers(types, 2, types.size())
              && isText(result);
      case LPAD, RPAD ->
          types.size() == 3
              && isText(types.get(0))
              && isInteger(types.get(1))
              && isText(types.get(2))
              && isText(result);
      case SPLIT_PART ->
          types.size() == 3
              && texts(types.subList(0, 2), 2, 2)
              && integers(types, 2, 3)
              && isText(result);
      case CHR -> types.size() == 1 && isInteger(types.get(0)) && isText(result);
      case LIKE, ILIKE -> texts(types, 2, 3) && isBoolean(result);
      case SIMILAR, STARTS_WITH, ENDS_WITH, CONTAINS, REGEXP_LIKE ->
          texts(types, 2, 2) && isBoolean(result);
      case REGEXP_EXTRACT ->
          types.size() >= 2
              && types.size() <= 3
              && texts(types.subList(0, 2), 2, 2)
              && integers(types, 2, types.size())
              && isText(result);
      case REGEXP_COUNT -> texts(types, 2, 2) && isInt(result);
      case MD5, SHA1, SHA256, SHA512 ->
          types.size() == 1 && isBytes(types.get(0)) && isText(result);
      case HASH -> !types.isEmpty() && isBigint(result);
      case CRC32 -> types.size() == 1 && isBytes(types.get(0)) && isBigint(result);
      case SOUNDEX, JSON_PRETTY -> texts(types, 1, 1) && isText(result);
      case JSON_CONTAINS -> texts(types, 2, 2) && isBoolean(result);
      case LEVENSHTEIN, DAMERAU_LEVENSHTEIN, HAMMING -> texts(types, 2, 2) && isInt(result);
      case JACCARD, JARO_SIMILARITY, JARO_WINKLER_SIMILARITY ->
          texts(types, 2, 2) && result instanceof Type.DoubleType;
      case TO_BASE ->
          types.size() == 2 && isBigint(types.get(0)) && isInteger(types.get(1)) && isText(result);
      case STRIP_ACCENTS -> texts(types, 1, 1) && isText(result);
      case FORMAT -> !types.isEmpty() && isText(types.get(0)) && isText(result);
      case PRINTF -> !types.isEmpty() && isText(types.get(0)) && isText(result);
      case URL_ENCODE, URL_DECODE -> texts(types, 1, 1) && isText(result);
      case TO_HEX, TO_BASE64 -> types.size() == 1 && isBytes(types.get(0)) && isText(result);
      case FROM_HEX, FROM_BASE64 -> texts(types, 1, 1) && isBinary(result);
      case EXTRACT -> types.size() == 2 && isText(types.get(0)) && isBigint(result);
      case DATE_TRUNC, DATE_CEIL ->
          types.size() == 2 && isText(types.get(0)) && types.get(1).equals(result);
      case DATE_DIFF ->
          types.size() == 3
              && isText(types.get(0))
              && types.get(1).equals(types.get(2))
              && isBigint(result);
      case TIME_BETWEEN ->
          types.size() == 2
              && types.get(0).equals(types.get(1))
              && (result instanceof Type.TimeInterval
                  || (types.get(0) instanceof Type.Date && isBigint(result)));
      case LAST_DAY ->
          types.size() == 1 && isDateOrTimestamp(types.get(0)) && result instanceof Type.Date;
      case DAYNAME, MONTHNAME ->
          types.size() == 1 && isDateOrTimestamp(types.get(0)) && isText(result);
      case FROM_EPOCH_SECONDS, FROM_EPOCH_MILLIS, FROM_EPOCH_MICROS ->
          types.size() == 1 && isInteger(types.get(0)) && Conversions.isTimestamp(result);
      case FORMAT_TIME, STRFTIME, TO_CHAR ->
          Temporals.isTemporal(types.get(0))
              && texts(types.subList(1, types.size()), 1, 2)
              && isText(result);
      case AT_TIME_ZONE ->
          types.size() == 2
              && isText(types.get(1))
              && (types.get(0) instanceof Type.Timestamp && result instanceof Type.ZonedTimestamp
                  || types.get(0) instanceof Type.ZonedTimestamp
                      && result instanceof Type.Timestamp);
      case PARSE_TIME, STRPTIME -> texts(types, 2, 2) && Temporals.isTemporal(result);
      case MAKE_DATE -> types.size() == 3 && integers(types, 0, 3) && result instanceof Type.Date;
      case MAKE_TIMESTAMP ->
          types.size() == 6
              && types.subList(0, 5).stream().allMatch(Signatures::isInteger)
              && isDouble(types.get(5))
              && Conversions.isTimestamp(result);
      case MONTHS_BETWEEN ->
          types.size() == 2
              && types.stream().allMatch(Conversions::isTimestamp)
              && types.get(0).equals(types.get(1))
              && isDouble(result);
      case TIME_BUCKET ->
          types.size() == 2
              && Temporals.isInterval(types.get(0))
              && Conversions.isTimestamp(types.get(1))
              && types.get(1).equals(result);
      case JSON_VALUE, JSON_QUERY, JSON_EXTRACT, JSON_EXTRACT_STRING ->
          texts(types, 2, 2) && isText(result);
      case JSON_EXISTS -> texts(types, 2, 2) && isBoolean(result);
      case JSON_VALID -> texts(types, 1, 1) && isBoolean(result);
      case JSON_TYPE -> texts(types, 1, 1) && isText(result);
      case JSON_MERGE_PATCH -> texts(types, 2, 2) && isText(result);
      case JSON_ARRAY_LENGTH -> texts(types, 1, 1) && isInt(result);
      case TO_JSON -> types.size() == 1 && isText(result);
      case JSON_OBJECT -> types.size() % 2 == 0 && texts(types, 0, types.size()) && isText(result);
      case JSON_ARRAY -> texts(types, 0, types.size()) && isText(result);
      case CURRENT_DATE -> types.isEmpty() && result instanceof Type.Date;
      case CURRENT_TIME -> types.isEmpty() && result instanceof Type.Time;
      case PROCTIME -> types.isEmpty() && result instanceof Type.Timestamp;
      case CURRENT_TIMESTAMP -> types.isEmpty() && Conversions.isTimestamp(result);
      case UUID -> types.isEmpty() && isText(result);
      case ARRAY,
          MAP,
          ROW,
          ITEM,
          CARDINALITY,
          ARRAY_CONTAINS,
          ARRAY_POSITION,
          ARRAY_REMOVE,
          ARRAY_MIN,
          ARRAY_MAX,
          ARRAY_SUM,
          ARRAY_COMPACT,
          ARRAY_CONCAT,
          ARRAY_INTERSECT,
          ARRAY_EXCEPT,
          ARRAYS_OVERLAP,
          ARRAY_JOIN,
          FLATTEN,
          ARRAY_DISTINCT,
          ARRAY_HISTOGRAM,
          ARRAY_REVERSE,
          ARRAY_SORT,
          ARRAY_SLICE,
          SLICE,
          ARRAY_SELECT,
          ARRAYS_ZIP,
          MAP_KEYS,
          MAP_VALUES,
          MAP_ENTRIES,
          MAP_FROM_ARRAYS,
          MAP_FROM_ENTRIES,
          ARRAY_INNER_PRODUCT,
          ARRAY_DISTANCE,
          ARRAY_COSINE_SIMILARITY,
          REGEXP_EXTRACT_ALL,
          REGEXP_SPLIT,
          JSON_KEYS,
          JSON_EXTRACT_ALL,
          JSON_ENTRIES,
          SPLIT,
          SEQUENCE,
          RANGE ->
          NestedSignatures.accept(function, types, result);
    };
  }

  /** Of one type, where the length of text and the precision of what has one scale do not count. */
  static boolean comparable(Type a, Type b) {
    if (NestedSignatures.hasMap(a) || NestedSignatures.hasMap(b)) {
      return false;
    }
    if (a instanceof Type.Decimal x && b instanceof Type.Decimal y) {
      return x.scale() == y.scale();
    }
    return a.equals(b) || (isText(a) && isText(b)) || (a.getClass() == b.getClass() && isNested(a));
  }

  private static boolean isNested(Type type) {
    return type instanceof Type.Array || type instanceof Type.Row;
  }

  private static boolean arithmetic(Type left, Type result) {
    return left instanceof Type.Decimal ? result instanceof Type.Decimal : left.equals(result);
  }

  private static boolean sign(Type from, Type to) {
    return from instanceof Type.Real || from instanceof Type.DoubleType
        ? from.equals(to)
        : isInteger(to) || to instanceof Type.Decimal;
  }

  private static boolean rounding(Type from, Type to) {
    return Conversions.isNumber(from)
        && (from instanceof Type.Decimal
            ? to instanceof Type.Decimal || isInteger(to)
            : from.equals(to));
  }

  private static boolean isBoolean(Type type) {
    return type instanceof Type.Bool;
  }

  private static boolean isInteger(Type type) {
    return type instanceof Type.Int;
  }

  private static boolean isInt(Type type) {
    return type.equals(Type.INTEGER);
  }

  private static boolean isBigint(Type type) {
    return type.equals(Type.BIGINT);
  }

  private static boolean isDouble(Type type) {
    return type instanceof Type.DoubleType;
  }

  private static boolean isText(Type type) {
    return type instanceof Type.Varchar;
  }

  private static boolean isBinary(Type type) {
    return type instanceof Type.Varbinary;
  }

  private static boolean isBytes(Type type) {
    return isText(type) || isBinary(type);
  }

  private static boolean isDateOrTimestamp(Type type) {
    return type instanceof Type.Date || Conversions.isTimestamp(type);
  }

  private static boolean texts(List<Type> types, int from, int to) {
    return types.size() >= from
        && types.size() <= to
        && types.stream().allMatch(Signatures::isText);
  }

  private static boolean doubles(List<Type> types, int count) {
    return types.size() == count && types.stream().allMatch(Signatures::isDouble);
  }

  /** Whether the arguments from {@code from} on, of {@code to} in all, are integers. */
  private static boolean integers(List<Type> types, int from, int to) {
    return types.size() == to && types.subList(from, to).stream().allMatch(Signatures::isInteger);
  }
}
