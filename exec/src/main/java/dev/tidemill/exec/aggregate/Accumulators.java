package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.key.KeyWords;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.AggregateFunction;
import org.jspecify.annotations.Nullable;

/** The accumulator for a call. */
public final class Accumulators {
  private Accumulators() {}

  /**
   * A new accumulator without groups.
   *
   * @param argument the argument's type, or null for COUNT without one
   * @param type the call's type
   */
  public static GroupedAccumulator of(
      AggregateFunction function, @Nullable Type argument, Type type, MemoryScope memory) {
    if (function == AggregateFunction.COUNT) {
      return new CountAccumulator(memory);
    }
    if (argument == null) {
      throw ExecErrors.brokenPlan(function + " without an argument");
    }
    return switch (function) {
      case COUNT -> new CountAccumulator(memory);
      case SUM, SUM0 -> sum(function, argument, type, memory);
      case AVG ->
          isFloating(argument)
              ? new DoubleSumAccumulator(DoubleSumAccumulator.Kind.AVG, memory)
              : new ExactAverageAccumulator("AVG", exactScale(function, argument), type, memory);
      case MIN, ANY_VALUE -> extreme(false, argument, memory);
      case MAX -> extreme(true, argument, memory);
      case BOOL_AND, BIT_AND -> new WordAccumulator(WordAccumulator.Fold.AND, argument, memory);
      case BOOL_OR, BIT_OR -> new WordAccumulator(WordAccumulator.Fold.OR, argument, memory);
      case BIT_XOR -> new WordAccumulator(WordAccumulator.Fold.XOR, argument, memory);
      case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP -> {
        if (!isFloating(argument)) {
          throw ExecErrors.unsupportedAggregate(function.name(), argument);
        }
        yield new MomentsAccumulator(function, memory);
      }
      case SINGLE_VALUE -> new SingleValueAccumulator(argument, memory);
    };
  }

  private static GroupedAccumulator sum(
      AggregateFunction function, Type argument, Type type, MemoryScope memory) {
    boolean zeroOverNone = function == AggregateFunction.SUM0;
    if (isFloating(argument)) {
      return new DoubleSumAccumulator(
          zeroOverNone ? DoubleSumAccumulator.Kind.SUM0 : DoubleSumAccumulator.Kind.SUM, memory);
    }
    return new ExactSumAccumulator(
        "SUM", exactScale(function, argument), type, zeroOverNone, memory);
  }

  private static boolean isFloating(Type type) {
    return type instanceof Type.DoubleType || type instanceof Type.Real;
  }

  private static int exactScale(AggregateFunction function, Type argument) {
    return switch (argument) {
      case Type.Decimal decimal -> decimal.scale();
      case Type.Int integer -> 0;
      default -> throw ExecErrors.unsupportedAggregate(function.name(), argument);
    };
  }

  private static GroupedAccumulator extreme(boolean greatest, Type argument, MemoryScope memory) {
    if (KeyWords.fits(argument)) {
      return new WordAccumulator(
          greatest ? WordAccumulator.Fold.GREATEST : WordAccumulator.Fold.LEAST, argument, memory);
    }
    return argument instanceof Type.Varchar || argument instanceof Type.Varbinary
        ? new BytesExtremeAccumulator(greatest, argument, memory)
        : new EncodedExtremeAccumulator(greatest, argument, memory);
  }
}
