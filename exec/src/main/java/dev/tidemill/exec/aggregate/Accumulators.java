package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.key.KeyWords;
import dev.tidemill.exec.user.AggregateFunctionCall;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.user.UserMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The accumulator for a call. */
public final class Accumulators {
  private Accumulators() {}

  /**
   * A new accumulator without groups.
   *
   * @param arguments their types, none for COUNT of rows
   * @param parameters of the call
   * @param user the function of a user that USER is, else null
   * @param type the call's type
   */
  public static GroupedAccumulator of(
      AggregateFunction function,
      List<Type> arguments,
      List<Literal> parameters,
      @Nullable UserMethod user,
      Type type,
      MemoryScope memory) {
    Type argument = arguments.isEmpty() ? null : arguments.get(0);
    if (function == AggregateFunction.COUNT) {
      return new CountAccumulator(memory);
    }
    if (argument == null) {
      throw ExecErrors.brokenPlan(function + " without an argument");
    }
    return switch (function) {
      case COUNT -> new CountAccumulator(memory);
      case SUM, SUM0, AVG -> sum(function, argument, type, memory);
      case MIN, ANY_VALUE -> extreme(false, argument, memory);
      case MAX -> extreme(true, argument, memory);
      case BOOL_AND, BIT_AND -> new WordAccumulator(WordAccumulator.Fold.AND, argument, memory);
      case BOOL_OR, BIT_OR -> new WordAccumulator(WordAccumulator.Fold.OR, argument, memory);
      case BIT_XOR -> new WordAccumulator(WordAccumulator.Fold.XOR, argument, memory);
      case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP -> {
        check(function, argument, isFloating(argument));
        yield new MomentsAccumulator(function, memory);
      }
      case COVAR_POP, COVAR_SAMP -> {
        check(
            function,
            argument,
            arguments.size() == 2 && arguments.stream().allMatch(Accumulators::isFloating));
        yield new CovarianceAccumulator(function == AggregateFunction.COVAR_SAMP, memory);
      }
      case SKEWNESS, KURTOSIS, KURTOSIS_POP -> {
        check(function, argument, isFloating(argument));
        yield new HigherMomentsAccumulator(function, memory);
      }
      case QUANTILE_CONT, QUANTILE_DISC, MODE, PRODUCT, HISTOGRAM, LISTAGG, ARRAY_AGG, MAP_AGG -> {
        check(
            function,
            argument,
            switch (function) {
              case QUANTILE_CONT, PRODUCT -> argument instanceof Type.DoubleType;
              case HISTOGRAM ->
                  type instanceof Type.MapType map
                      && map.key().equals(argument)
                      && map.value().equals(Type.BIGINT);
              case LISTAGG -> argument instanceof Type.Varchar;
              case ARRAY_AGG ->
                  type instanceof Type.Array array && array.element().equals(argument);
              case MAP_AGG ->
                  type instanceof Type.MapType map
                      && List.of(map.value(), map.key()).equals(arguments);
              default -> argument.equals(type) && !(argument instanceof Type.MapType);
            });
        yield arguments.size() == 1 && NumberListAccumulator.fits(function, argument)
            ? new NumberListAccumulator(function, argument, parameters, memory)
            : new ValueListAccumulator(function, arguments, parameters, null, type, memory);
      }
      case APPROX_COUNT_DISTINCT -> new DistinctSketchAccumulator(argument, memory);
      case APPROX_QUANTILE -> {
        check(function, argument, KeyWords.fits(argument) && argument.equals(type));
        yield new QuantileSketchAccumulator(type, parameters.get(0), memory);
      }
      case ARG_MIN, ARG_MAX -> {
        check(function, argument, arguments.size() == 2);
        yield new EncodedExtremeAccumulator(
            function == AggregateFunction.ARG_MAX, arguments, memory);
      }
      case SINGLE_VALUE -> new SingleValueAccumulator(argument, memory);
      case USER -> {
        if (user == null) {
          throw ExecErrors.brokenPlan("no function of a user");
        }
        AggregateFunctionCall call = AggregateFunctionCall.of(user, type);
        yield call.merges()
            ? new UserAccumulator(call, memory)
            : new ValueListAccumulator(function, arguments, parameters, call, type, memory);
      }
    };
  }

  private static void check(AggregateFunction function, Type argument, boolean fine) {
    if (!fine) {
      throw ExecErrors.unsupportedAggregate(function.name(), argument);
    }
  }

  private static GroupedAccumulator sum(
      AggregateFunction function, Type argument, Type type, MemoryScope memory) {
    if (isFloating(argument)) {
      return new DoubleSumAccumulator(
          switch (function) {
            case AVG -> DoubleSumAccumulator.Kind.AVG;
            case SUM0 -> DoubleSumAccumulator.Kind.SUM0;
            default -> DoubleSumAccumulator.Kind.SUM;
          },
          memory);
    }
    ExactResult result = exactResult(function, argument, type);
    if (result == null) {
      throw ExecErrors.unsupportedAggregate(function.name(), argument);
    }
    return new ExactSumAccumulator(result, memory);
  }

  /**
   * What the function makes of exact sums and counts of its argument; null if it is none of SUM,
   * AVG, COUNT or the argument has no exact sums.
   */
  static @Nullable ExactResult exactResult(AggregateFunction function, Type argument, Type type) {
    int scale =
        switch (argument) {
          case Type.Decimal decimal -> decimal.scale();
          case Type.Int integer -> 0;
          case Type.MonthInterval months -> 0;
          case Type.TimeInterval micros -> 0;
          default -> -1;
        };
    if (scale < 0) {
      return null;
    }
    return switch (function) {
      case COUNT -> new ExactResult.Count();
      case SUM -> new ExactResult.Sum(scale, type, false);
      case SUM0 -> new ExactResult.Sum(scale, type, true);
      case AVG -> new ExactResult.Average(scale, type);
      default -> null;
    };
  }

  private static boolean isFloating(Type type) {
    return type instanceof Type.DoubleType || type instanceof Type.Real;
  }

  private static GroupedAccumulator extreme(boolean greatest, Type argument, MemoryScope memory) {
    if (KeyWords.fits(argument)) {
      return new WordAccumulator(
          greatest ? WordAccumulator.Fold.GREATEST : WordAccumulator.Fold.LEAST, argument, memory);
    }
    return argument instanceof Type.Varchar || argument instanceof Type.Varbinary
        ? new BytesExtremeAccumulator(greatest, argument, memory)
        : new EncodedExtremeAccumulator(greatest, List.of(argument), memory);
  }
}
