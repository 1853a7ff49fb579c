package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.key.KeyWords;
import dev.tidemill.exec.user.AggregateFunctionCall;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.streaming.state.KeyedMultisetState;
import dev.tidemill.streaming.state.OrderedMultisetState;
import dev.tidemill.streaming.state.QueryState;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call of an aggregate: which rows of a batch count for it, and what is kept of a group. Where
 * equal values count once, the state has how often each is there, and the accumulator learns of the
 * first that comes and the last that goes.
 */
public final class CallSite {
  private final AggregateCall call;
  private final List<Type> argumentTypes;
  private final boolean removes;
  private final RowCodec codec;
  private final @Nullable KeyedMultisetState distinct;
  private final @Nullable OrderedMultisetState values;
  private final @Nullable AggregateFunctionCall user;

  /**
   * A call over rows of {@code inputTypes}.
   *
   * @param changing whether rows go as well as come
   * @param name what the call's own state is called, if it has any
   */
  public CallSite(
      AggregateCall call, List<Type> inputTypes, boolean changing, QueryState state, String name) {
    this.call = call;
    this.argumentTypes = call.arguments().stream().map(inputTypes::get).toList();
    this.removes = changing;
    this.codec = RowCodec.of(argumentTypes);
    this.distinct = countsOnce(call) ? state.keyedMultiset(name + ".distinct") : null;
    this.values = keepsValues() ? state.orderedMultiset(name + ".values") : null;
    this.user = call.user() == null ? null : AggregateFunctionCall.of(call.user(), call.type());
    check();
  }

  /** Whether equal values count once, and that makes a difference. */
  static boolean countsOnce(AggregateCall call) {
    return call.distinct()
        && switch (call.function()) {
          case COUNT, SUM, SUM0, AVG, BIT_XOR, STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP ->
              !call.arguments().isEmpty();
          case COVAR_POP, COVAR_SAMP -> true;
          case MIN, MAX, ANY_VALUE, BOOL_AND, BOOL_OR, BIT_AND, BIT_OR -> false;
          case SINGLE_VALUE, USER -> true;
          case APPROX_COUNT_DISTINCT -> false;
          case APPROX_QUANTILE -> true;
          case SKEWNESS, KURTOSIS, KURTOSIS_POP, QUANTILE_CONT, QUANTILE_DISC -> false;
          case MODE, PRODUCT, HISTOGRAM, LISTAGG, ARRAY_AGG, MAP_AGG, ARG_MIN, ARG_MAX -> false;
        };
  }

  /** Whether the batch operators' accumulator may serve where the call stands. */
  static boolean isOfColumns(AggregateCall call, List<Type> arguments) {
    return switch (call.function()) {
      case COUNT, MIN, MAX, ANY_VALUE, BOOL_AND, BOOL_OR, BIT_AND, BIT_OR -> arguments.size() <= 1;
      case SUM, SUM0, AVG -> true;
      default -> false;
    };
  }

  private boolean keepsValues() {
    return switch (call.function()) {
      case SINGLE_VALUE -> true;
      // Where values may go, the groups keep them.
      case MIN, MAX, ANY_VALUE -> false;
      case COUNT, SUM, SUM0, AVG, BOOL_AND, BOOL_OR, BIT_AND, BIT_OR, BIT_XOR, USER -> false;
      case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP, COVAR_POP, COVAR_SAMP -> false;
      case APPROX_COUNT_DISTINCT, APPROX_QUANTILE -> false;
      case SKEWNESS, KURTOSIS, KURTOSIS_POP, QUANTILE_CONT, QUANTILE_DISC -> false;
      case MODE, PRODUCT, HISTOGRAM, LISTAGG, ARRAY_AGG, MAP_AGG, ARG_MIN, ARG_MAX -> false;
    };
  }

  private void check() {
    boolean fine =
        switch (call.function()) {
          case COUNT -> true;
          case SUM, SUM0, AVG ->
              switch (argument()) {
                case Type.Int t -> true;
                case Type.Decimal t -> true;
                case Type.MonthInterval t -> true;
                case Type.TimeInterval t -> true;
                default -> isFloating();
              };
          case MIN, MAX, ANY_VALUE, SINGLE_VALUE -> !argumentTypes.isEmpty();
          case USER -> user != null;
          case BOOL_AND, BOOL_OR -> argument() instanceof Type.Bool;
          case BIT_AND, BIT_OR, BIT_XOR -> argument() instanceof Type.Int;
          case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP -> isFloating();
          case COVAR_POP, COVAR_SAMP ->
              argumentTypes.size() == 2 && argumentTypes.stream().allMatch(CallSite::isFloating);
          // Recomputed over rows that go, too.
          case APPROX_COUNT_DISTINCT -> !removes && !argumentTypes.isEmpty();
          case APPROX_QUANTILE -> !removes && KeyWords.fits(argument());
          // Recomputed.
          case SKEWNESS, KURTOSIS, KURTOSIS_POP, QUANTILE_CONT, QUANTILE_DISC -> false;
          case MODE, PRODUCT, HISTOGRAM, LISTAGG, ARRAY_AGG, MAP_AGG, ARG_MIN, ARG_MAX -> false;
        };
    if (!fine) {
      throw ExecErrors.unsupportedAggregate(call.function().name(), argument());
    }
  }

  private Type argument() {
    if (argumentTypes.isEmpty()) {
      throw ExecErrors.brokenPlan(call.function() + " without an argument");
    }
    return argumentTypes.get(0);
  }

  private boolean isFloating() {
    return isFloating(argument());
  }

  private static boolean isFloating(Type type) {
    return type instanceof Type.DoubleType || type instanceof Type.Real;
  }

  /** An accumulator for a group without rows. */
  public Accumulator accumulator(byte[] group) {
    return switch (call.function()) {
      case COUNT -> new CountAccumulator();
      case SUM, SUM0, AVG -> sum();
      case MIN, MAX, ANY_VALUE, SINGLE_VALUE ->
          values == null
              ? new ExtremeAccumulator(codec, call.function() == AggregateFunction.MAX)
              : new ValuesAccumulator(codec, values, group);
      case BOOL_AND, BOOL_OR -> new TruthAccumulator(call.function() == AggregateFunction.BOOL_AND);
      case BIT_AND, BIT_OR, BIT_XOR -> new BitsAccumulator(call.function());
      case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP -> new VarianceAccumulator(call.function());
      case COVAR_POP, COVAR_SAMP ->
          new CovarianceAccumulator(call.function() == AggregateFunction.COVAR_SAMP);
      case APPROX_COUNT_DISTINCT -> new DistinctSketchAccumulator(argument());
      case APPROX_QUANTILE -> new QuantileSketchAccumulator(argument(), call.parameters().get(0));
      case USER -> new UserAccumulator(Objects.requireNonNull(user), codec);
      case SKEWNESS, KURTOSIS, KURTOSIS_POP, QUANTILE_CONT, QUANTILE_DISC ->
          throw ExecErrors.unsupportedAggregate(call.function().name(), argument());
      case MODE, PRODUCT, HISTOGRAM, LISTAGG, ARRAY_AGG, MAP_AGG, ARG_MIN, ARG_MAX ->
          throw ExecErrors.unsupportedAggregate(call.function().name(), argument());
    };
  }

  private Accumulator sum() {
    return isFloating()
        ? removes
            ? new ExactDoubleSumAccumulator(call.function())
            : new DoubleSumAccumulator(call.function())
        : new ExactSumAccumulator(
            call.function(),
            argument() instanceof Type.Decimal decimal ? decimal.scale() : 0,
            call.type());
  }

  /** Whether something of a group stands in the state beside its accumulator. */
  boolean hasState() {
    return distinct != null || values != null;
  }

  /** The call's arguments in a batch, ready to be added row by row. */
  public Arguments arguments(Batch batch, MemoryScope memory) {
    return new Arguments(batch, memory);
  }

  /** Forgets what the state has of a group beside its accumulator. */
  public void forget(byte[] group) {
    if (distinct != null) {
      distinct.remove(group);
    }
    if (values != null) {
      values.remove(group);
    }
  }

  /** The arguments of one batch. */
  public final class Arguments implements AutoCloseable {
    private final Argument argument;
    private final @Nullable BooleanColumn filter;

    private Arguments(Batch batch, MemoryScope memory) {
      this.argument = new Argument(batch, call.arguments(), codec, memory);
      try {
        this.filter =
            call.filter() < 0
                ? null
                : (BooleanColumn) Columns.decode(batch.column(call.filter()), memory);
      } catch (Throwable t) {
        argument.close();
        throw t;
      }
    }

    /**
     * Adds a row of the batch to a group's accumulator, if it counts.
     *
     * @param index of the row among those of the batch that count
     * @param row its number in the batch's columns
     */
    public void add(int index, int row, long weight, byte[] group, Accumulator accumulator) {
      if (filter != null && (filter.isNull(row) || !filter.booleanAt(row))) {
        return;
      }
      if (isLeftOut(row)) {
        return;
      }
      long counted = weight;
      if (distinct != null) {
        long now = distinct.add(group, argument.encoded().key(index), weight);
        counted = now == weight && now != 0 ? 1 : now == 0 && weight != 0 ? -1 : 0;
      }
      if (counted != 0) {
        accumulator.add(argument, index, row, counted);
      }
    }

    private boolean isLeftOut(int row) {
      if (user != null) {
        argument.asRow().moveTo(row);
        return user.isLeftOut(argument.asRow());
      }
      return call.function() != AggregateFunction.SINGLE_VALUE && argument.hasNull(row);
    }

    @Override
    public void close() {
      argument.close();
      if (filter != null) {
        filter.close();
      }
    }
  }
}
