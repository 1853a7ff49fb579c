package dev.tidemill.plan.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.RecursivePlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WorkingTablePlan;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.WindowFunction;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanJsonTest {
  private static final OutputColumn A = new OutputColumn("a", new Type.Decimal(12, 2), true);
  private static final OutputColumn B = new OutputColumn("b", Type.VARCHAR, false);

  @Test
  void everyKindOfLiteralSurvives() {
    check(new Literal(new Type.Decimal(5, 2), new BigDecimal("1.50")));
    check(new Literal(Type.DOUBLE, Double.NaN));
    check(new Literal(Type.TINYINT, (byte) -3));
    check(new Literal(Type.BIGINT, Long.MIN_VALUE));
    check(new Literal(Type.VARCHAR, "it's \u20ac"));
    check(new Literal(Type.VARBINARY, new byte[] {0, -1}));
    check(new Literal(Type.DATE, LocalDate.of(-1, 2, 3)));
    check(new Literal(new Type.Timestamp(9), LocalDateTime.of(2024, 1, 2, 3, 4, 0, 1)));
    check(new Literal(new Type.MonthInterval(), Period.ofMonths(14).normalized()));
    check(new Literal(new Type.TimeInterval(), Duration.ofMillis(-1500)));
    check(Literal.nullOf(new Type.Array(Type.INTEGER)));
    check(Literal.TRUE);
  }

  @Test
  void aPlanSurvives() {
    Expression a = new ColumnReference(0, A.type());
    Expression condition =
        new And(
            List.of(
                new Call(
                    ScalarFunction.LESS,
                    List.of(a, new Literal(A.type(), new BigDecimal("3.00"))),
                    Type.BOOLEAN),
                new Or(
                    List.of(
                        new InList(
                            new ColumnReference(1, Type.VARCHAR),
                            List.of(new Literal(Type.VARCHAR, "x"))),
                        new Case(
                            List.of(new Case.When(Literal.TRUE, Literal.FALSE)),
                            new Cast(new ColumnReference(1, Type.VARCHAR), Type.BOOLEAN, true),
                            Type.BOOLEAN)))));
    BatchPlan scan =
        new ScanPlan(
            TableReference.of("tidemill", "default", "t"),
            List.of(A, B),
            List.of(condition),
            -1,
            10);
    BatchPlan join =
        new HashJoinPlan(
            new FilterPlan(scan, condition),
            new ValuesPlan(List.of(B), List.of(List.of(new Literal(Type.VARCHAR, "x")))),
            JoinKind.LEFT,
            List.of(1),
            List.of(0),
            List.of(false),
            null,
            false,
            List.of(A, B, B),
            Distribution.BROADCAST,
            "1 row",
            5.5);
    WindowFrame frame =
        new WindowFrame(
            WindowFrame.Unit.ROWS,
            new WindowFrame.Preceding(new Literal(Type.BIGINT, 2L)),
            new WindowFrame.CurrentRow(),
            WindowFrame.Exclusion.NO_OTHERS);
    BatchPlan window =
        new WindowPlan(
            join,
            List.of(1),
            List.of(new SortKey(0, true, false)),
            List.of(
                new WindowCall.Aggregate(AggregateFunction.SUM, List.of(0), frame, A.type()),
                new WindowCall.Function(
                    WindowFunction.ROW_NUMBER, List.of(), false, frame, Type.BIGINT)),
            List.of(A, B, B, A, new OutputColumn("n", Type.BIGINT, false)));
    BatchPlan plan =
        new TopNPlan(
            new AggregatePlan(
                window,
                List.of(1),
                List.of(List.of(0)),
                List.of(
                    new AggregateCall(AggregateFunction.COUNT, List.of(), false, -1, Type.BIGINT)),
                List.of(B, new OutputColumn("n", Type.BIGINT, false)),
                -1),
            List.of(new SortKey(1, true, true)),
            10,
            0);
    plan =
        new RecursivePlan(
            plan,
            new SharedPlan(new WorkingTablePlan(3, plan.columns()), 2),
            3,
            plan.columns(),
            true,
            100);
    assertEquals(plan, PlanJson.read(PlanJson.write(plan), BatchPlan.class));
  }

  private static void check(Expression expression) {
    assertEquals(expression, PlanJson.read(PlanJson.write(expression), Expression.class));
  }
}
