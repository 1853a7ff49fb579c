package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * TUMBLE(table, DESCRIPTOR(time), size [, offset]) and HOP(table, DESCRIPTOR(time), slide, size [,
 * offset]).
 */
final class TimeWindows {
  private TimeWindows() {}

  static Relation translate(TableFunctionScan function, Relation input, FieldNumbers numbers) {
    RexCall call = (RexCall) function.getCall();
    SourcePosition position = Positions.of(call.getParserPosition());
    String name = call.getOperator().getName();
    @Nullable Field time = null;
    List<Long> lengths = new ArrayList<>();
    for (RexNode operand : call.getOperands()) {
      if (operand instanceof RexCall descriptor && descriptor.getKind() == SqlKind.DESCRIPTOR) {
        if (descriptor.getOperands().size() == 1
            && descriptor.getOperands().get(0) instanceof RexInputRef column) {
          time = input.row().get(column.getIndex());
        }
      } else {
        lengths.add(millis(operand, name, position));
      }
    }
    boolean hop = name.equalsIgnoreCase("HOP");
    int required = hop ? 2 : 1;
    if (time == null || lengths.size() < required || lengths.size() > required + 1) {
      throw PlannerErrors.windowArguments(name, position);
    }
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
    long slide = lengths.get(0);
    long size = lengths.get(required - 1);
    long offset = lengths.size() > required ? lengths.get(required) : 0;
    if (slide <= 0 || size <= 0) {
      throw PlannerErrors.argumentsInvalid(
          "the windows of " + name + " must be longer than nothing", position);
    }
    Field start = numbers.field("window_start", time.type(), false);
    Field end = numbers.field("window_end", time.type(), false);
    List<Field> row = new ArrayList<>(input.row());
    row.add(start);
    row.add(end);
    return new Relation(
        new Node.WindowTable(input.node(), time.id(), size, slide, offset, start, end), row);
  }

  private static long millis(RexNode operand, String name, @Nullable SourcePosition position) {
    if (RexTranslator.scalar(new SqlCompiler.Scalar(operand), List.of()) instanceof Literal literal
        && literal.value() instanceof Duration duration) {
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
