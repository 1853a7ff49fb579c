package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.WindowFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * Windows of tables: each row with {@code window_start} and {@code window_end} of the windows it is
 * in; a row whose time is NULL is in none.
 *
 * <pre>
 *   TUMBLE(table, DESCRIPTOR(time), size [, offset])
 *   HOP(table, DESCRIPTOR(time), slide, size [, offset])
 *   CUMULATE(table, DESCRIPTOR(time), step, size [, offset])
 *   SESSION(table [PARTITION BY keys], DESCRIPTOR(time), gap)
 *   TUMBLE_ROWS(table [PARTITION BY keys], DESCRIPTOR(time), rows)
 * </pre>
 *
 * <p>The first three are a node of their own, SESSION another; windows of rows go by ROW_NUMBER.
 */
final class TimeWindows {
  private static final WindowFrame TO_HERE =
      new WindowFrame(
          WindowFrame.Unit.RANGE,
          new WindowFrame.UnboundedPreceding(),
          new WindowFrame.CurrentRow(),
          WindowFrame.Exclusion.NO_OTHERS);
  private static final WindowFrame FROM_HERE =
      new WindowFrame(
          WindowFrame.Unit.RANGE,
          new WindowFrame.CurrentRow(),
          new WindowFrame.UnboundedFollowing(),
          WindowFrame.Exclusion.NO_OTHERS);
  private final String name;
  private final @Nullable SourcePosition position;
  private final Relation input;
  private final FieldNumbers numbers;
  private final List<Field> times = new ArrayList<>();
  private final List<Field> keys = new ArrayList<>();
  private final List<Expression> sizes = new ArrayList<>();

  private TimeWindows(RexCall call, Relation input, FieldNumbers numbers) {
    this.name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    this.position = Positions.of(call.getParserPosition());
    this.input = input;
    this.numbers = numbers;
    boolean timed = false;
    for (RexNode operand : call.getOperands()) {
      if (operand instanceof RexCall descriptor && descriptor.getKind() == SqlKind.DESCRIPTOR) {
        for (RexNode column : descriptor.getOperands()) {
          if (column instanceof RexInputRef reference) {
            (timed ? keys : times).add(input.row().get(reference.getIndex()));
          }
        }
        timed = true;
      } else {
        sizes.add(RexTranslator.scalar(new SqlCompiler.Scalar(operand), List.of()));
      }
    }
  }

  static Relation translate(TableFunctionScan function, Relation input, FieldNumbers numbers) {
    return new TimeWindows((RexCall) function.getCall(), input, numbers).translate();
  }

  private Relation translate() {
    return switch (name) {
      case "TUMBLE" -> fixed(1, false);
      case "HOP" -> fixed(2, false);
      case WindowTableFunctions.CUMULATE -> fixed(2, true);
      case WindowTableFunctions.SESSION -> session();
      case WindowTableFunctions.TUMBLE_ROWS -> rows();
      default -> throw PlannerErrors.unsupported("table function " + name, position);
    };
  }

  /**
   * Windows that do not depend on the rows.
   *
   * @param required how many lengths there must be; an offset may follow
   */
  private Relation fixed(int required, boolean cumulative) {
    if (sizes.size() < required || sizes.size() > required + 1) {
      throw PlannerErrors.windowArguments(name, position);
    }
    Field time = time();
    long slide = millis(sizes.get(0));
    long size = millis(sizes.get(required - 1));
    long offset = sizes.size() > required ? millis(sizes.get(required)) : 0;
    if (slide <= 0 || size <= 0) {
      throw PlannerErrors.argumentsInvalid(
          "the windows of " + name + " must be longer than nothing", position);
    }
    if (cumulative && size % slide != 0) {
      throw PlannerErrors.argumentsInvalid(
          "the size of CUMULATE must be a whole number of its steps", position);
    }
    Field start = numbers.field("window_start", time.type(), false);
    Field end = numbers.field("window_end", time.type(), false);
    return relation(
        new Node.WindowTable(input.node(), time.id(), size, slide, offset, cumulative, start, end),
        start,
        end);
  }

  private Relation session() {
    if (sizes.size() != 1) {
      throw PlannerErrors.windowArguments(name, position);
    }
    Field time = time();
    long millis = millis(sizes.get(0));
    if (millis <= 0) {
      throw PlannerErrors.argumentsInvalid(
          "the gap of SESSION must be longer than nothing", position);
    }
    Field start = numbers.field("window_start", time.type(), false);
    Field end = numbers.field("window_end", time.type(), false);
    return relation(
        new Node.SessionTable(input.node(), ids(keys), time.id(), millis, start, end), start, end);
  }

  private Relation rows() {
    if (sizes.size() != 1
        || !(sizes.get(0) instanceof Literal size)
        || !(size.value() instanceof Number count)) {
      throw PlannerErrors.windowArguments(name, position);
    }
    BigDecimal whole = new BigDecimal(count.toString());
    if (whole.signum() <= 0
        || whole.stripTrailingZeros().scale() > 0
        || whole.compareTo(BigDecimal.valueOf(Long.MAX_VALUE / 2)) > 0) {
      throw PlannerErrors.argumentsInvalid(
          "the rows of a window of TUMBLE_ROWS must be a whole number above 0", position);
    }
    Field time = time();
    Field row = numbers.field("row", Type.BIGINT, false);
    Node node = ordered(time, over(row, WindowFunction.ROW_NUMBER, List.of()));
    Expression before = bigint(ScalarFunction.SUBTRACT, row.reference(), number(1));
    Expression within = bigint(ScalarFunction.MODULO, before, number(whole.longValueExact()));
    Field start = numbers.field("window_start", Type.BIGINT, false);
    node = extended(node, start, bigint(ScalarFunction.SUBTRACT, before, within));
    Field end = numbers.field("window_end", Type.BIGINT, false);
    Expression behind =
        bigint(ScalarFunction.ADD, start.reference(), number(whole.longValueExact()));
    return relation(extended(node, end, behind), start, end);
  }

  /** The rows that have a time, with what functions say of each in the order of time. */
  private Node ordered(Field time, Node.Over... calls) {
    Node timed = new Node.Filter(input.node(), List.of(Expressions.isNotNull(time.reference())));
    return new Node.Window(timed, ids(keys), order(time), List.of(calls));
  }

  private Node.Over over(Field field, WindowFunction function, List<Integer> arguments) {
    return new Node.Over(
        field, null, function, arguments, false, WindowFrame.WHOLE_PARTITION, List.of(), position);
  }

  private Node.Over over(
      Field field, AggregateFunction aggregate, Field argument, WindowFrame frame) {
    return new Node.Over(
        field, aggregate, null, List.of(argument.id()), false, frame, List.of(), position);
  }

  private static List<Node.Order> order(Field time) {
    return List.of(new Node.Order(time.id(), false, false));
  }

  private static List<Integer> ids(List<Field> fields) {
    return fields.stream().map(Field::id).distinct().toList();
  }

  private static Node extended(Node node, Field field, Expression expression) {
    return new Node.Extend(node, List.of(new Node.Computed(field, expression)));
  }

  private static Expression later(Field time, Literal gap) {
    return Expressions.call(ScalarFunction.ADD, time.type(), time.reference(), gap);
  }

  private static Expression bigint(ScalarFunction function, Expression a, Expression b) {
    return Expressions.call(function, Type.BIGINT, a, b);
  }

  private static Literal number(long value) {
    return new Literal(Type.BIGINT, value);
  }

  private Relation relation(Node node, Field start, Field end) {
    List<Field> row = new ArrayList<>(input.row());
    row.add(start);
    row.add(end);
    return new Relation(node, row);
  }

  private Field time() {
    if (times.size() != 1) {
      throw PlannerErrors.windowArguments(name, position);
    }
    Field time = times.get(0);
    if (!(time.type() instanceof Type.Timestamp) && !(time.type() instanceof Type.ZonedTimestamp)) {
      throw PlannerErrors.typeMismatch(
          "the time column of "
              + name
              + " must be TIMESTAMP but "
              + time.name()
              + " is "
              + time.type(),
          position);
    }
    return time;
  }

  private long millis(Expression length) {
    if (length instanceof Literal literal && literal.value() instanceof Duration duration) {
      if (duration.getNano() % 1_000_000 != 0) {
        throw PlannerErrors.argumentsInvalid(
            "the lengths of " + name + " must be whole milliseconds", position);
      }
      return duration.toMillis();
    }
    throw PlannerErrors.argumentsInvalid(
        "the lengths of "
            + name
            + " must be intervals of days to seconds, such as INTERVAL '10' SECOND",
        position);
  }
}
