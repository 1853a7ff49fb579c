package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.function.ScalarFunction;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Which kernel a call gets, by its function and the types of its arguments. */
final class Kernels {
  private Kernels() {}

  /**
   * A kernel and how it is called.
   *
   * @param isStrict whether the call is NULL for all rows if a scalar argument is
   * @param isCheap whether it raises no errors and costs little for rows that do not count
   * @param takesCodes whether arguments may be dictionary columns
   * @param takesListCodes whether ARRAYs and MAPs may be, which it sees through {@link
   *     RowArguments} alone
   * @param test the comparison that the kernel is, for filters; null for others
   */
  record Implementation(
      Kernel kernel,
      boolean isStrict,
      boolean isCheap,
      boolean takesCodes,
      boolean takesListCodes,
      Comparison.@Nullable Test test) {
    Implementation(Kernel kernel, boolean isStrict, boolean isCheap, boolean takesCodes) {
      this(kernel, isStrict, isCheap, takesCodes, false, null);
    }
  }

  private static Implementation comparison(Comparison.Operator operator, boolean negated) {
    Comparison.Test test = new Comparison.Test(operator, negated);
    return new Implementation(Comparison.kernel(test), true, true, false, false, test);
  }

  private static Implementation strict(Kernel kernel) {
    return new Implementation(kernel, true, false, false);
  }

  private static Implementation ofLists(Kernel kernel) {
    return new Implementation(kernel, true, false, false, true, null);
  }

  private static Implementation cheap(Kernel kernel) {
    return new Implementation(kernel, true, true, false);
  }

  private static Implementation withNulls(Kernel kernel) {
    return new Implementation(kernel, false, false, false);
  }

  /**
   * @throws dev.tidemill.foundation.error.TidemillException UNSUPPORTED_FUNCTION for types it is
   *     not there for
   */
  static Implementation of(Call call) {
    List<Type> types = call.arguments().stream().map(Expression::type).toList();
    if (!Signatures.accept(call.function(), types, call.type())) {
      throw ExpressionErrors.unsupported(call.function(), types);
    }
    return switch (call.function()) {
      case EQUAL -> comparison(Comparison.Operator.EQUAL, false);
      case NOT_EQUAL -> comparison(Comparison.Operator.EQUAL, true);
      case LESS -> comparison(Comparison.Operator.LESS, false);
      case LESS_OR_EQUAL -> comparison(Comparison.Operator.GREATER, true);
      case GREATER -> comparison(Comparison.Operator.GREATER, false);
      case GREATER_OR_EQUAL -> comparison(Comparison.Operator.LESS, true);
      case IS_DISTINCT -> new Implementation(Comparison.distinct(false), false, true, false);
      case IS_NOT_DISTINCT -> new Implementation(Comparison.distinct(true), false, true, false);
      case IS_NULL -> new Implementation(nulls(true), false, true, true);
      case IS_NOT_NULL -> new Implementation(nulls(false), false, true, true);
      case IS_TRUE -> new Implementation(truth(true, false), false, true, false);
      case IS_NOT_TRUE -> new Implementation(truth(true, true), false, true, false);
      case IS_FALSE -> new Implementation(truth(false, false), false, true, false);
      case IS_NOT_FALSE -> new Implementation(truth(false, true), false, true, false);
      case NOT -> cheap(Kernels::not);
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO -> strict(arithmetic(call, types));
      case NEGATE, ABS -> strict(Rounding.unary(call.function(), types.getFirst()));
      case SIGN -> strict(Rounding.sign(types.getFirst(), call.type()));
      case FLOOR, CEIL, ROUND, ROUND_EVEN, TRUNCATE ->
          strict(Rounding.kernel(call.function(), types.getFirst(), call.type()));
      case SQRT,
          CBRT,
          EXP,
          EXPM1,
          LN,
          LOG1P,
          LOG10,
          LOG2,
          LOG,
          POWER,
          SIN,
          COS,
          TAN,
          COT,
          ASIN,
          ACOS,
          ATAN,
          ATAN2,
          SINH,
          COSH,
          TANH,
          ASINH,
          ACOSH,
          ATANH,
          DEGREES,
          RADIANS ->
          strict(MathFunctions.of(call.function()));
      case PI -> strict((evaluation, rows, arguments) -> new Scalar(Type.DOUBLE, Math.PI));
      case BIT_AND -> integer(call, a -> a.integer(0) & a.integer(1));
      case BIT_OR -> integer(call, a -> a.integer(0) | a.integer(1));
      case BIT_XOR -> integer(call, a -> a.integer(0) ^ a.integer(1));
      case BIT_NOT -> integer(call, a -> ~a.integer(0));
      case BIT_SHIFT_LEFT -> integer(call, a -> a.integer(0) << shift(call, a));
      case BIT_SHIFT_RIGHT -> integer(call, a -> a.integer(0) >> shift(call, a));
      case IS_NAN -> strict(RowKernels.truth(a -> Double.isNaN(a.real(0))));
      case IS_INFINITE -> strict(RowKernels.truth(a -> Double.isInfinite(a.real(0))));
      case GCD -> strict(RowKernels.integer(call.type(), 8, MathFunctions::gcd));
      case LCM -> strict(RowKernels.integer(call.type(), 8, MathFunctions::lcm));
      case FACTORIAL -> strict(RowKernels.integer(call.type(), 8, MathFunctions::factorial));
      case BIT_COUNT -> strict(bitCount(((Type.Int) types.getFirst()).bits()));
      case WIDTH_BUCKET -> strict(RowKernels.integer(call.type(), 8, MathFunctions::widthBucket));
      case TRY -> withNulls((evaluation, rows, arguments) -> arguments[0]);
      case RAISE_ERROR -> strict(TextFunctions.raise(call.type()));
      case GREATEST -> withNulls(Extremes.kernel(call.type(), true));
      case LEAST -> withNulls(Extremes.kernel(call.type(), false));

      case UPPER -> strict(TextKernels.changeCase(call.type(), true));
      case LOWER -> strict(TextKernels.changeCase(call.type(), false));
      case INITCAP -> text(call, TextFunctions::initcap);
      case CHAR_LENGTH -> strict(TextFunctions.length(false));
      case OCTET_LENGTH -> strict(TextFunctions.length(true));
      case CONCAT -> strict(TextKernels.concat(call.type()));
      case CONCAT_WS ->
          withNulls(RowKernels.textOfNulls(call.type(), TextFunctions::concatWithSeparator));
      case SUBSTRING -> strict(TextFunctions.slices(call.type(), TextFunctions::substring));
      case LEFT -> strict(TextFunctions.slices(call.type(), TextFunctions::left));
      case RIGHT -> strict(TextFunctions.slices(call.type(), TextFunctions::right));
      case POSITION -> strict(RowKernels.integer(call.type(), 4, TextFunctions::position));
      case TRIM -> strict(TextFunctions.slices(call.type(), TextFunctions.trim(true, true)));
      case TRIM_LEADING ->
          strict(TextFunctions.slices(call.type(), TextFunctions.trim(true, false)));
      case TRIM_TRAILING ->
          strict(TextFunctions.slices(call.type(), TextFunctions.trim(false, true)));
      case REPLACE -> text(call, TextFunctions::replace);
      case OVERLAY -> text(call, TextFunctions::overlay);
      case LPAD, RPAD -> text(call, a -> TextFunctions.pad(call.function(), a));
      case REPEAT -> text(call, TextFunctions::repeat);
      case REVERSE -> text(call, a -> new StringBuilder(a.text(0)).reverse().toString());
      case SPLIT_PART -> strict(TextFunctions.slices(call.type(), TextFunctions::splitPart));
      case TRANSLATE -> text(call, TextFunctions::translate);
      case ASCII -> strict(RowKernels.integer(call.type(), 4, TextFunctions::ascii));
      case CHR -> text(call, TextFunctions::chr);
      case LIKE, ILIKE -> strict(TextFunctions.like(call.function()));
      case SIMILAR -> strict(RegularExpressions.truth(call, (a, matcher) -> matcher.matches()));
      case STARTS_WITH -> strict(RowKernels.truth(TextFunctions::startsWith));
      case ENDS_WITH -> strict(RowKernels.truth(TextFunctions::endsWith));
      case CONTAINS -> strict(RowKernels.truth(TextFunctions::contains));
      case REGEXP_LIKE -> strict(RegularExpressions.truth(call, (a, matcher) -> matcher.find()));
      case REGEXP_REPLACE ->
          strict(
              RegularExpressions.text(
                  call,
                  (a, matcher) -> RegularExpressions.replace(call.function(), matcher, a.text(2))));
      case REGEXP_EXTRACT ->
          strict(
              RegularExpressions.text(
                  call,
                  (a, matcher) ->
                      RegularExpressions.extract(
                          call.function(), matcher, a.count() == 3 ? a.intAt(2) : 0)));
      case REGEXP_COUNT ->
          strict(RegularExpressions.integer(call, (a, matcher) -> matcher.results().count()));
      case MD5 -> text(call, a -> TextFunctions.digest("MD5", a.bytes(0)));
      case SHA1 -> text(call, a -> TextFunctions.digest("SHA-1", a.bytes(0)));
      case SHA256 -> text(call, a -> TextFunctions.digest("SHA-256", a.bytes(0)));
      case SHA512 -> text(call, a -> TextFunctions.digest("SHA-512", a.bytes(0)));
      case REGEXP_EXTRACT_ALL -> strict(RegularExpressions.extractAll(call));
      case REGEXP_SPLIT -> strict(RegularExpressions.split(call));
      case HASH -> withNulls(HashKernel.of());
      case CRC32 -> strict(RowKernels.integer(call.type(), 8, TextFunctions::crc32));
      case SOUNDEX -> text(call, a -> TextSimilarity.soundex(a.text(0)));
      case LEVENSHTEIN -> strict(RowKernels.integer(call.type(), 4, TextSimilarity::levenshtein));
      case DAMERAU_LEVENSHTEIN ->
          strict(RowKernels.integer(call.type(), 4, TextSimilarity::damerauLevenshtein));
      case HAMMING -> strict(RowKernels.integer(call.type(), 4, TextSimilarity::hamming));
      case JACCARD -> strict(RowKernels.real(TextSimilarity::jaccard));
      case JARO_SIMILARITY -> strict(RowKernels.real(TextSimilarity::jaro));
      case JARO_WINKLER_SIMILARITY -> strict(RowKernels.real(TextSimilarity::jaroWinkler));
      case TO_BASE -> text(call, TextFunctions::toBase);
      case STRIP_ACCENTS -> text(call, TextFunctions::stripAccents);
      case FORMAT -> text(call, BraceFormat::format);
      case PRINTF -> withNulls(RowKernels.textOfNulls(call.type(), TextFunctions::printf));
      case URL_ENCODE -> text(call, a -> URLEncoder.encode(a.text(0), StandardCharsets.UTF_8));
      case URL_DECODE -> text(call, TextFunctions::urlDecode);
      case TO_HEX -> text(call, a -> HexFormat.of().withUpperCase().formatHex(a.bytes(0)));
      case FROM_HEX -> strict(RowKernels.bytes(call.type(), TextFunctions::fromHex));
      case TO_BASE64 -> text(call, a -> Base64.getEncoder().encodeToString(a.bytes(0)));
      case FROM_BASE64 -> strict(RowKernels.bytes(call.type(), TextFunctions::fromBase64));

      case EXTRACT -> strict(TimeParts.extract(call));
      case DATE_TRUNC, DATE_CEIL -> strict(TimeParts.truncate(call));
      case DATE_DIFF -> strict(TimeDifferences.inUnits(call));
      case TIME_BETWEEN -> strict(TimeDifferences.between(call));
      case LAST_DAY -> strict(TimeValues.lastDay(call));
      case DAYNAME -> text(call, TimeValues::dayName);
      case MONTHNAME -> text(call, TimeValues::monthName);
      case FROM_EPOCH_SECONDS -> strict(TimeValues.fromEpoch(call, 1));
      case FROM_EPOCH_MILLIS -> strict(TimeValues.fromEpoch(call, 1000));
      case FROM_EPOCH_MICROS -> strict(TimeValues.fromEpoch(call, 1_000_000));
      case AT_TIME_ZONE -> strict(TimeValues.atZone(call));
      case FORMAT_TIME, STRFTIME, TO_CHAR -> strict(TimeFormat.kernel(call));
      case PARSE_TIME, STRPTIME -> strict(TimeValues.parse(call));
      case MAKE_TIMESTAMP -> strict(TimeValues.makeTimestamp(call));
      case MONTHS_BETWEEN -> strict(TimeValues.monthsBetween(types.getFirst()));
      case TIME_BUCKET -> strict(TimeValues.bucket(types.get(0), types.get(1)));
      case MAKE_DATE -> strict(RowKernels.integer(call.type(), 4, TimeValues::makeDate));
      case CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP, PROCTIME ->
          strict(TimeValues.now(call.type()));

      case RANDOM -> strict((evaluation, rows, arguments) -> random(evaluation, rows));
      case UUID ->
          strict(
              (evaluation, rows, arguments) ->
                  RowKernels.text(call.type(), a -> uuid(evaluation.context.random()))
                      .apply(evaluation, rows, arguments));

      case JSON_VALUE -> strict(JsonFunctions.text(call, JsonFunctions::value));
      case JSON_QUERY -> strict(JsonFunctions.text(call, JsonFunctions::query));
      case JSON_EXTRACT -> strict(JsonFunctions.text(call, JsonFunctions::extract));
      case JSON_EXTRACT_STRING -> strict(JsonFunctions.text(call, JsonFunctions::extractString));
      case JSON_EXISTS -> strict(JsonFunctions.exists(call));
      case JSON_VALID -> strict(RowKernels.truth(a -> JsonFunctions.isValid(a.text(0))));
      case JSON_TYPE -> text(call, a -> JsonFunctions.type(a.text(0)));
      case JSON_KEYS -> strict(JsonFunctions.keys(call.type()));
      case JSON_MERGE_PATCH -> text(call, a -> JsonMergePatch.merged(a.text(0), a.text(1)));
      case JSON_EXTRACT_ALL -> strict(JsonFunctions.extractAll(call));
      case JSON_ENTRIES -> strict(JsonEntries.kernel(call));
      case JSON_CONTAINS -> strict(RowKernels.truth(JsonTrees::contains));
      case JSON_PRETTY -> text(call, a -> JsonTrees.pretty(a.text(0)));
      case JSON_ARRAY_LENGTH -> strict(JsonFunctions.arrayLength());
      case TO_JSON -> withNulls(RowKernels.textOfNulls(call.type(), JsonFunctions::toJson));
      case JSON_OBJECT -> withNulls(RowKernels.textOfNulls(call.type(), JsonFunctions::object));
      case JSON_ARRAY -> withNulls(RowKernels.textOfNulls(call.type(), JsonFunctions::array));

      case ARRAY -> withNulls(ArrayFunctions.array(call.type()));
      case MAP -> withNulls(MapFunctions.map((Type.MapType) call.type()));
      case ROW -> withNulls(NestedFunctions.row(call.type()));
      case ITEM -> ofLists(NestedFunctions::item);
      case CARDINALITY -> ofLists(NestedFunctions::cardinality);
      case ARRAY_CONTAINS -> ofLists(ArrayFunctions.contains());
      case ARRAY_POSITION -> ofLists(ArrayFunctions::position);
      case ARRAY_REMOVE -> ofLists(ArrayFunctions.remove(call.type()));
      case ARRAY_MIN -> ofLists(ArrayFunctions.extreme(false));
      case ARRAY_MAX -> ofLists(ArrayFunctions.extreme(true));
      case ARRAY_SUM -> ofLists(ArrayFunctions.sum(call.type()));
      case ARRAY_COMPACT -> ofLists(ArrayFunctions.compact(call.type()));
      case ARRAY_CONCAT -> ofLists(ArrayFunctions.concat(call.type()));
      case ARRAY_INTERSECT -> ofLists(ArrayFunctions.common(call.type(), true));
      case ARRAY_EXCEPT -> ofLists(ArrayFunctions.common(call.type(), false));
      case ARRAYS_OVERLAP -> ofLists(ArrayFunctions.overlap());
      case ARRAY_JOIN -> strict(ArrayFunctions.join(call.type()));
      case FLATTEN -> strict(ArrayFunctions.flatten(call.type()));
      case ARRAY_HISTOGRAM -> ofLists(MapFunctions.histogram((Type.MapType) call.type()));
      case ARRAY_DISTINCT -> ofLists(ArrayFunctions.distinct(call.type()));
      case ARRAY_REVERSE -> ofLists(ArrayFunctions.reverse(call.type()));
      case ARRAY_SORT -> ofLists(ArrayFunctions.sort(call.type()));
      case ARRAY_SLICE ->
          call.type() instanceof Type.Array
              ? ofLists(ArrayFunctions.slice(call.type()))
              : text(call, TextFunctions::slice);
      case SLICE -> strict(ArrayFunctions.sliceOfLength(call.type()));
      case ARRAY_SELECT -> strict(ArrayFunctions.select(call.type()));
      case ARRAYS_ZIP -> withNulls(ArrayFunctions.zip((Type.Array) call.type()));
      case MAP_KEYS -> strict(MapFunctions.parts(call.type(), 0));
      case MAP_VALUES -> strict(MapFunctions.parts(call.type(), 1));
      case MAP_ENTRIES -> strict(MapFunctions.parts(call.type(), null));
      case MAP_FROM_ARRAYS -> strict(MapFunctions.fromArrays((Type.MapType) call.type()));
      case MAP_FROM_ENTRIES -> strict(MapFunctions.fromEntries((Type.MapType) call.type()));
      case ARRAY_INNER_PRODUCT, ARRAY_DISTANCE, ARRAY_COSINE_SIMILARITY ->
          ofLists(ArrayDistances.kernel(call.function()));
      case SPLIT -> strict(ArrayFunctions.split(call.type()));
      case SEQUENCE, RANGE ->
          strict(
              call.type() instanceof Type.Row counted
                  ? ArrayFunctions.countedSeries(call.function(), counted)
                  : ArrayFunctions.series(call.function(), call.type()));
    };
  }

  private static Implementation text(Call call, RowKernels.ToText function) {
    return strict(RowKernels.text(call.type(), function));
  }

  /** An integer of the width of the call's type, from one that is as wide. */
  private static Implementation integer(Call call, RowKernels.ToLong function) {
    return strict(RowKernels.integer(call.type(), ((Type.Int) call.type()).bits() / 8, function));
  }

  /** The bits of a type's width that are 1. */
  private static Kernel bitCount(int bits) {
    long mask = bits == 64 ? -1L : (1L << bits) - 1;
    return RowKernels.integer(Type.INTEGER, 4, a -> Long.bitCount(a.integer(0) & mask));
  }

  private static int shift(Call call, RowArguments arguments) {
    long count = arguments.integer(1);
    if (count < 0 || count >= ((Type.Int) call.type()).bits()) {
      throw ExpressionErrors.invalidArgument(
          call.function(), "cannot shift " + call.type() + " by " + count + " bits");
    }
    return (int) count;
  }

  private static Kernel arithmetic(Call call, List<Type> types) {
    ScalarFunction function = call.function();
    Type left = types.get(0);
    Type right = types.get(1);
    boolean adds = function == ScalarFunction.ADD || function == ScalarFunction.SUBTRACT;
    if (left instanceof Type.Decimal a
        && right instanceof Type.Decimal b
        && call.type() instanceof Type.Decimal r) {
      return DecimalArithmetic.kernel(function, a, b, r);
    }
    if (adds && Temporals.takes(left, right)) {
      return TimeArithmetic.add(function, left, right);
    }
    if (!adds
        && Temporals.isInterval(left)
        && function != ScalarFunction.MODULO
        && isFactor(right)) {
      return TimeArithmetic.scale(function, left, right);
    }
    if (left.equals(right)) {
      switch (left) {
        case Type.Int t:
          return Arithmetic.integers(function, t);
        case Type.Real t:
          return Arithmetic.reals(function);
        case Type.DoubleType t:
          return Arithmetic.doubles(function);
        default:
          break;
      }
    }
    throw ExpressionErrors.unsupported(function, types);
  }

  private static boolean isFactor(Type type) {
    return type instanceof Type.Int || type instanceof Type.DoubleType;
  }

  private static Value random(Evaluation evaluation, Rows rows) {
    Buffer values = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 8L);
    for (int i = 0; i < rows.count; i++) {
      Memory.putDouble(
          values.address() + ((long) rows.row(i) << 3), evaluation.context.random().nextDouble());
    }
    return evaluation.fixed(Type.DOUBLE, 8, values, null);
  }

  /** A random UUID: version 4, variant 2. */
  private static String uuid(RandomGenerator random) {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & ~(3L << 62)) | 1L << 63;
    return new UUID(high, low).toString();
  }

  private static Kernel nulls(boolean wanted) {
    return (evaluation, rows, arguments) ->
        arguments[0] instanceof Scalar scalar
            ? new Scalar(Type.BOOLEAN, scalar.isNull() == wanted)
            : Comparison.nulls(evaluation, ((Vector) arguments[0]).column(), wanted);
  }

  private static Value not(Evaluation evaluation, Rows rows, Value[] arguments) {
    BooleanColumn column = (BooleanColumn) evaluation.fullColumn(arguments[0]);
    Buffer bits = evaluation.allocate(Bits.bytes(evaluation.length));
    for (long at = 0; at < Bits.bytes(evaluation.length); at += 8) {
      Memory.putLong(bits.address() + at, ~Memory.getLong(column.address() + at));
    }
    return evaluation.bool(bits, evaluation.validity(column));
  }

  /** Whether a BOOLEAN is {@code wanted}, or is not. */
  private static Kernel truth(boolean wanted, boolean negated) {
    return (evaluation, rows, arguments) -> {
      BooleanColumn column = (BooleanColumn) evaluation.fullColumn(arguments[0]);
      Buffer bits = evaluation.allocate(Bits.bytes(evaluation.length));
      for (int w = 0; w < (evaluation.length + 63) >>> 6; w++) {
        long word = Bits.word(column.address(), w);
        long holds =
            (wanted ? word : ~word)
                & (column.mayHaveNulls() ? Bits.word(column.validityAddress(), w) : -1L);
        Memory.putLong(bits.address() + ((long) w << 3), negated ? ~holds : holds);
      }
      return evaluation.bool(bits, null);
    };
  }
}
