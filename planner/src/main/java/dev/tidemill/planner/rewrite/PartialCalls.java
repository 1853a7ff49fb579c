package dev.tidemill.planner.rewrite;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.DecimalRules;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Calls of an aggregate as calls over some of the rows and others over these ones' results:
 *
 * <pre>
 *   SUM(x)                                s = SUM(x)                SUM(s)
 *   SUM(CASE WHEN p THEN x ELSE 0 END)    s = SUM(x)                SUM(CASE WHEN p THEN s ELSE 0 END)
 *   COUNT(*)                              n = COUNT(*)              SUM0(n)
 *   AVG(x)                                s = SUM(x), n = COUNT(x)  SUM(s) / SUM0(n)
 * </pre>
 *
 * <p>Only what gives the same to the last digit, and fails of nothing that the calls do not: sums
 * are of integers of up to 32 bits, or of decimals whose sum has ten digits more to go.
 */
final class PartialCalls {
  private static final int MOST_BITS = 32;
  private static final int SPARE_DIGITS = 10;

  private final FieldNumbers numbers;
  private final BitSet side;

  private final List<Node.Computed> below = new ArrayList<>();
  private final Map<Partial, Node.Call> partials = new LinkedHashMap<>();
  private final List<Node.Computed> above = new ArrayList<>();
  private final List<Node.Call> calls = new ArrayList<>();
  private final List<Node.Computed> results = new ArrayList<>();

  /**
   * A call and what it takes of each row, over the fields of some place below it.
   *
   * @param arguments one, or none
   */
  record Taken(Node.Call call, List<Expression> arguments, @Nullable Expression filter) {
    Taken with(UnaryOperator<Expression> change) {
      return new Taken(
          call,
          arguments.stream().map(change).toList(),
          filter == null ? null : change.apply(filter));
    }

    boolean isVolatile() {
      return arguments.stream().anyMatch(Expressions::isVolatile)
          || filter != null && Expressions.isVolatile(filter);
    }
  }

  /** What a call of the first aggregate is, so that each comes once. */
  private record Partial(
      AggregateFunction function, List<Expression> arguments, @Nullable Expression filter) {}

  /**
   * @param side the fields of the rows that come first
   */
  PartialCalls(FieldNumbers numbers, BitSet side) {
    this.numbers = numbers;
    this.side = side;
  }

  /** What a call takes, or null where it is no sum of parts. */
  static @Nullable Taken taken(Node.Call call, Node input) {
    if (call.user() != null || !call.parameters().isEmpty() || call.arguments().size() > 1) {
      return null;
    }
    List<Expression> arguments = new ArrayList<>();
    for (int argument : call.arguments()) {
      Field field = Node.field(input.fields(), argument);
      if (!isSumOfParts(call.function(), field.type())) {
        return null;
      }
      arguments.add(field.reference());
    }
    Expression filter =
        call.filter() == null ? null : Node.field(input.fields(), call.filter()).reference();
    return new Taken(call, arguments, filter);
  }

  private static boolean isSumOfParts(AggregateFunction function, Type type) {
    return switch (function) {
      case COUNT, BOOL_AND, BOOL_OR -> true;
      case SUM, SUM0, AVG ->
          type instanceof Type.Int
              || type instanceof Type.Decimal decimal
                  && decimal.precision() + SPARE_DIGITS <= Type.MAX_DECIMAL_PRECISION;
      case MIN, MAX, ANY_VALUE -> DependentKeys.isOneValue(type);
      default -> false;
    };
  }

  /** A CAST of a CASE as a CASE of casts, whose branches can be told apart. */
  static Expression opened(Expression expression) {
    if (expression instanceof Cast cast && opened(cast.operand()) instanceof Case inner) {
      return new Case(
          inner.branches().stream()
              .map(b -> new Case.When(b.condition(), opened(cast.of(b.value()))))
              .toList(),
          opened(cast.of(inner.otherwise())),
          cast.type());
    }
    return expression;
  }

  /** Whether the call can be made of one over the side's rows. */
  boolean splits(Taken taken) {
    return taken.call().distinct()
        || taken.arguments().stream().allMatch(a -> splits(a, taken.call().function()));
  }

  private boolean splits(Expression argument, AggregateFunction function) {
    if (isOfSide(argument)) {
      return !isSum(function) || isNarrow(argument);
    }
    return argument instanceof Case choice
        && splits(choice.otherwise(), function)
        && choice.branches().stream().allMatch(b -> splits(b.value(), function));
  }

  private boolean isOfSide(Expression expression) {
    return Expressions.within(expression, side) && !expression.mayFail();
  }

  private static boolean isSum(AggregateFunction function) {
    return function == AggregateFunction.SUM
        || function == AggregateFunction.SUM0
        || function == AggregateFunction.AVG;
  }

  /** Whether the sum of as many values as there can be is in the range of its type. */
  private static boolean isNarrow(Expression argument) {
    return !(argument.type() instanceof Type.Int type)
        || type.bits() <= MOST_BITS
        || argument instanceof Literal literal
            && (!(literal.value() instanceof Number number)
                || number.longValue() == number.intValue())
        || argument instanceof Cast cast
            && cast.operand().type() instanceof Type.Int from
            && from.bits() <= MOST_BITS;
  }

  /** Adds a call that splits. */
  void add(Taken taken) {
    Node.Call call = taken.call();
    Expression filter = taken.filter();
    if (call.distinct()) {
      calls.add(last(call, call.field(), call.function(), taken.arguments(), filter));
      return;
    }
    Expression early = filter != null && isOfSide(filter) ? filter : null;
    Expression late = early == null ? filter : null;
    Type type = call.field().type();
    switch (call.function()) {
      case COUNT -> calls.add(count(taken, call.field(), early, late));
      case SUM, SUM0 ->
          calls.add(
              last(
                  call,
                  call.field(),
                  call.function(),
                  List.of(sums(taken.arguments().get(0), type, call, early)),
                  late));
      case AVG -> average(taken, early, late);
      default ->
          calls.add(
              last(
                  call,
                  call.field(),
                  call.function(),
                  List.of(
                      parts(
                          taken.arguments().get(0),
                          type,
                          leaf ->
                              leaf instanceof Literal
                                  ? leaf
                                  : partial(call.function(), List.of(leaf), type, early, call))),
                  late));
    }
  }

  private Node.Call count(
      Taken taken, Field field, @Nullable Expression early, @Nullable Expression late) {
    Node.Call call = taken.call();
    Expression counts =
        taken.arguments().isEmpty()
            ? partial(AggregateFunction.COUNT, List.of(), Type.BIGINT, early, call)
            : parts(
                taken.arguments().get(0),
                Type.BIGINT,
                leaf ->
                    leaf instanceof Literal literal && literal.isNull()
                        ? new Literal(Type.BIGINT, 0L)
                        : partial(
                            AggregateFunction.COUNT,
                            leaf instanceof Literal ? List.of() : List.of(leaf),
                            Type.BIGINT,
                            early,
                            call));
    return last(call, field, AggregateFunction.SUM0, List.of(counts), late);
  }

  private Expression sums(
      Expression argument, Type type, Node.Call call, @Nullable Expression early) {
    return parts(
        argument,
        type,
        leaf ->
            leaf instanceof Literal literal && isZeroOrNull(literal)
                ? Casts.to(type, literal)
                : partial(AggregateFunction.SUM, List.of(leaf), type, early, call));
  }

  private static boolean isZeroOrNull(Literal literal) {
    return literal.isNull()
        || literal.value() instanceof BigDecimal decimal && decimal.signum() == 0
        || literal.type() instanceof Type.Int
            && literal.value() instanceof Number number
            && number.longValue() == 0;
  }

  /** Divided once, so that it is rounded once, as AVG does. */
  private void average(Taken taken, @Nullable Expression early, @Nullable Expression late) {
    Node.Call call = taken.call();
    Expression argument = taken.arguments().get(0);
    Type total =
        argument.type() instanceof Type.Decimal decimal ? DecimalRules.total(decimal) : Type.BIGINT;
    Field sum = numbers.field("sum for " + call.field().name(), total, call.field().nullable());
    Field count = numbers.field("count for " + call.field().name(), Type.BIGINT, false);
    calls.add(
        last(call, sum, AggregateFunction.SUM, List.of(sums(argument, total, call, early)), late));
    calls.add(count(taken, count, early, late));
    Type type = call.field().type();
    Expression quotient =
        new Call(
            ScalarFunction.DIVIDE,
            type instanceof Type.Decimal
                ? List.of(
                    sum.reference(),
                    new Cast(
                        count.reference(), DecimalRules.ofInteger((Type.Int) Type.BIGINT), false))
                : List.of(
                    new Cast(sum.reference(), type, false),
                    new Cast(count.reference(), type, false)),
            type,
            call.position());
    results.add(
        new Node.Computed(
            call.field(),
            call.field().nullable()
                ? new Case(
                    List.of(
                        new Case.When(Expressions.isNull(sum.reference()), Literal.nullOf(type))),
                    quotient,
                    type)
                : quotient));
  }

  private static Expression parts(
      Expression argument, Type type, Function<Expression, Expression> leaf) {
    if (!(argument instanceof Case choice)) {
      return leaf.apply(argument);
    }
    return new Case(
        choice.branches().stream()
            .map(b -> new Case.When(b.condition(), parts(b.value(), type, leaf)))
            .toList(),
        parts(choice.otherwise(), type, leaf),
        type);
  }

  private Expression partial(
      AggregateFunction function,
      List<Expression> taken,
      Type type,
      @Nullable Expression filter,
      Node.Call call) {
    Partial partial = new Partial(function, taken, filter);
    Node.Call known = partials.get(partial);
    if (known == null) {
      Field field =
          numbers.field(
              "part of " + call.field().name(), type, function != AggregateFunction.COUNT);
      known =
          new Node.Call(
              field,
              function,
              taken.stream().map(a -> argument(a, below)).toList(),
              false,
              filter == null ? null : argument(filter, below),
              call.position());
      partials.put(partial, known);
    }
    return known.field().reference();
  }

  private Node.Call last(
      Node.Call call,
      Field field,
      AggregateFunction function,
      List<Expression> taken,
      @Nullable Expression filter) {
    return new Node.Call(
        field,
        function,
        taken.stream().map(a -> argument(a, above)).toList(),
        call.distinct(),
        filter == null ? null : argument(filter, above),
        call.position());
  }

  /** The field that an expression is, a new one of {@code computed} where it is not one yet. */
  private int argument(Expression expression, List<Node.Computed> computed) {
    if (expression instanceof ColumnReference column) {
      return column.index();
    }
    for (Node.Computed there : computed) {
      if (there.expression().equals(expression)) {
        return there.field().id();
      }
    }
    Field field = numbers.field("$p" + (below.size() + above.size()), expression.type(), true);
    computed.add(new Node.Computed(field, expression));
    return field.id();
  }

  /** The fields of the side that the calls behind the join need. */
  BitSet keys() {
    BitSet ids = new BitSet();
    above.forEach(c -> Expressions.addReferences(c.expression(), ids));
    for (Node.Call call : calls) {
      call.arguments().forEach(ids::set);
      if (call.filter() != null) {
        ids.set(call.filter());
      }
    }
    ids.and(side);
    return ids;
  }

  /** How many calls the first aggregate has. */
  int size() {
    return partials.size();
  }

  /** How many expressions are computed of each of its rows. */
  int computed() {
    return below.size();
  }

  /** The first aggregate, over the side's rows. */
  Node.Aggregate first(Node rows, List<Field> keys) {
    return Node.Aggregate.of(
        below.isEmpty() ? rows : new Node.Extend(rows, below),
        keys,
        List.copyOf(partials.values()));
  }

  /** The aggregate in place of another one, over rows that have the first one's results. */
  Node last(Node.Aggregate aggregate, Node rows) {
    Node last =
        new Node.Aggregate(
            above.isEmpty() ? rows : new Node.Extend(rows, above),
            aggregate.keys(),
            aggregate.keyFields(),
            aggregate.groupingSets(),
            calls);
    return results.isEmpty() ? last : new Node.Extend(last, results);
  }
}
