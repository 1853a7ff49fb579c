package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.plan.batch.RowsPerMatch;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;

/** Projections with the marks of MATCH_RECOGNIZE, see {@link MatchRecognize}. */
final class MatchTranslator {
  private final RelTranslator translator;
  private final FieldNumbers numbers;

  /** The rows that are matched. */
  private final RowScope scope;

  private final Map<MatchValue, Field> values = new LinkedHashMap<>();

  /** The fields of the values: the row that conditions and measures are over. */
  private final List<Field> row = new ArrayList<>();

  MatchTranslator(RelTranslator translator, FieldNumbers numbers, RowScope scope) {
    this.translator = translator;
    this.numbers = numbers;
    this.scope = scope;
  }

  /** The mark of the pattern among the columns of a projection, or -1. */
  static int whole(Project project) {
    for (int i = 0; i < project.getProjects().size(); i++) {
      if (project.getProjects().get(i) instanceof RexCall call
          && call.getOperator() instanceof MatchMarker marker
          && marker.meaning() instanceof MatchMarker.Whole) {
        return i;
      }
    }
    return -1;
  }

  Relation translate(Project project, int whole) {
    RexCall call = (RexCall) project.getProjects().get(whole);
    MatchMarker.Whole match = (MatchMarker.Whole) ((MatchMarker) call.getOperator()).meaning();
    List<Integer> partition = new ArrayList<>();
    List<Node.Order> order = new ArrayList<>();
    List<RexNode> conditions = new ArrayList<>();
    List<@Nullable SourcePosition> positions = new ArrayList<>();
    for (int i = 0; i < call.getOperands().size(); i++) {
      RexNode operand = call.getOperands().get(i);
      int key = i - match.partition();
      if (key < 0) {
        int id = column(operand).id();
        if (!partition.contains(id)) {
          partition.add(id);
        }
      } else if (key < match.order().size()) {
        Field field = column(operand);
        NestedValues.requireOrder("ORDER BY", field.type(), position(operand));
        MatchMarker.Direction direction = match.order().get(key);
        order.add(new Node.Order(field.id(), direction.descending(), direction.nullsFirst()));
      } else {
        conditions.add(operand.accept(new Values()));
        positions.add(position(operand));
      }
    }
    List<@Nullable RexNode> measures = new ArrayList<>();
    for (int i = 0; i < project.getProjects().size(); i++) {
      RexNode item = project.getProjects().get(i);
      measures.add(item instanceof RexInputRef || i == whole ? null : item.accept(new Values()));
    }
    RowScope over =
        RowScope.ofCondition(
            translator, numbers, new Relation(new Node.Values(List.copyOf(row), List.of()), row));
    List<Expression> translated = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      Expression condition = over.translate(conditions.get(i));
      if (!(condition.type() instanceof Type.Bool || condition.type() instanceof Type.Null)) {
        throw PlannerErrors.typeMismatch(
            "a condition of DEFINE must be BOOLEAN but is " + condition.type(), positions.get(i));
      }
      translated.add(Casts.to(Type.BOOLEAN, condition));
    }
    List<Node.Computed> computed = new ArrayList<>();
    List<Field> result = result(match, project, measures, over, computed);
    List<Node.Value> known = new ArrayList<>();
    values.forEach((value, field) -> known.add(new Node.Value(field, value)));
    Node node =
        new Node.Match(
            scope.node(), partition, order, match.pattern(), translated, known, computed);
    return new Relation(node, result);
  }

  private static @Nullable SourcePosition position(RexNode node) {
    return node instanceof RexCall call ? Positions.of(call.getParserPosition()) : null;
  }

  /** The row of the result; what has to be computed for it is added. */
  private List<Field> result(
      MatchMarker.Whole match,
      Project project,
      List<@Nullable RexNode> measures,
      RowScope over,
      List<Node.Computed> computed) {
    BitSet nullable = Nodes.nullable(row);
    boolean unmatched = match.pattern().rows() == RowsPerMatch.ALL_WITH_UNMATCHED;
    List<Field> result = new ArrayList<>();
    for (int i = 0; i < measures.size(); i++) {
      RexNode measure = measures.get(i);
      if (measure != null) {
        Expression expression = over.translate(measure);
        String name = project.getRowType().getFieldNames().get(i);
        Field field =
            numbers.field(
                name, expression.type(), unmatched || Expressions.nullable(expression, nullable));
        computed.add(new Node.Computed(field, expression));
        result.add(field);
      } else if (project.getProjects().get(i) instanceof RexInputRef column) {
        result.add(scope.row().get(column.getIndex()));
      } else {
        // The mark of the pattern, which nobody reads.
        result.add(numbers.field("match", Type.BOOLEAN, true));
      }
    }
    return result;
  }

  private Field column(RexNode expression) {
    return scope.column(scope.translate(expression), "key");
  }

  /** Puts columns of the row of values in the place of marks. */
  private final class Values extends RexShuttle {
    private MatchMarker.@Nullable OfRows rows;

    @Override
    public RexNode visitCall(RexCall call) {
      if (!(call.getOperator() instanceof MatchMarker marker)) {
        return super.visitCall(call);
      }
      return switch (marker.meaning()) {
        case MatchMarker.OfRow m -> {
          Field field = scope.column(scope.translate(call.getOperands().get(0)), "value");
          Type type = field.type();
          yield value(new MatchValue.Column(m.place(), field.id(), type), field.name(), true, call);
        }
        case MatchMarker.Classifier m ->
            value(new MatchValue.Classifier(m.place()), "classifier", true, call);
        case MatchMarker.Number m ->
            value(new MatchValue.MatchNumber(), "match_number", false, call);
        case MatchMarker.OfRows m -> {
          rows = m;
          RexNode changed = call.getOperands().get(0).accept(this);
          rows = null;
          yield changed;
        }
        case MatchMarker.Whole m -> throw new IllegalStateException("a pattern in a pattern");
      };
    }

    @Override
    public RexNode visitOver(RexOver over) {
      MatchMarker.OfRows of = rows;
      Node.Over call = of == null ? null : WindowTranslator.ofAllRows(scope, over, numbers);
      if (of == null || call == null || call.aggregate() == null) {
        throw PlannerErrors.unsupported(
            "MATCH_WINDOW_FUNCTION",
            "a window function in MATCH_RECOGNIZE",
            Positions.of(over.getParserPosition()));
      }
      List<Literal> parameters = call.parameters();
      MatchValue value =
          new MatchValue.Aggregate(
              call.aggregate(),
              call.arguments(),
              of.variables(),
              of.whole(),
              call.field().type(),
              parameters,
              call.user());
      return value(value, call.field().name(), call.field().nullable(), over);
    }

    private RexNode value(MatchValue value, String name, boolean nullable, RexNode at) {
      Field field = values.get(value);
      if (field == null) {
        field = numbers.field(name, value.type(), nullable);
        values.put(value, field);
        row.add(field);
      }
      return new RexInputRef(row.indexOf(field), at.getType());
    }
  }
}
